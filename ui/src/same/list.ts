/** The pairs in doubt, in the order they are asked; what was said of them here, and the way back. */
import { batch, computed, effect, signal } from "@preact/signals";
import { call } from "../bridge";
import type { SamePair } from "../bridge.gen";
import { complain, status, unsaved } from "../state";

export type Said = "yes" | "no" | "unsure";
export interface Pair extends SamePair {
  id: string;
}

const PAGE = 60;

export const items = signal<readonly Pair[]>([]);
export const done = signal<ReadonlyMap<string, Said>>(new Map());
export const index = signal(0);
export const waiting = signal(0); // pairs the library still asks about
export const answered = signal(0); // of all time
export const asked = signal(false); // the engine has answered once

export const current = computed<Pair | null>(() => items.value[index.value] ?? null);
export const finished = computed(() => asked.value && current.value === null);
export const total = computed(() => Math.max(items.value.length, done.value.size + waiting.value));
export const saidOf = (pair: Pair): Said | null => done.value.get(pair.id) ?? null;
export const isOpen = (pair: Pair): boolean => !done.peek().has(pair.id);
export const idOf = (one: number, other: number): string => `${Math.min(one, other)}/${Math.max(one, other)}`;

const named = (pair: SamePair): Pair => ({ ...pair, id: idOf(pair.one.id, pair.other.id) });

// ---- answers

interface Answer {
  id: string;
  said: Said;
  before: Said | null;
}
const given: Answer[] = [];
const takenBack: Answer[] = [];

function put(id: string, said: Said | null): void {
  const next = new Map(done.peek());
  if (said) next.set(id, said);
  else next.delete(id);
  waiting.value = Math.max(0, waiting.peek() + done.peek().size - next.size);
  done.value = next;
}

/** Mark it as answered; what comes back takes the mark away again. */
export function note(pair: Pair, said: Said): () => void {
  const answer: Answer = { id: pair.id, said, before: done.peek().get(pair.id) ?? null };
  given.push(answer);
  takenBack.length = 0;
  batch(() => put(pair.id, said));
  return () => {
    given.splice(given.indexOf(answer), 1);
    batch(() => put(pair.id, answer.before));
  };
}

/** An undo or redo of an answer: the mark it has now. */
export function turned(id: string, redo: boolean): void {
  const [from, to] = redo ? [takenBack, given] : [given, takenBack];
  const at = from.findLastIndex((a) => a.id === id);
  const [answer] = at < 0 ? [] : from.splice(at, 1);
  if (answer) to.push(answer);
  batch(() => put(id, answer ? (redo ? answer.said : answer.before) : null));
}

// ---- reading

/** Answers on their way would still be in the list that the engine tells. */
const settled = (): Promise<void> =>
  new Promise((resolve) => {
    const stop = effect(() => void (unsaved.value === 0 && queueMicrotask(() => (stop(), resolve()))));
  });

let turn = 0;
let library = "";

/** The pair on screen where it was answered: it waits no more, but whether it is together now is still of interest. */
function looked(): [number, number] | null {
  const pair = current.peek();
  return pair && !isOpen(pair) ? [pair.one.id, pair.other.id] : null;
}

/** Read what waits anew. Pairs that were answered or are on screen keep their place; those that others decided go. */
export async function reload(wish: readonly [number, number] | null = null): Promise<void> {
  if (!status.peek()) return;
  const mine = ++turn;
  await settled();
  const first = wish ?? looked();
  try {
    const page = await call("same.list", { limit: PAGE, first: first ? [first[0], first[1]] : null });
    if (mine !== turn && !wish) return; // a later question tells more
    take(page.pairs.map(named), page.waiting, page.answered);
  } catch (error) {
    complain(error);
  }
}

function take(fresh: Pair[], wait: number, said: number): void {
  const elsewhere = library !== status.peek()?.library;
  library = status.peek()?.library ?? "";
  batch(() => {
    if (elsewhere) [items.value, done.value, index.value] = [[], new Map(), 0];
    const here = current.peek()?.id ?? "";
    const found = new Map(fresh.map((p) => [p.id, p]));
    const stays = (p: Pair): boolean => found.has(p.id) || p.id === here || !isOpen(p) || wait > fresh.length;
    const kept = items.peek().filter(stays);
    const known = new Set(kept.map((p) => p.id));
    items.value = [...kept.map((p) => found.get(p.id) ?? p), ...fresh.filter((p) => !known.has(p.id) && isOpen(p))];
    const at = items.peek().findIndex((p) => p.id === here);
    index.value = at >= 0 ? at : following(-1) ?? items.peek().length;
    waiting.value = wait;
    answered.value = said;
    asked.value = true;
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
