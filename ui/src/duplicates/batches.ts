/** What was set aside: the batches, and what can be done with one. */
import { computed, signal } from "@preact/signals";
import { call } from "../bridge";
import type { BatchView, Batches } from "../bridge.gen";
import { bytes, some } from "../kit/words";
import { mayWrite } from "../mutate";
import { complain, refreshStatus, status } from "../state";
import { ask as askFirst } from "./question";

export const staged = signal<Batches | null>(null);
export const batchAt = signal(0);
/** Only batches that still hold something can be restored or approved. */
export const batch = computed<BatchView | null>(() => staged.value?.items[batchAt.value] ?? null);

export const holds = (b: BatchView | null): b is BatchView => b !== null && b.images > 0;

let asked = 0;

/** Read the batches; the one in hand stays so, wherever it is then, unless `stay` is false. */
export async function readStaged(stay = true): Promise<void> {
  if (!status.peek()) return;
  const mine = ++asked;
  try {
    const answer = await call("staged.list");
    if (mine !== asked) return;
    const here = stay ? batch.peek()?.id : undefined;
    staged.value = answer;
    const at = answer.items.findIndex((b) => b.id === here);
    batchAt.value = Math.max(0, Math.min(at >= 0 ? at : batchAt.peek(), answer.items.length - 1));
  } catch (error) {
    complain(error);
  }
}

export function moveBatch(by: number): void {
  const n = staged.peek()?.items.length ?? 0;
  batchAt.value = Math.max(0, Math.min(n - 1, batchAt.peek() + by));
}

async function start(ask: () => Promise<unknown>): Promise<void> {
  if (!mayWrite()) return;
  try {
    await ask();
    refreshStatus();
  } catch (error) {
    complain(error);
  }
}

export const restore = (id: string): void => void start(() => call("staged.restore", { batch: id }));

/** To the system's Trash, once the person has seen what. */
export function approve(): void {
  const b = batch.peek();
  if (!holds(b) || !mayWrite()) return;
  askFirst({
    title: `Send ${some(b.images, "image")} to the system's Trash`,
    text: `${some(b.files, "file")}, ${bytes(b.bytes)}. Undo in Pickwise does not reach there; until the Trash is emptied, the system can put them back.`,
    yes: "To the Trash",
    red: true,
    run: () => void start(() => call("staged.approve", { batch: b.id })),
  });
}
