/** Groups of copies: the list, the groups themselves, and how much would be freed. */
import { batch, computed, signal, type Signal } from "@preact/signals";
import { call } from "../bridge";
import type { Copies, CopiesItem, CopiesView } from "../bridge.gen";
import { Latest } from "../kit/latest";
import { complain, settled, status } from "../state";
import { readStaged } from "./batches";
import { Worklist } from "./worklist";

const PAGE = 500;
const MOST = 32; // a request's limit
const KEPT = 200; // groups kept in the page

/** Everything of a page but its items; null before it was read. */
export const figures = signal<Omit<Copies, "items" | "offset"> | null>(null);

async function ask(offset: number, limit: number): Promise<Copies | null> {
  if (!status.peek()) return null;
  try {
    const page = await call("dupes.page", { offset, limit, kept: false });
    const { items: _, offset: __, ...rest } = page;
    const run = rest.run?.at ?? "";
    if (run !== searched) forgetAll();
    searched = run;
    figures.value = rest;
    return page;
  } catch (error) {
    complain(error);
    return null;
  }
}

export const groups = new Worklist<CopiesItem>(ask, PAGE, (item) => item.state === "open");

let searched = ""; // when: another search starts the list over

function forgetAll(): void {
  for (const view of views.values()) view.value = null;
  groups.startOver();
}

let soon = 0;

/** Read the figures again once a burst of decisions is over. */
export function figuresSoon(): void {
  clearTimeout(soon);
  soon = window.setTimeout(() => void Promise.all([ask(0, 0), readStaged()]), 300);
}

// ---- whole groups

const views = new Map<string, Signal<CopiesView | null>>();
const asked = new Set<string>();

export function viewOf(id: string): Signal<CopiesView | null> {
  let known = views.get(id);
  if (!known) views.set(id, (known = signal<CopiesView | null>(null)));
  return known;
}

export const viewNow = (id: string): CopiesView | null => views.get(id)?.peek() ?? null;

export const current = computed<CopiesView | null>(() => {
  const id = groups.currentId.value;
  return id === null ? null : viewOf(id).value;
});

export const itemOf = (view: CopiesView): CopiesItem => ({
  id: view.id,
  state: view.state,
  size: view.members.length,
  going: view.members.filter((m) => !m.stays).length,
  bytes: view.bytes,
  thumbUrl: view.members[0]?.thumbUrl ?? "",
});

const words = new Latest<string>();

/** What a key made of it. */
export function putView(view: CopiesView): void {
  words.say(view.id);
  take(view);
}

function take(view: CopiesView): void {
  batch(() => {
    viewOf(view.id).value = view;
    groups.put(itemOf(view));
  });
}

/** Fetch these groups (only unknown ones unless `again`); answers those that exist. */
export async function fetchViews(ids: readonly string[], again = false): Promise<CopiesView[]> {
  const wanted = ids.filter((id) => again || (viewNow(id) === null && !asked.has(id))).slice(0, MOST);
  if (wanted.length) {
    if (again) await settled();
    const last = words.ask(wanted);
    wanted.forEach((id) => asked.add(id));
    try {
      const answer = await call("dupes.groups", { ids: [...wanted] });
      batch(() => answer.groups.forEach((g) => (last(g.id) || viewNow(g.id) === null) && take(g)));
      if (again) return answer.groups;
    } finally {
      wanted.forEach((id) => asked.delete(id));
    }
  }
  return ids.map(viewNow).filter((g): g is CopiesView => g !== null);
}

export const isAsked = (id: string): boolean => asked.has(id);

export function forgetFar(near: ReadonlySet<string>): void {
  if (views.size <= KEPT) return;
  for (const id of views.keys()) if (!near.has(id) && !groups.done.peek().has(id)) views.delete(id);
}
