/** The list of groups being worked through, and where in it the person is. */
import { batch, computed, signal } from "@preact/signals";
import { call } from "../bridge";
import type { AskItem, CullOrder, GetQueue, GroupView, QueueItem } from "../bridge.gen";
import { complain, settled, status } from "../state";
import { fetchGroups, groupSignal, onGroup } from "./groups";

export type Which = NonNullable<GetQueue["which"]> | CullOrder;
export const SCOPES: readonly Which[] = ["needs", "all", "auto", "decided"];
/** Orders of what waits: by name, or as was learned. */
export const ORDERS: readonly CullOrder[] = ["needs", "obvious", "informative", "close", "disputed", "doubted"];
/** Orders that ask about groups settled by default too. */
const ASKING: readonly Which[] = ["informative", "close", "disputed"];
export const SCOPE_NAMES: Record<Which, string> = {
  needs: "Needs you", all: "All groups", auto: "By default", decided: "Decided",
  obvious: "Obvious first", informative: "Teach me", close: "Close calls", disputed: "Opinions differ", doubted: "Second thoughts",
};
const PAGE = 500;

export const which = signal<Which>("needs");
/** From which confidence on a group is obvious. */
export const least = signal(0.9);
/** What the last learned order said of itself: "" or what is missing. */
export const why = signal("");
/** What is recommended of the groups of a learned order. */
export const advice = new Map<string, AskItem>();
/** On "Obvious first": one group is looked at, not the page. */
export const closer = signal(false);
export const items = signal<QueueItem[]>([]);
export const total = signal(0); // of the list in the engine when it was last asked
export const index = signal(0); // items.length means: nothing left
export const loaded = signal(false);

export const currentId = computed(() => items.value[index.value]?.id ?? null);
export const current = computed<GroupView | null>(() => {
  const id = currentId.value;
  return id === null ? null : groupSignal(id).value;
});
const fetched = signal(0); // how many of the engine's list have been seen
/** How many of the engine's list were not read yet. */
export const unread = computed(() => Math.max(0, total.value - fetched.value));
export const left = computed(() => items.value.filter((i) => i.status === "review").length + unread.value);

let asking: Promise<void> | null = null;

const same = (a: QueueItem[], b: QueueItem[]): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

/** What was gone through and decided since the list was read: a newer list does not name it, and the keys still lead back. */
function trail(known: readonly QueueItem[]): QueueItem[] {
  if (!leaving()) return [];
  const ids = new Set(known.map((i) => i.id));
  return items.peek().slice(0, index.peek()).filter((i) => !waits(i) && !ids.has(i.id)).slice(-PAGE);
}

/** What became of groups while the list was read counts, not what it says of them. */
function since(before: readonly QueueItem[], list: QueueItem[]): QueueItem[] {
  const then = new Map(before.map((i) => [i.id, i.status]));
  const changed = new Map(items.peek().filter((i) => then.has(i.id) && then.get(i.id) !== i.status).map((i) => [i.id, i.status]));
  return list.map((i) => ({ ...i, status: changed.get(i.id) ?? i.status }));
}

/** The library changed underneath: read the list again, and stay where the person is. */
export const reloadInPlace = (): Promise<void> => reload(undefined, true);

let [asks, heard] = [0, 0]; // questions for the list so far, and the last that was answered

/** Read the list again, staying at `asked` (or where the person is by then) even when that is no longer in the list. */
export async function reload(asked?: string | null, onTheWay = false): Promise<void> {
  const stay = (): string | null => (asked === undefined ? currentId.peek() : asked);
  if (!status.peek()) {
    items.value = [];
    loaded.value = true;
    return;
  }
  try {
    await settled();
    const of = listed();
    const before = items.peek();
    const mine = ++asks;
    const page = await read(0);
    const away = stay();
    if (away !== null && !page.items.some((i) => i.id === away)) await fetchGroups([away], true);
    if (of !== listed() || mine < heard) return; // another list was asked for since, or this one was told anew
    heard = mine;
    advice.clear();
    hear(page);
    let list = since(before, page.items);
    const here = stay();
    let at = here === null ? 0 : list.findIndex((i) => i.id === here);
    const group = at < 0 && here !== null ? groupSignal(here).peek() : null;
    if (group) {
      at = Math.min(index.value, list.length);
      list = [...list.slice(0, at), itemOf(group), ...list.slice(at)];
    }
    const behind = onTheWay ? trail(list) : [];
    at = behind.length + Math.max(0, at);
    batch(() => {
      items.value = [...behind, ...list];
      total.value = page.total;
      fetched.value = page.items.length;
      index.value = list.length === 0 ? behind.length : at;
      loaded.value = true;
    });
  } catch (error) {
    complain(error);
  }
}

/** Another list is asked for: nothing of this one is acted on while that is read. */
export function startOver(): void {
  starts += 1;
  advice.clear();
  items.value = [];
  index.value = 0;
  loaded.value = false;
}

