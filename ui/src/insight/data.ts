/** What the Insight screen shows. */
import { signal } from "@preact/signals";
import { call } from "../bridge";
import type { Gate, Insight } from "../bridge.gen";
import { complain, onStale, settled, status } from "../state";

export const insight = signal<Insight | null>(null);
export const gateOf = (kind: Gate["kind"]): Gate | null => insight.value?.gates.find((g) => g.kind === kind) ?? null;

/** The screen's own scroller while it is shown, and where it stood. */
export const scrolled: { box: HTMLElement | null; top: number } = { box: null, top: 0 };

export const reviewOpen = signal(false);
export const closeUp = signal(false); // of the review: one image, large
export const room = signal({ columns: 3, rows: 2 }); // images in the window of the review

/** What `waiting` does when what waits may be another. */
export const onReview: { read: () => Promise<void> } = { read: async () => undefined };

let turn = 0;
let due: Promise<void> | null = null;

/** Read all of it anew; asked for twice in one moment it is read once. */
export function reload(): Promise<void> {
  due ??= Promise.resolve().then(() => {
    due = null;
    return read();
  });
  return due;
}

async function read(): Promise<void> {
  if (!status.peek()) return;
  const mine = ++turn;
  try {
    if (reviewOpen.peek()) return await onReview.read(); // the rest is read when it is closed
    await settled(); // what was said a moment ago is in it
    if (mine !== turn) return;
    const found = await call("insight.all");
    if (mine === turn) insight.value = found;
  } catch (error) {
    complain(error);
  }
}
onStale("insight", () => void reload());
