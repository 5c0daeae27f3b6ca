/** The pictures to crop, one at a time or three at once, and where in their list the person is. */
import { batch, computed, signal, type Signal } from "@preact/signals";
import { call } from "../bridge";
import type { CropImage, CropItem, Crops } from "../bridge.gen";
import { Worklist } from "../duplicates/worklist";
import { Latest } from "../kit/latest";
import { complain, settled, status } from "../state";

export interface Entry extends CropItem {
  id: string; // of its images
}

export type Which = "waiting" | "done";
export const LIST_NAMES: Record<Which, string> = { waiting: "To crop", done: "Decided" };
const PAGE = 60;
const MOST = 9; // images a request

export const which = signal<Which>("waiting");
/** Three variants of a group at once: pick and crop in one go. */
export const trios = signal(false);
/** Crop without proposals although none was made yet. */
export const byHand = signal(false);
export const counts = signal<Omit<Crops, "items" | "offset" | "total"> | null>(null);

export const entryOf = (item: CropItem): Entry => ({ ...item, id: item.images.join("-") });

const asking = (name: Which) => async (offset: number, limit: number): Promise<{ total: number; items: Entry[] } | null> => {
  if (!status.peek()) return null;
  const page = await call("crop.queue", { which: name, trios: name === "waiting" && trios.peek(), offset, limit });
  const { items, offset: _, total, ...rest } = page;
  counts.value = rest;
  return { total, items: items.map(entryOf) };
};

const lists: Record<Which, Worklist<Entry, "cropped">> = { waiting: new Worklist(asking("waiting"), PAGE), done: new Worklist(asking("done"), PAGE) };

export const list = computed(() => lists[which.value]);
export const waiting = lists.waiting;
export const current = computed<Entry | null>(() => list.value.current.value);
export const currentId = computed(() => current.value?.id ?? null);
export const finished = computed(() => list.value.loaded.value && current.value === null);
export const isDone = (entry: Entry): boolean => which.value === "done" || list.value.done.value.has(entry.id);

export async function reload(stay?: string | null): Promise<void> {
  try {
    await (stay === undefined ? list.peek().reload() : list.peek().reload(stay));
    if (!status.peek()) counts.value = null;
  } catch (error) {
    complain(error);
  }
}

/** Another list: what was read of it before may no longer hold. */
export function startOver(): void {
  list.peek().startOver();
  list.peek().index.value = 0;
}

/** The figures alone. */
export const recount = (): Promise<void> => settled().then(() => asking(which.peek())(0, 0)).then(() => undefined, complain);

// ---- what is shown of each image

const views = new Map<number, Signal<CropImage | null>>();
const asked = new Set<number>();

export function viewOf(image: number): Signal<CropImage | null> {
  let known = views.get(image);
  if (!known) views.set(image, (known = signal<CropImage | null>(null)));
  return known;
}

export const viewsOf = (entry: Entry | null): (CropImage | null)[] => entry?.images.map((i) => viewOf(i).value) ?? [];

/** Nothing that waits was proposed yet: that comes first, unless the person would rather do without. */
export const bare = computed(() => {
  const c = counts.value;
  const views = viewsOf(current.value);
  return !byHand.value && which.value === "waiting" && c !== null && c.unproposed > 0 && c.unproposed >= c.waiting && views.length > 0 && views.every((v) => v !== null && v.candidates.length === 0);
});

const words = new Latest<number>();

/** What a key made of it. */
export function put(view: CropImage): void {
  words.say(view.id);
  viewOf(view.id).value = view;
}

/** Fetch these images (only unknown ones unless `again`); answers with those that are gone. */
export async function fetchViews(images: readonly number[], again = false): Promise<number[]> {
  const wanted = images.filter((i) => again || (viewOf(i).peek() === null && !asked.has(i)));
  const gone: number[] = [];
  if (again) await settled();
  for (let i = 0; i < wanted.length; i += MOST) {
    const part = wanted.slice(i, i + MOST);
    const last = words.ask(part);
    part.forEach((id) => asked.add(id));
    try {
      const answer = await call("crop.images", { images: part });
      batch(() => answer.images.forEach((v) => (last(v.id) || viewOf(v.id).peek() === null) && (viewOf(v.id).value = v)));
      gone.push(...part.filter((id) => !answer.images.some((v) => v.id === id)));
    } finally {
      part.forEach((id) => asked.delete(id));
    }
  }
  return gone;
}

export function forgetFar(near: ReadonlySet<number>): void {
  if (views.size <= 300) return;
  for (const id of views.keys()) if (!near.has(id)) views.delete(id);
}

/** The library changed underneath: all but these are asked for again when they are next needed. */
export function forgetViews(near: ReadonlySet<number>): void {
  for (const [id, view] of views) if (!near.has(id)) view.value = null;
}

/** It is gone since the list was read. */
export function drop(id: string): void {
  const own = list.peek();
  const at = own.items.peek().findIndex((e) => e.id === id);
  if (at < 0) return;
  batch(() => {
    own.items.value = own.items.peek().filter((e) => e.id !== id);
    if (own.index.peek() > at) own.index.value -= 1;
  });
}
