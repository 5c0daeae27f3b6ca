/** The list of groups being worked through, and where in it the person is. */
import { batch, computed, signal } from "@preact/signals";
import { call } from "../bridge";
import type { GetQueue, GroupView, QueueItem } from "../bridge.gen";
import { complain, status } from "../state";
import { fetchGroups, groupSignal, onGroup } from "./groups";

export type Which = NonNullable<GetQueue["which"]>;
export const SCOPES: readonly Which[] = ["needs", "all", "auto", "decided"];
export const SCOPE_NAMES: Record<Which, string> = { needs: "Needs you", all: "All groups", auto: "By default", decided: "Decided" };
const PAGE = 500;

export const which = signal<Which>("needs");
export const items = signal<QueueItem[]>([]);
export const total = signal(0); // of the list in the engine when it was last asked
export const index = signal(0); // items.length means: nothing left
export const loaded = signal(false);

export const currentId = computed(() => items.value[index.value]?.id ?? null);
export const current = computed<GroupView | null>(() => {
  const id = currentId.value;
  return id === null ? null : groupSignal(id).value;
});
export const left = computed(() => items.value.filter((i) => i.status === "review").length + Math.max(0, total.value - fetched));

let fetched = 0; // how many of the engine's list have been seen
let asking: Promise<void> | null = null;

const same = (a: QueueItem[], b: QueueItem[]): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

/** Read the list again, staying at `asked` (or where the person is by then) even when that is no longer in the list. */
export async function reload(asked?: string | null): Promise<void> {
  const stay = (): string | null => (asked === undefined ? currentId.peek() : asked);
  if (!status.peek()) {
    items.value = [];
    loaded.value = true;
    return;
  }
  try {
    const page = await call("cull.queue", { which: which.value, offset: 0, limit: PAGE });
    fetched = page.items.length;
    let list = page.items;
    const away = stay();
    if (away !== null && !list.some((i) => i.id === away)) await fetchGroups([away], true);
    const here = stay();
    let at = here === null ? 0 : list.findIndex((i) => i.id === here);
    const group = at < 0 && here !== null ? groupSignal(here).peek() : null;
    if (group) {
      at = Math.min(index.value, list.length);
      list = [...list.slice(0, at), itemOf(group), ...list.slice(at)];
    }
    at = Math.max(0, at);
    batch(() => {
      items.value = list;
      total.value = page.total;
      index.value = list.length === 0 ? 0 : at;
      loaded.value = true;
    });
  } catch (error) {
    complain(error);
  }
}

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
  if (asking || fetched >= total.value) return asking ?? Promise.resolve();
  // decided groups have left the engine's `needs` list, so they no longer count towards the offset
  const offset = which.value === "needs" ? items.value.filter((i) => i.status === "review").length : fetched;
  asking = call("cull.queue", { which: which.value, offset, limit: PAGE })
    .then((page) => {
      const known = new Set(items.value.map((i) => i.id));
      fetched = page.items.length ? fetched + page.items.length : page.total;
      batch(() => {
        items.value = [...items.value, ...page.items.filter((i) => !known.has(i.id))];
        total.value = Math.max(page.total, fetched);
        if (page.items.length === 0) total.value = fetched;
      });
    })
    .catch(complain)
    .finally(() => (asking = null));
  return asking;
}

/** The next group to look at in a direction: unresolved ones in `needs`, simply the neighbour elsewhere. */
export function following(from: number, step: 1 | -1): number | null {
  const list = items.value;
  const n = list.length;
  if (which.value !== "needs") {
    const next = from + step;
    return next >= 0 && next < n ? next : null;
  }
  for (let i = 1; i <= n; i++) {
    const at = (((from + i * step) % n) + n) % n;
    if (at !== from && list[at]?.status === "review") return at;
  }
  return list[from]?.status === "review" ? from : null;
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
