/** Answers: the next match is on screen at once, the engine hears of it behind, and a refusal brings the match back. */
import { batch, computed, signal } from "@preact/signals";
import type { Changed, Contender } from "../bridge.gen";
import { mayWrite, mutate } from "../mutate";
import { complain, goTo, say, screen } from "../state";
import { some } from "../kit/words";
import { contenders } from "./contenders";
import { counted, figures, figuresSoon, keep, pace, upNow } from "./figures";
import { askAnew, fill, flights, goOn, over, replace } from "./line";
import { advance, answered, champion, crown, focusId, idsOf, inPlace, made, next, now, patch, recall, remember, show, type Answer, type Shown } from "./matches";
import { refreshed } from "./refresh";

const REST = 120; // ms a match must have been on screen: nobody sees and decides faster, a bouncing key does

/** The match whose pictures the person has before them, and since when. */
const seen = signal<{ key: number; since: number } | null>(null);
export const seenKey = computed(() => String(seen.value?.key ?? ""));
/** Undo and redo that are under way: until they say which match is meant, no key decides one. */
export const travelling = signal(0);

export function sawPainted(key: number | null): void {
  seen.value = key === null ? null : { key, since: performance.now() };
}

/** The last answer, for the side: with the figures from before and, once known, from after it. */
export interface Last {
  key: number;
  answer: Answer;
  before: readonly Contender[];
  after: readonly Contender[] | null;
}
export const last = signal<Last | null>(null);

/** Whether a key pressed at this moment (ms, as events count) was pressed by someone who sees the match. */
function mayDecide(match: Shown | null, at: number): match is Shown {
  const sight = seen.peek();
  return match !== null && answered.peek() === null && travelling.peek() === 0 && sight?.key === match.key && at - sight.since >= REST;
}

const NAMES = { pick: "rank.pick", draw: "rank.draw", skip: "rank.skip" } as const;

function answer(kind: keyof typeof NAMES, winner: number | null, at: number): void {
  const match = now.peek();
  if (!mayDecide(match, at) || !mayWrite()) return;
  const how: Answer = { kind, winner };
  batch(() => {
    flights.set(match.key, idsOf(match));
    remember(match, how);
    last.value = { key: match.key, answer: how, before: match.images, after: null };
    counted(kind === "skip" ? 0 : 1, kind === "skip" ? 1 : 0);
    pace.decidedNow();
    if (winner !== null && champion.peek() && match.champion && winner !== champion.peek()?.id) crown(winner);
    advance(how);
  });
  if (kind === "draw") say(`Draw: ${some(match.images.length, "image")} counted as equally good.`);
  if (kind === "skip") say("Skipped: no answer, no rating changed; these do not meet again this session.");
  goOn();
  void tell(match, how);
}

async function tell(match: Shown, how: Answer): Promise<void> {
  const images = idsOf(match);
  const rollback = (): void => bringBack(match, how);
  const sent = how.kind === "pick" && how.winner !== null
    ? mutate(NAMES.pick, { images, winner: how.winner }, { own: "rank", rollback })
    : mutate(NAMES[how.kind === "draw" ? "draw" : "skip"], { images }, { own: "rank", rollback });
  const changed = await sent;
  flights.delete(match.key);
  goOn();
  if (!changed) return;
  figuresSoon();
  if (last.peek()?.key === match.key || champion.peek()) await learn(match.key, images);
}

/** What the answer made of the figures. */
async function learn(key: number, ids: number[]): Promise<void> {
  try {
    const images = await contenders(ids);
    patch(images);
    const about = last.peek();
    if (about?.key === key) last.value = { ...about, after: about.before.map((b) => images.find((i) => i.id === b.id) ?? b) };
  } catch {
    // the figures stay as they were; the answer itself was taken
  }
}

/** The engine refused: the match is before the person again. */
function bringBack(match: Shown, how: Answer): void {
  recall(idsOf(match));
  batch(() => {
    counted(how.kind === "skip" ? 0 : -1, how.kind === "skip" ? -1 : 0);
    if (last.peek()?.key === match.key) last.value = null;
    champion.value = match.champion;
    putAside();
    over.value = null;
    show({ ...match, was: null });
  });
}

/** What is on screen undecided comes again right after what is put in its place. */
export function putAside(): void {
  const here = now.peek();
  const same = champion.peek()?.id;
  const ready = here && !answered.peek() ? [here, ...next.peek()] : next.peek();
  next.value = ready.filter((m) => m.champion?.id === same).slice(0, 100);
}

export const choose = (id: number, at: number): void => {
  if (now.peek()?.images.some((i) => i.id === id)) answer("pick", id, at);
};
export const draw = (at: number): void => answer("draw", null, at);
export const skip = (at: number): void => answer("skip", null, at);

// ---- undo and redo

let order: Promise<void> = Promise.resolve();

/** After Undo and Redo of a match, in the order they were asked for. */
export function travelled(changed: Changed, redo: boolean): Promise<void> {
  order = order.then(() => (redo ? again(changed) : back(changed)));
  return order;
}

/** Undone: the match is on screen again, with what had been chosen. */
async function back(changed: Changed): Promise<void> {
  if (screen.peek() !== "rank" || !figures.peek()) {
    goTo("rank");
    await refreshed(); // what is read on coming here would put the match away again
  }
  try {
    const images = await contenders(changed.match);
    const met = recall(changed.match);
    batch(() => {
      patch(images);
      last.value = null;
      if (met) champion.value = met.champion;
      putAside();
      over.value = null;
      const was = met?.answer ?? { kind: changed.imageId ? "pick" : "left", winner: changed.imageId || null };
      show(images.length > 1 ? { ...made(images, changed.label, was), images: inPlace(images, champion.peek()) } : null);
    });
    void fill();
  } catch (error) {
    complain(error);
  }
  figuresSoon();
}

/** Redone: where it is the match on screen, go on as if it had been answered just now. */
async function again(changed: Changed): Promise<void> {
  const match = now.peek();
  const here = match && changed.match.length === match.images.length && changed.match.every((id) => match.images.some((i) => i.id === id));
  if (match && here && !answered.peek()) {
    const how: Answer = match.was ?? { kind: changed.imageId ? "pick" : "draw", winner: changed.imageId || null };
    batch(() => {
      remember(match, how);
      last.value = { key: match.key, answer: how, before: match.images, after: null };
      if (how.winner !== null && champion.peek() && how.winner !== champion.peek()?.id && match.champion) crown(how.winner);
      advance(how);
    });
    goOn();
    await learn(match.key, changed.match);
  }
  figuresSoon();
}

// ---- the champion, and how many at once

export function pin(): void {
  const id = focusId.peek();
  const match = now.peek();
  const slot = match?.images.findIndex((i) => i.id === id) ?? -1;
  if (!match || id === null || slot < 0) return;
  champion.value = champion.peek() ? null : { id, slot };
  now.value = { ...match, champion: champion.peek() };
  askAnew();
}

export const UPS = [2, 4, 6, 9] as const;

export async function setUp(up: number): Promise<void> {
  if (up === upNow() || !mayWrite()) return;
  const kept = keep("up", up);
  replace();
  if (!(await kept)) replace(); // refused: back to as many as before
}

export function stepUp(by: 1 | -1): void {
  const at = UPS.findIndex((u) => u >= upNow());
  void setUp(UPS[((at < 0 ? UPS.length - 1 : at) + by + UPS.length) % UPS.length] ?? 4);
}
