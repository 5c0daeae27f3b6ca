/** The pairs in doubt, in the order they are asked; what was said of them, and what the engine knows of them now. */
import { batch, computed, signal } from "@preact/signals";
import { call } from "../bridge";
import type { SamePair } from "../bridge.gen";
import { complain, settled, status } from "../state";

export type Said = NonNullable<SamePair["said"]>;
export interface Pair extends SamePair {
  id: string;
}

const PAGE = 60;
const ABOUT = 100; // answered pairs before and after the one shown that are kept up to date

export const items = signal<readonly Pair[]>([]);
export const index = signal(0);
export const waiting = signal(0); // pairs the library still asks about
export const answered = signal(0); // of all time
export const asked = signal(false); // the engine has answered once
export const notice = signal(""); // what the last answer overrules, in words

export const current = computed<Pair | null>(() => items.value[index.value] ?? null);
export const finished = computed(() => asked.value && current.value === null);
export const done = computed<Said[]>(() => items.value.flatMap((p) => p.said ?? []));
export const total = computed(() => Math.max(items.value.length, done.value.length + waiting.value));
export const isOpen = (pair: Pair): boolean => pair.waits;
export const idOf = (one: number, other: number): string => `${Math.min(one, other)}/${Math.max(one, other)}`;

const named = (pair: SamePair): Pair => ({ ...pair, id: idOf(pair.one.id, pair.other.id) });

// ---- answers

let given = 0; // answers so far: a list that was read before the last of them is old

function put(next: Pair): void {
  const before = items.peek().find((p) => p.id === next.id);
  waiting.value = Math.max(0, waiting.peek() + Number(next.waits) - Number(before?.waits ?? next.waits));
  items.value = items.peek().map((p) => (p.id === next.id ? next : p));
}

/** Mark it as answered; what comes back takes the mark away again. */
export function note(pair: Pair, said: Said): () => void {
  given += 1;
  const answer = { ...pair, said, overruled: false, waits: false };
  batch(() => put(answer));
  return () => {
    if (items.peek().includes(answer)) batch(() => put(pair));
  };
}

// ---- reading

let turn = 0;
let wished = 0; // the last reading that a pair was wished for in
let library = "";

/** Those of the list that wait, or can be gone back to soon. */
const held = (): Pair[] => items.peek().filter((p, at) => isOpen(p) || Math.abs(at - index.peek()) <= ABOUT);

/** Read what waits anew. Pairs that were answered or are on screen keep their place; those that others decided go. */
export async function reload(wish: readonly [number, number] | null = null): Promise<void> {
  if (!status.peek()) return;
  let mine = ++turn;
  if (wish) wished = mine;
  const first: [number, number] | null = wish && [wish[0], wish[1]];
  try {
    for (;;) {
      await settled(); // answers on their way would still be in the list
      if (mine !== turn) {
        if (!wish || wished !== mine) return; // a later question tells more
        wished = mine = ++turn; // but does not tell of this pair
      }
      const before = given;
      const shown = held();
      const page = await call("same.list", { limit: PAGE, first, held: shown.map((p) => [p.one.id, p.other.id]) });
      if (before !== given || mine !== turn) continue; // answered or asked again meanwhile
      take(page.pairs.map(named), new Map(page.held.map((p) => [idOf(p.one.id, p.other.id), named(p)])), new Set(shown.map((p) => p.id)));
      [waiting.value, answered.value, asked.value] = [page.waiting, page.answered, true];
      return;
    }
  } catch (error) {
    complain(error);
  }
}

/** Pairs to be asked, and what those that were asked about are now: gone, or decided by others, they go. */
function take(fresh: Pair[], now: ReadonlyMap<string, Pair>, about: ReadonlySet<string>): void {
  const elsewhere = library !== status.peek()?.library;
  library = status.peek()?.library ?? "";
  batch(() => {
    if (elsewhere) [items.value, index.value] = [[], 0];
    const here = current.peek()?.id ?? "";
    const stays = (p: Pair): boolean => p.id === here || !about.has(p.id) || (now.get(p.id)?.said ?? null) !== null || (now.get(p.id)?.waits ?? false);
    const kept = items.peek().filter(stays).map((p) => now.get(p.id) ?? p);
    const known = new Set(kept.map((p) => p.id));
    items.value = [...kept, ...fresh.filter((p) => !known.has(p.id))];
    const at = items.peek().findIndex((p) => p.id === here);
    index.value = at >= 0 ? at : following(-1) ?? items.peek().length;
  });
}

/** The next open place after this one, around the end; null where there is none. */
export function following(from: number): number | null {
  const all = items.peek();
  for (let step = 1; step <= all.length; step++) {
    const at = (from + step + all.length) % all.length;
    const pair = all[at];
    if (pair && isOpen(pair)) return at;
  }
  return null;
}
