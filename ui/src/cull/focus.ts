/** The image under the keyboard, the marks not yet sent, and the shared zoom. */
import { computed, signal } from "@preact/signals";
import { Zoom } from "../kit/zoom";
import type { GroupView } from "../bridge.gen";
import { blind } from "./learned";
import { current } from "./queue";

export const PER_PAGE = 9; // as many as there are digit keys

export const focusId = signal<number | null>(null);
export const also = signal<ReadonlySet<number>>(new Set());
export const infoOpen = signal(false);
export const zoom = new Zoom();

/** Where a group is entered: on what was chosen, else on the proposal, else on the first; nowhere where it is asked blind. */
export const entryOf = (group: GroupView): number | null => group.chosen[0] ?? group.proposed ?? (blind(group) ? null : group.members[0]?.id ?? null);

/** Which page of nine shows this image. */
export function pageOf(group: GroupView, id: number | null): number {
  const at = group.members.findIndex((m) => m.id === id);
  return Math.floor(Math.max(0, at) / PER_PAGE);
}

export const focused = computed(() => current.value?.members.find((m) => m.id === focusId.value) ?? null);
