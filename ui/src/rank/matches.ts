/** The match on screen, those that lie ready behind it, and the ones gone before it. */
import { batch, computed, signal } from "@preact/signals";
import type { Contender } from "../bridge.gen";
import { Zoom } from "../kit/zoom";
import { upNow } from "./figures";

/** What was answered; `null` as a winner: nobody. */
export interface Answer {
  kind: "pick" | "draw" | "skip" | "left"; // left: exchanged without an answer
  winner: number | null;
}

/** An image that stays while the others change. */
export interface Champion {
  id: number;
  slot: number; // where it stands
}

export interface Shown {
  readonly key: number;
  readonly images: readonly Contender[];
  readonly note: string;
  readonly up: number; // how many at once were wanted; there may be fewer
  readonly champion: Champion | null; // the one pinned when this was asked for
  readonly was: Answer | null; // how it had been answered, for one that an undo brought back
}

const KEPT = 2000; // answered matches whose images are remembered, to know who has met whom

export const now = signal<Shown | null>(null);
/** Answered, and still on screen only because the next one is not there yet. */
export const answered = signal<Answer | null>(null);
export const next = signal<readonly Shown[]>([]);
/** The match before this one, kept painted for an undo. */
export const before = signal<Shown | null>(null);
export const champion = signal<Champion | null>(null);
export const focusId = signal<number | null>(null);
export const zoom = new Zoom();

export const focused = computed(() => now.value?.images.find((i) => i.id === focusId.value) ?? null);
export const idsOf = (match: Shown | null): number[] => match?.images.map((i) => i.id) ?? [];

let keys = 0;

export function made(images: readonly Contender[], note: string, was: Answer | null = null): Shown {
  return { key: ++keys, images: inPlace(images, champion.peek()), note, up: upNow(), champion: champion.peek(), was };
}

/** The champion back where it stands, the challengers in the order they came. */
export function inPlace(images: readonly Contender[], who: Champion | null): readonly Contender[] {
  const stays = images.find((i) => i.id === who?.id);
  if (!who || !stays) return images;
  const others = images.filter((i) => i !== stays);
  const slot = Math.min(who.slot, others.length);
  return [...others.slice(0, slot), stays, ...others.slice(slot)];
}

export function show(match: Shown | null): void {
  batch(() => {
    now.value = match;
    answered.value = null;
    zoom.fit();
    const stays = match?.images.find((i) => i.id === (match.was?.winner ?? champion.peek()?.id));
    focusId.value = stays?.id ?? match?.images[0]?.id ?? null;
  });
}

/** Go on to the match that lies ready; without one, what is shown stays until there is one. */
export function advance(how: Answer): void {
  const [first, ...rest] = next.peek();
  batch(() => {
    if (!first) return void (answered.value = how);
    before.value = now.peek();
    next.value = rest;
    show(first);
  });
}

// ---- who has met whom

interface Met {
  ids: readonly number[];
  champion: Champion | null;
  answer: Answer;
}

const history: Met[] = [];

export function remember(match: Shown, answer: Answer): void {
  history.push({ ids: idsOf(match), champion: match.champion, answer });
  if (history.length > KEPT) history.splice(0, KEPT / 10);
}

/** How a match of these images was last answered here, taken out of the memory. */
export function recall(ids: readonly number[]): Met | null {
  const at = history.findLastIndex((m) => m.ids.length === ids.length && m.ids.every((id) => ids.includes(id)));
  return at < 0 ? null : (history.splice(at, 1)[0] ?? null);
}

export function forgetAll(): void {
  history.length = 0;
  batch(() => {
    show(null);
    [next.value, before.value, champion.value] = [[], null, null];
  });
}

const haveMet = (id: number, others: readonly number[]): boolean => history.some((m) => m.ids.includes(id) && m.ids.some((o) => o !== id && others.includes(o)));

/** A challenger won: it takes the champion's part in what lies ready, unless it has met one of those already. */
export function crown(id: number): void {
  const match = now.peek();
  const who = match?.images.find((i) => i.id === id);
  if (!match || !who) return;
  const old = champion.peek()?.id;
  champion.value = { id, slot: match.images.indexOf(who) };
  const ready: Shown[] = [];
  for (const n of next.peek()) {
    const others = n.images.filter((i) => i.id !== old);
    const ids = others.map((i) => i.id);
    if (ids.length === n.images.length || ids.includes(id) || haveMet(id, ids)) break;
    ready.push({ ...n, champion: champion.peek(), images: inPlace([...others, who], champion.peek()) });
  }
  next.value = ready;
}

/** Take over newer figures, flags and faults of images, wherever they are shown. */
export function patch(fresh: readonly Contender[]): void {
  const newer = new Map(fresh.map((c) => [c.id, c]));
  const mend = (m: Shown): Shown => (m.images.some((i) => newer.has(i.id)) ? { ...m, images: m.images.map((i) => newer.get(i.id) ?? i) } : m);
  batch(() => {
    if (now.peek()) now.value = mend(now.peek() as Shown);
    next.value = next.peek().map(mend);
    if (before.peek()) before.value = mend(before.peek() as Shown);
  });
}
