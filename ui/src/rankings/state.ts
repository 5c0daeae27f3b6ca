/** Where the person is in the table, and reading it anew without losing that place. */
import { batch, computed, effect, signal } from "@preact/signals";
import { call } from "../bridge";
import type { RankingFacets, RankingRow, Rankings, RankStatus } from "../bridge.gen";
import { Scroller } from "../kit/scroller";
import { complain, fresh, onStale, screen, status } from "../state";
import { largeOpen } from "./enlarged";
import { ahead, ask, begin, firstRow, need, pageOf, PAGE, pages, rowAt, total } from "./pages";
import { query, type Query } from "./query";

export const at = signal(0);
export const loaded = signal(false);
export const busy = signal(false);
export const standing = signal<RankStatus | null>(null);
export const facets = signal<RankingFacets | null>(null);
export const scroller = new Scroller();

export const row = computed(() => rowAt(at.value));

const SETTLING = 10_000; // milliseconds after which a first fit has come to its end
let jumping = 0;
let topped = Number.NEGATIVE_INFINITY; // when the table was put to its top; the person has not moved since

const atTop = (): boolean => at.peek() === 0 && scroller.firstSeen() === 0 && !largeOpen.peek();
/** Put to the top or shown there moments ago, and still there: the first fit then brings others to it. */
const onTop = (): boolean => performance.now() - topped < SETTLING && atTop();

effect(() => {
  if (screen.value === "rankings" && atTop()) topped = performance.now(); // picks made elsewhere brought others to it
});

export function goTo(index: number): void {
  jumping += 1; // where a jump on its way would lead is no longer meant
  topped = Number.NEGATIVE_INFINITY;
  at.value = Math.max(0, Math.min(total.peek() - 1, index));
  scroller.reveal(at.peek());
}

/** Where to stand once it is read: on the first row, where one stands now, or on an image. */
export type Goal = "top" | "stay" | number;

interface Held {
  id: number | null;
  index: number;
}

const held = (index: number): Held => ({ id: rowAt(index)?.id ?? null, index });

/** Where the reading on its way leads, and where the person was when that was said. */
let leads: { goal: Goal; was: number } | null = null;
let last: Promise<void> = Promise.resolve();

/** Read the table anew; of several readings the last one counts. Without a goal it goes where the one on its way was to go. */
export function read(goal?: Goal): Promise<void> {
  const same = goal === undefined && leads?.goal !== "stay" ? leads : null;
  return (last = readTo(same ?? { goal: goal ?? usual(), was: at.peek() }));
}

const usual = (): Goal => (loaded.peek() && !onTop() ? "stay" : "top");

/** What is in sight is there at once, whatever moved above it. */
async function readTo(mine: { goal: Goal; was: number }): Promise<void> {
  if (!status.peek()) return;
  const { goal, was } = (leads = mine);
  const newest = begin();
  const asked = ahead.now();
  if (goal === "top" && !onTop()) topped = performance.now();
  busy.value = true;
  try {
    const now = await gather(goal);
    if (!newest()) return await last;
    const since = at.peek() !== was ? moved(goal, was) : null; // the person has moved on meanwhile
    batch(() => {
      pages.value = new Map([...now.got].map(([page, rows]) => [page, ahead.over(rows, asked)]));
      total.value = scroller.rows.value = now.total;
      at.value = since ? indexIn(now, since) : now.cursor;
      loaded.value = true;
      if (goal === "top") scroller.to(0);
      if (since) scroller.reveal(at.peek());
      else if (goal === "stay") scroller.shift(now.moved);
      else if (goal !== "top") scroller.centre(now.cursor);
    });
    need(scroller.first.peek(), scroller.last.peek());
  } catch (error) {
    if (newest()) complain(error);
  } finally {
    if (newest()) {
      busy.value = false;
      leads = null;
    }
  }
}

/** Where the person went while it was read: to a row of the old order, or so many rows down from the top of the new. */
function moved(goal: Goal, was: number): Held | null {
  if (goal === "stay") return held(at.peek());
  return goal === "top" ? { id: null, index: Math.max(0, at.peek() - was) } : null;
}

interface Gathered {
  got: Map<number, readonly RankingRow[]>;
  total: number;
  cursor: number; // the row to stand on
  moved: number; // how many rows what is in sight moved down
}

