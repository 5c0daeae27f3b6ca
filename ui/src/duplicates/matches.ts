/** Stage sets that show the same: the matches, where the person is, and what they decide. */
import { batch, computed, signal } from "@preact/signals";
import { call } from "../bridge";
import type { CopyView, SetMatch, SetMatches } from "../bridge.gen";
import { bytes, some } from "../kit/words";
import { Zoom } from "../kit/zoom";
import { mayWrite, mutate } from "../mutate";
import { complain, refreshStatus, say, status } from "../state";
import { ask as askFirst } from "./question";
import { Worklist } from "./worklist";

/** Everything of a page but its matches; null before it was read. */
export const setFigures = signal<Omit<SetMatches, "items" | "offset"> | null>(null);
export const setZoom = new Zoom();
/** The image under the keyboard: 0 of the set that stays, 1 of the one that goes; and its stage. */
export const setFocus = signal<{ row: 0 | 1; column: number }>({ row: 0, column: 0 });

async function ask(offset: number, limit: number): Promise<SetMatches | null> {
  if (!status.peek()) return null;
  try {
    const page = await call("sets.page", { offset, limit });
    const { items: _, offset: __, ...rest } = page;
    setFigures.value = rest;
    return page;
  } catch (error) {
    complain(error);
    return null;
  }
}

export const matches = new Worklist<SetMatch>(ask, 32);

let soon = 0;

function figuresSoon(): void {
  clearTimeout(soon);
  soon = window.setTimeout(() => void ask(0, 0), 300);
}

export const focusedImage = computed<CopyView | null>(() => {
  const match = matches.current.value;
  const { row, column } = setFocus.value;
  return (row === 0 ? match?.stays : match?.goes)?.images[column] ?? null;
});

export function showMatch(at: number): void {
  batch(() => {
    matches.index.value = Math.max(0, Math.min(at, matches.items.peek().length));
    setZoom.fit();
    setFocus.value = { row: 0, column: 0 };
  });
  if (at > matches.items.peek().length - 8) void matches.more().catch(complain);
}

function onward(): void {
  const from = matches.index.peek();
  const next = matches.following(from, 1);
  showMatch(next === null || next === from ? matches.items.peek().length : next);
}

export function toOpenMatch(step: 1 | -1): void {
  const next = matches.following(matches.index.peek(), step);
  if (next === null) say("No other match is open.");
  else showMatch(next);
}

export const stepMatch = (by: 1 | -1): void => showMatch(matches.index.peek() + by);

export function moveInSet(key = ""): void {
  const match = matches.current.peek();
  const { row, column } = setFocus.peek();
  const last = Math.max(0, (match?.stages.length ?? 1) - 1);
  const dx = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  setFocus.value = { row: key === "ArrowUp" ? 0 : key === "ArrowDown" ? 1 : row, column: Math.max(0, Math.min(last, column + dx)) };
}

const openMatch = (): SetMatch | null => {
  const match = matches.current.peek();
  return match && matches.isOpen(match) ? match : null;
};

/** The other set stays. */
export function flipSet(): void {
  const match = openMatch();
  if (!match || !mayWrite()) return;
  matches.put({ ...match, stays: match.goes, goes: match.stays, flipped: !match.flipped });
  void mutate("sets.flip", { id: match.id }, { own: "duplicates", rollback: () => matches.put(match) }).then((told) => told && matches.reload().catch(complain));
}

export function setsApart(): void {
  const match = openMatch();
  if (!match || !mayWrite()) return;
  decide("sets.apart", match, "apart");
  say("Not duplicates: remembered, also for later searches.");
}

export function acceptSet(): void {
  const match = openMatch();
  if (!match) return onward();
  if (!mayWrite()) return;
  decide("sets.accept", match, "accepted");
  say(`${some(match.goes.images.length, "image")} of one set aside, ${bytes(match.goes.bytes)}. Undo brings them back.`);
}

function decide(name: "sets.apart" | "sets.accept", match: SetMatch, what: "apart" | "accepted"): void {
  batch(() => {
    matches.mark(match.id, what);
    if (what === "accepted") matches.put({ ...match, goes: { ...match.goes, images: match.goes.images.map((m) => ({ ...m, url: m.thumbUrl })) } });
    onward();
  });
  const rollback = (): void => batch(() => {
    matches.unmark(match.id);
    matches.put(match);
  });
  void mutate(name, { id: match.id }, { own: "duplicates", rollback }).then(() => figuresSoon());
}

export function acceptSets(): void {
  const f = setFigures.peek();
  if (!f || f.total === 0) return say("Nothing goes.");
  if (!mayWrite()) return;
  askFirst({
    title: `Set aside the redundant set of ${some(f.total, "match", "matches")}`,
    text: `${bytes(f.bytes)} with companions move to delete_review in their own folders. Nothing is deleted: undo or Staged puts everything back.`,
    yes: "Set aside",
    red: false,
    run: () => void call("sets.accept_all").catch(complain),
  });
}

/** Read anew; a match that had been decided and is open again is shown. */
export async function matchesAgain(): Promise<void> {
  matches.goBackTo();
  try {
    await matches.reload();
  } catch (error) {
    complain(error);
  }
}

export async function findSets(): Promise<void> {
  if (!mayWrite()) return;
  try {
    await call("sets.find");
    matches.startOver();
    refreshStatus();
  } catch (error) {
    complain(error);
  }
}
