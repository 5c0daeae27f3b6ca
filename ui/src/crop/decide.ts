/** Decisions: the next picture is on screen at once, the engine hears of it behind, and a refusal brings it back. */
import { batch, computed, signal } from "@preact/signals";
import type { CropImage } from "../bridge.gen";
import { Pace } from "../kit/pace";
import { some } from "../kit/words";
import { mayWrite, mutate } from "../mutate";
import { status } from "../state";
import { acted, start, take } from "./clock";
import { grown, moved, same, whole, type Box } from "./geometry";
import { counts, current, fetchViews, isDone, list, put, recount, which, type Entry } from "./list";
import { onward, remember, showEntry } from "./place";
import { boxOf, choiceOf, edit, focused, focusAt, offered, proposedOf, reasoning, sizeStep, tagsOf, unassisted, usable } from "./work";

const REST = 120; // ms a picture must have been on screen: nobody sees and decides faster, a bouncing key does

export const pace = new Pace();
/** The entry whose pictures the person has before them, and since when. */
const seen = signal<{ id: string; since: number } | null>(null);
export const seenId = computed(() => seen.value?.id ?? "");

export function sawPainted(id: string | null): void {
  seen.value = id === null ? null : { id, since: performance.now() };
  if (id !== null) start(id);
}

const maySay = (entry: Entry | null, at: number): entry is Entry => {
  const sight = seen.peek();
  return entry !== null && sight?.id === entry.id && at - sight.since >= REST;
};

// ---- the box

function change(make: (view: CropImage, box: Box, bare: boolean) => Box): void {
  const view = focused.peek();
  const entry = current.peek();
  if (!usable(view) || !entry) return;
  const bare = unassisted.peek();
  const box = boxOf(view, bare);
  const next = make(view, box, bare);
  acted(entry.id);
  if (!same(box, next)) edit(view.id, { box: next, picked: null });
}

/** Arrows: by this many pixels of the original. */
export const nudge = (dx: number, dy: number): void => change((view, box) => moved(view, box, dx, dy));

export const grow = (direction: 1 | -1, large: boolean): void => change((view, box) => grown(view, box, direction * sizeStep(view, large)));

export const reset = (): void => change((view, _, bare) => proposedOf(view, bare));

export function takeWhole(): void {
  change((view) => whole(view));
  const view = focused.peek();
  if (view) edit(view.id, { picked: "full" });
}

/** Drawn by hand; a whole drag is one action. */
export function drawn(view: CropImage, box: Box): void {
  edit(view.id, { box, picked: null });
}

export function offer(at: number): void {
  const view = focused.peek();
  const wanted = view && offered(view, unassisted.peek())[at];
  if (!view || !wanted) return;
  change(() => wanted.box);
  edit(view.id, { picked: wanted.id });
}

/** The proposals one after the other; from a box of one's own to the best. */
export function cycle(by: 1 | -1): void {
  const view = focused.peek();
  if (!view) return;
  const all = offered(view, unassisted.peek());
  const now = all.findIndex((c) => c.id === choiceOf(view, boxOf(view, unassisted.peek()), unassisted.peek()));
  if (all.length > 0) offer(now < 0 ? 0 : (now + by + all.length) % all.length);
}

export function chooseImage(at: number): void {
  const entry = current.peek();
  if (!entry || at < 0 || at >= entry.images.length) return;
  if (focusAt.peek() !== at) acted(entry.id);
  focusAt.value = at;
}

// ---- reasons

export function openReasons(): void {
  const view = focused.peek();
  if (view && mayWrite()) reasoning.value = { image: view.id, before: tagsOf(view) };
}

export function toggleReason(name: string): void {
  const view = focused.peek();
  const entry = current.peek();
  if (!view || !entry) return;
  const tags = tagsOf(view);
  acted(entry.id);
  edit(view.id, { tags: tags.includes(name) ? tags.filter((t) => t !== name) : [...tags, name] });
}

export function cancelReasons(): void {
  const was = reasoning.peek();
  if (was) edit(was.image, { tags: was.before });
  reasoning.value = null;
}

// ---- the decision

const equal = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((x) => b.includes(x));

export function accept(at = performance.now()): void {
  const entry = current.peek();
  const view = focused.peek();
  if (!maySay(entry, at) || !usable(view) || !mayWrite()) return;
  const bare = unassisted.peek();
  const box = boxOf(view, bare);
  const tags = [...tagsOf(view)];
  const choice = choiceOf(view, box, bare);
  const done = isDone(entry);
  reasoning.value = null;
  if (done && view.choice === choice && same(box, view.box ?? whole(view)) && equal(tags, view.tags)) return void onward();
  void tell(entry, view, { image: view.id, choice, box, tags }, done);
}

async function tell(entry: Entry, view: CropImage, answer: { image: number; choice: NonNullable<CropImage["choice"]>; box: Box; tags: string[] }, done: boolean): Promise<void> {
  const losers = entry.images.filter((i) => i !== view.id);
  const own = list.peek();
  const uncut = same(answer.box, whole(view));
  const shift = (by: 1 | -1): void => {
    const now = counts.peek();
    if (now && !done) counts.value = { ...now, waiting: Math.max(0, now.waiting - by), done: now.done + by, copies: Math.max(0, now.copies + (uncut ? 0 : by)) };
  };
  const fields = { answer, groupId: losers.length > 0 ? entry.groupId : "", losers, ...take(entry.id), unassisted: entry.unassisted };
  batch(() => {
    edit(view.id, { box: answer.box, tags: answer.tags, picked: answer.choice });
    put({ ...view, choice: answer.choice, box: answer.box, tags: answer.tags, copied: false });
    if (which.peek() === "waiting") own.mark(entry.id, "cropped");
    shift(1);
    remember(entry);
    if (!done) pace.decidedNow();
  });
  const rollback = (): void => {
    batch(() => {
      if (!done) own.unmark(entry.id);
      put(view);
      shift(-1);
    });
  };
  const sent = mutate("crop.choose", fields, { own: "crop", rollback, goThere: () => void showEntry(entry) });
  void onward();
  if (await sent) return recountSoon();
  if (answer.choice !== "nudged") edit(view.id, { box: null, picked: null });
  await fetchViews(entry.images, true).catch(() => undefined); // the proposals may have been made anew
}

let soon = 0;

/** What is left, as the engine counts it, once the person rests. */
function recountSoon(): void {
  clearTimeout(soon);
  soon = window.setTimeout(() => void recount(), 1500);
}

export function skip(): void {
  const entry = current.peek();
  if (!entry) return;
  void onward();
}

/** What was proposed for those that wait, in a sentence. */
export const unproposedWords = (): string => {
  const n = counts.value?.unproposed ?? 0;
  return n === 0 ? "" : `${some(n, "image waits", "images wait")} for a proposal.`;
};

export const canDecide = (): boolean => status.value !== null && usable(focused.value);