/** The pages around the place to be, and where that is now. Staying, it is the cursor's where that is in sight, else the first row's in sight. */
async function gather(goal: Goal): Promise<Gathered> {
  const q = query.peek();
  const cursor = held(at.peek());
  const seen = scroller.firstSeen();
  const still = scroller.sees(cursor.index) ? cursor : held(seen);
  const anchor = goal === "stay" ? still : { id: goal === "top" ? null : goal, index: goal === "top" ? 0 : cursor.index };
  const got: Gathered["got"] = new Map();
  const first = keep(got, await ask(q, pageOf(anchor.index), anchor.id));
  const place = placeOf(first, anchor);
  const top = goal === "stay" ? place - anchor.index + seen - 1 : place - scroller.page();
  const near = [pageOf(top), pageOf(top + 2 * scroller.page() + 2)].filter((p) => p >= 0 && p * PAGE < first.total && !got.has(p));
  for (const answer of await Promise.all([...new Set(near)].map((p) => ask(q, p)))) keep(got, answer);
  const apart = goal === "stay" && still !== cursor;
  return { got, total: first.total, moved: place - anchor.index, cursor: apart ? placeOf(keep(got, await ask(q, pageOf(cursor.index), cursor.id)), cursor) : place };
}

/** Where a row is in what was gathered, if near; who went to the top or far away meant the place and not the image. */
function indexIn(now: Gathered, { id, index }: Held): number {
  if (index === 0) return 0;
  for (const [page, rows] of now.got) {
    const found = rows.findIndex((r) => r.id === id);
    if (found >= 0) return page * PAGE + found;
  }
  return Math.max(0, Math.min(now.total - 1, index));
}

function keep(got: Map<number, readonly RankingRow[]>, answer: Rankings): Rankings {
  if (answer.items.length > 0) got.set(pageOf(answer.offset), answer.items);
  return answer;
}

/** The image's new row; its old one, or the last, where it is no longer among them. */
function placeOf(answer: Rankings, { id, index }: Held): number {
  const found = id === null ? -1 : answer.items.findIndex((r) => r.id === id);
  return found >= 0 ? answer.offset + found : Math.max(0, Math.min(index, answer.total - 1));
}

let around = 0;

/** How sure, what can be filtered by, and the histogram. */
async function readAround(): Promise<void> {
  if (!status.peek()) return;
  const mine = ++around;
  const { everyone } = query.peek();
  try {
    const [s, f] = await Promise.all([call("rank.status", { everyone }), call("rankings.facets", { everyone })]);
    if (mine !== around || everyone !== query.peek().everyone) return;
    batch(() => {
      standing.value = s;
      facets.value = f;
    });
  } catch (error) {
    complain(error);
  }
}

export async function reload(goal?: Goal): Promise<void> {
  const rows = read(goal);
  if (standing.peek()) await rows; // the rows come first; without a standing it is not known whether there are any
  await Promise.all([rows, readAround()]);
}

onStale("rankings", () => void reload());

const REST = 1500; // milliseconds after the start

/** Read the ranking before it is asked for: the first time, the engine has thousands of picks to go through. */
export function readAhead(): void {
  setTimeout(() => {
    if (!loaded.peek() && (status.peek()?.images ?? 0) > 0 && fresh("rankings")) void reload("top");
  }, REST);
}

/** Another order or filter. */
export function change(next: Query, goal: Goal = "top"): void {
  query.value = next;
  void read(goal);
}

/** Stand on the best of those weaker than `strength`; sorts by rank first where the order is another one. */
export async function jumpBelow(strength: number): Promise<void> {
  const mine = ++jumping;
  const now = query.peek();
  const q: Query = now.sort === "rank" || now.sort === "strength" ? now : { ...now, sort: "rank", descending: false };
  const bestFirst = q.descending === (q.sort === "strength");
  const weaker = (r: RankingRow): boolean => r.strength < strength || (q.sort === "rank" && !r.inField);
  try {
    const index = await firstRow(q, total.peek(), bestFirst ? weaker : (r) => !weaker(r));
    if (mine !== jumping || query.peek() !== now) return;
    if (q !== now) {
      query.value = q;
      await read("top");
      if (mine !== jumping) return;
    }
    at.value = Math.max(0, Math.min(total.peek() - 1, bestFirst ? index : index - 1));
    scroller.centre(at.peek());
  } catch (error) {
    complain(error);
  }
}
