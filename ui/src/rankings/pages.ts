/** The table's rows, read in pages as they come into view; far ones are let go of. */
import { batch, signal } from "@preact/signals";
import { call } from "../bridge";
import type { RankingRow, Rankings } from "../bridge.gen";
import { Ahead } from "../kit/ahead";
import { complain } from "../state";
import { query, type Query } from "./query";

export const PAGE = 100;
const MOST = 80; // pages kept: 8000 rows
const AT_ONCE = 3; // asked at one time; what has left the view meanwhile is not asked for at all
const AGAIN = 1500; // milliseconds before a page that was refused is asked for again

type Pages = ReadonlyMap<number, readonly RankingRow[]>;

export const total = signal(0);
export const pages = signal<Pages>(new Map());
/** Flags set here that the rows being read may not have yet. */
export const ahead = new Ahead<RankingRow>();

const asked = new Set<number>();
let wanted: number[] = [];
let reading = 0; // answers of an older reading are dropped

export const pageOf = (row: number): number => Math.floor(row / PAGE);
export const rowAt = (row: number): RankingRow | null => pages.value.get(pageOf(row))?.[row % PAGE] ?? null;

export const ask = (q: Query, page: number, around: number | null = null): Promise<Rankings> =>
  call("rankings.page", { ...q, offset: Math.max(0, page) * PAGE, limit: PAGE, around });

/** One row of the order asked for, whether it was read or not; null past the end. */
export async function peekRow(q: Query, row: number): Promise<RankingRow | null> {
  return (await call("rankings.page", { ...q, offset: row, limit: 1 })).items[0] ?? null;
}

/** Rows `first` to `last` are drawn: read them, and then those beyond either end. */
export function need(first: number, last: number): void {
  const [from, to] = [pageOf(first), pageOf(Math.max(first, last - 1))];
  const end = pageOf(Math.max(0, total.peek() - 1));
  wanted = [];
  for (let page = from; page <= to; page++) wanted.push(page);
  wanted.push(to + 1, from - 1);
  wanted = wanted.filter((page) => page >= 0 && page <= end);
  pump();
}

function pump(): void {
  while (asked.size < AT_ONCE) {
    const page = wanted.find((p) => !asked.has(p) && !pages.peek().has(p));
    if (page === undefined) return;
    void read(page);
  }
}

async function read(page: number): Promise<void> {
  const [mine, then] = [reading, ahead.now()];
  asked.add(page);
  try {
    const answer = await ask(query.peek(), page);
    if (mine !== reading) return;
    batch(() => {
      pages.value = without(new Map([...pages.peek(), [page, ahead.over(answer.items, then)]]), wanted[0] ?? page);
      total.value = answer.total;
    });
  } catch (error) {
    if (mine !== reading) return;
    complain(error);
    wanted = wanted.filter((p) => p !== page);
    setTimeout(() => mine === reading && !wanted.includes(page) && (wanted.push(page), pump()), AGAIN);
  } finally {
    if (mine === reading) {
      asked.delete(page);
      pump();
    }
  }
}

/** At most MOST pages, the nearest ones. */
function without(all: Map<number, readonly RankingRow[]>, centre: number): Pages {
  const far = [...all.keys()].sort((a, b) => Math.abs(b - centre) - Math.abs(a - centre));
  for (const page of far.slice(0, Math.max(0, all.size - MOST))) all.delete(page);
  return all;
}

/** A new reading: whatever is still on its way no longer counts. Answers whether a reading is the newest. */
export function begin(): () => boolean {
  const mine = ++reading;
  asked.clear();
  wanted = [];
  return () => mine === reading;
}

/** Change what is shown of one image. */
export function patch(id: number, change: Partial<RankingRow>): void {
  pages.value = new Map([...pages.peek()].map(([n, rows]) => [n, rows.some((r) => r.id === id) ? rows.map((r) => (r.id === id ? { ...r, ...change } : r)) : rows]));
}

/** The first of `count` rows for which `is` holds, where it holds for all after the first; `count` when for none. */
export async function firstRow(q: Query, count: number, is: (row: RankingRow) => boolean): Promise<number> {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = await peekRow(q, middle);
    if (row === null || is(row)) high = middle;
    else low = middle + 1;
  }
  return low;
}