const isLearned = (list: Which): list is CullOrder => list !== "needs" && (ORDERS as readonly Which[]).includes(list);

let starts = 0;

/** Which list it is, with its bound where it has one; begun anew it is another. */
const listed = (): string => `${starts} ${which.peek() === "obvious" ? `obvious ${least.peek()}` : which.peek()}`;

interface Part {
  items: QueueItem[];
  total: number;
  advice: AskItem[];
  why: string | null;
}

function hear(part: Part): void {
  for (const item of part.advice) advice.set(item.group.id, item);
  if (part.why !== null) why.value = part.why;
}

/** A part of the list from the engine, in the order of the list. */
async function read(offset: number): Promise<Part> {
  const list = which.peek();
  if (!isLearned(list)) {
    const page = await call("cull.queue", { which: list as NonNullable<GetQueue["which"]>, offset, limit: PAGE });
    return { items: page.items, total: page.total, advice: [], why: null };
  }
  const order = list as Exclude<CullOrder, "needs">;
  const answer = await call("learn.ask", { order, offset, limit: PAGE, least: order === "obvious" ? least.peek() : 0 });
  return { items: answer.items.map((i) => i.group), total: answer.total, advice: answer.items, why: answer.why };
}

/** Still to be looked at: what the learned orders ask about may be settled by default. */
export const waits = (item: QueueItem): boolean => item.status === "review" || (ASKING.includes(which.value) && item.status === "auto");

/** Lists that a decided group leaves. */
const leaving = (): boolean => ["needs", "obvious", ...ASKING].includes(which.value);

export const pageOpen = computed(() => which.value === "obvious" && !closer.value && (items.value.length > 0 || !loaded.value));

export function itemOf(group: GroupView): QueueItem {
  return {
    id: group.id,
    size: group.members.length,
    status: group.status,
    reason: group.reasons[0] ?? "",
    thumbUrl: group.members[0]?.thumbUrl ?? "",
  };
}

/** Fetch the next page when the end of what is loaded comes near. */
export function loadMore(): Promise<void> {
  if (asking || fetched.value >= total.value) return asking ?? Promise.resolve();
  // decided groups have left the engine's `needs` list, so they no longer count towards the offset
  const offset = leaving() ? items.value.filter(waits).length : fetched.value;
  const [of, then] = [listed(), heard];
  asking = read(offset)
    .then((page) => {
      if (of !== listed() || then !== heard) return; // it was told anew meanwhile
      hear(page);
      const known = new Set(items.value.map((i) => i.id));
      batch(() => {
        fetched.value = page.items.length ? fetched.value + page.items.length : page.total;
        items.value = [...items.value, ...page.items.filter((i) => !known.has(i.id))];
        total.value = fetched.value + (page.items.length ? Math.max(0, page.total - offset - page.items.length) : 0);
      });
    })
    .catch(complain)
    .finally(() => (asking = null));
  return asking;
}

/** The next group to look at in a direction: unresolved ones where decided groups leave the list, else the neighbour. */
export function following(from: number, step: 1 | -1): number | null {
  const list = items.value;
  const n = list.length;
  if (!leaving()) {
    const next = from + step;
    return next >= 0 && next < n ? next : null;
  }
  for (let i = 1; i <= n; i++) {
    const at = (((from + i * step) % n) + n) % n;
    const item = list[at];
    if (at !== from && item && waits(item)) return at;
  }
  const here = list[from];
  return here && waits(here) ? from : null;
}

/** The next few groups, in the order the keys will reach them. */
export function upcoming(howMany: number): string[] {
  const ids: string[] = [];
  let at: number | null = index.value;
  for (let i = 0; i < howMany; i++) {
    at = following(at, 1);
    const id = at === null ? undefined : items.value[at]?.id;
    if (at === null || id === undefined || id === currentId.value || ids.includes(id)) break;
    ids.push(id);
  }
  return ids;
}

export function drop(id: string): void {
  const at = items.value.findIndex((i) => i.id === id);
  if (at < 0) return;
  batch(() => {
    items.value = items.value.filter((i) => i.id !== id);
    if (index.value > at) index.value -= 1;
  });
}

/** Put a group into the list after the current one, if it is not there; answers where it is. */
export function insert(group: GroupView): number {
  const at = items.value.findIndex((i) => i.id === group.id);
  if (at >= 0) return at;
  const where = Math.min(index.value, items.value.length);
  items.value = [...items.value.slice(0, where), itemOf(group), ...items.value.slice(where)];
  return where;
}

// a group's own status is the truth for its place in the list
onGroup((group) => {
  const next = items.value.map((i) =>
    i.id === group.id && (i.status !== group.status || i.size !== group.members.length) ? { ...i, status: group.status, size: group.members.length } : i,
  );
  if (!same(next, items.value)) items.value = next;
});
