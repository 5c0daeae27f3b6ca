/** The image under the keyboard, the page of a large group, and the zoom that all images share. */
import { computed, signal } from "@preact/signals";
import type { CopiesView, CopyView } from "../bridge.gen";
import { Zoom } from "../kit/zoom";
import { current } from "./copies";

const REST = 8; // beside the keeper, which is on every page: as many as there are digits

export const focusId = signal<number | null>(null);
export const infoOpen = signal(false);
export const zoom = new Zoom();

export const pagesOf = (group: CopiesView): number => Math.max(1, Math.ceil((group.members.length - 1) / REST));

/** Which page shows this image; the keeper is on all of them, so it stays where it was. */
export const page = signal(0);

export function pageWith(group: CopiesView, id: number | null): number {
  const at = group.members.findIndex((m) => m.id === id);
  return at <= 0 ? 0 : Math.floor((at - 1) / REST);
}

/** The keeper, and those of one page. */
export function onPage(group: CopiesView, which: number): CopyView[] {
  const [keeper, ...rest] = group.members;
  return keeper ? [keeper, ...rest.slice(which * REST, (which + 1) * REST)] : [];
}

/** Numbers of the images of a page, from 1 up, the keeper aside. */
export function rangeOf(group: CopiesView, which: number): [number, number] {
  return [which * REST + 2, Math.min(group.members.length, (which + 1) * REST + 1)];
}

/** Where a group is entered: on the first that goes, beside the keeper. */
export const entryOf = (group: CopiesView): number | null => (group.members.find((m) => !m.stays) ?? group.members[0])?.id ?? null;

export const focused = computed(() => current.value?.members.find((m) => m.id === focusId.value) ?? null);
export const keeperOf = (group: CopiesView): CopyView | null => group.members[0] ?? null;

export function focusOn(id: number | null): void {
  const group = current.peek();
  focusId.value = id;
  if (group && id !== group.members[0]?.id) page.value = pageWith(group, id);
}
