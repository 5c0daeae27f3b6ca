/** All keepers, fetched in pages of 500 as they come into view. */
import { batch, computed, signal } from "@preact/signals";
import { call } from "../bridge";
import type { KeeperView } from "../bridge.gen";
import { complain, onStale, status } from "../state";

export const PAGE = 500;

export const total = signal(0);
export const pages = signal<ReadonlyMap<number, readonly KeeperView[]>>(new Map());
export const at = signal(0);
export const loaded = signal(false);
export const cellSize = signal(192);
/** Keepers taken out since the grid was read: they keep their place, marked, so that nothing jumps. */
export const out = signal<ReadonlyMap<number, "thrown" | "reopened">>(new Map());

const asked = new Set<number>();
let reading = 0; // answers of an older reading are dropped

export const keeperAt = (i: number): KeeperView | null => pages.value.get(Math.floor(i / PAGE))?.[i % PAGE] ?? null;
export const keeper = computed(() => keeperAt(at.value));

/** The engine's list is shorter by those taken out before this page. */
function goneBefore(page: number): number {
  let gone = 0;
  for (const [n, items] of pages.peek()) if (n < page) gone += items.filter((k) => out.peek().has(k.id)).length;
  return gone;
}

async function fetchPage(page: number): Promise<void> {
  if (asked.has(page) || pages.peek().has(page)) return;
  asked.add(page);
  const mine = reading;
  try {
    const answer = await call("sweep.keepers", { offset: Math.max(0, page * PAGE - goneBefore(page)), limit: PAGE });
    if (mine !== reading) return;
    batch(() => {
      pages.value = new Map([...pages.peek(), [page, answer.items]]);
      if (out.peek().size === 0) total.value = answer.total;
      loaded.value = true;
    });
  } catch (error) {
    complain(error);
  } finally {
    if (mine === reading) asked.delete(page);
  }
}

export function need(first: number, last: number): void {
  for (let page = Math.floor(first / PAGE); page <= Math.floor(Math.max(first, last - 1) / PAGE); page++) void fetchPage(page);
}

/** Read everything anew, staying on the same image where it still is. */
export async function reload(): Promise<void> {
  const stay = keeper.peek();
  const here = Math.floor(at.peek() / PAGE);
  if (!status.peek()) return;
  reading += 1;
  const mine = reading;
  asked.clear();
  try {
    const answer = await call("sweep.keepers", { offset: here * PAGE, limit: PAGE });
    if (mine !== reading) return;
    batch(() => {
      out.value = new Map();
      pages.value = new Map([[here, answer.items]]);
      total.value = answer.total;
      loaded.value = true;
      const found = stay ? answer.items.findIndex((k) => k.id === stay.id) : -1;
      at.value = found >= 0 ? here * PAGE + found : Math.max(0, Math.min(at.peek(), answer.total - 1));
    });
    need(Math.max(0, at.peek() - 50), Math.min(total.peek(), at.peek() + 50));
  } catch (error) {
    complain(error);
  }
}

onStale("sweep", () => void reload());

/** Change what is shown of one keeper. */
export function patch(id: number, change: Partial<KeeperView>): void {
  pages.value = new Map([...pages.peek()].map(([n, items]) => [n, items.some((k) => k.id === id) ? items.map((k) => (k.id === id ? { ...k, ...change } : k)) : items]));
}

export function mark(id: number, how: "thrown" | "reopened" | null): void {
  const next = new Map(out.peek());
  if (how) next.set(id, how);
  else next.delete(id);
  out.value = next;
}

/** Where a keeper is: first among those already read, then through the pages; -1 when it is none of the first 20 000. */
export async function find(wanted: (k: KeeperView) => boolean): Promise<number> {
  const last = Math.min(40, Math.ceil(total.peek() / PAGE));
  const order = [...new Set([...pages.peek().keys(), ...Array.from({ length: last }, (_, page) => page)])];
  for (const page of order) {
    await fetchPage(page);
    const i = pages.peek().get(page)?.findIndex(wanted) ?? -1;
    if (i >= 0) return page * PAGE + i;
  }
  return -1;
}
