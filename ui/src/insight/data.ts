/** What the Insight screen shows, and what the last batches left to be looked at. */
import { batch, computed, signal } from "@preact/signals";
import { call } from "../bridge";
import type { Gate, Insight, ReviewItem } from "../bridge.gen";
import { complain, onStale, status } from "../state";

export const insight = signal<Insight | null>(null);
export const gateOf = (kind: Gate["kind"]): Gate | null => insight.value?.gates.find((g) => g.kind === kind) ?? null;

// ---- the review of batches

export const reviewOpen = signal(false);
export const waiting = signal<readonly ReviewItem[]>([]);
export const total = signal(0);
export const index = signal(0);
export const room = signal({ columns: 3, rows: 2 }); // images in the window
export const focused = computed<ReviewItem | null>(() => waiting.value[index.value] ?? null);
export const pageSize = (): number => Math.max(1, room.value.columns * room.value.rows);

let asking = 0;

/** Read what waits first: as many as the window holds. */
export async function readReview(): Promise<void> {
  const mine = ++asking;
  try {
    const found = await call("learn.review", { offset: 0, limit: pageSize() });
    if (mine !== asking) return;
    batch(() => {
      waiting.value = found.items;
      total.value = found.total;
      index.value = Math.max(0, Math.min(index.peek(), found.items.length - 1));
    });
  } catch (error) {
    complain(error);
  }
}

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
    const found = await call("insight.all");
    if (mine === turn) insight.value = found;
    if (reviewOpen.peek()) await readReview();
  } catch (error) {
    complain(error);
  }
}
onStale("insight", () => void reload());
