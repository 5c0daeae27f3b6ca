/** The boxes as they are being drawn, the image the keyboard is on, and what lies over the pictures. */
import { computed, signal, type Signal } from "@preact/signals";
import type { Choose, CropCandidate, CropImage } from "../bridge.gen";
import { Zoom } from "../kit/zoom";
import { fitting, same, whole, type Box } from "./geometry";
import { current, viewOf } from "./list";

export type Choice = Choose["answer"]["choice"];

/** What a person did with an image so far. */
export interface Edit {
  box: Box | null; // null: as proposed, or as decided before
  tags: readonly string[] | null;
  picked: Choice | null; // of several proposals of the same box
}

const NONE: Edit = { box: null, tags: null, picked: null };
const edits = new Map<number, Signal<Edit>>();

export const zoom = new Zoom();
/** Which of a trio the keyboard is on: the one that would win. */
export const focusAt = signal(0);
export const size = signal({ width: 0, height: 0 }); // of what the pictures lie in

export const OVERLAYS = ["wrong", "both", "thirds", "none"] as const;
export const overlay = signal<(typeof OVERLAYS)[number]>("wrong");
export const infoOpen = signal(false);
export const tasteOpen = signal(false);
/** The proposal pointed at, outlined in the picture. */
export const pointed = signal<CropCandidate | null>(null);
/** The reasons, by letter; what they were when the strip was opened. */
export const reasoning = signal<{ image: number; before: readonly string[] } | null>(null);

export const focusedId = computed(() => current.value?.images[focusAt.value] ?? null);
export const focused = computed(() => (focusedId.value === null ? null : viewOf(focusedId.value).value));
export const unassisted = computed(() => current.value?.unassisted ?? false);

export function editOf(image: number): Signal<Edit> {
  let known = edits.get(image);
  if (!known) edits.set(image, (known = signal(NONE)));
  return known;
}

export function edit(image: number, change: Partial<Edit>): void {
  const now = editOf(image);
  now.value = { ...now.peek(), ...change };
}

export function forgetEdits(): void {
  for (const now of edits.values()) now.value = NONE;
}

/** The proposals a person may see. */
export const offered = (view: CropImage, bare: boolean): readonly CropCandidate[] => (bare ? [] : view.candidates);

/** A box of a file or of another program, made lawful. */
function lawful(view: CropImage, box: Box): Box {
  const inside = box[0] >= 0 && box[1] >= 0 && box[2] <= view.width && box[3] <= view.height && box[2] > box[0] && box[3] > box[1];
  return inside ? box : whole(view);
}

/** Where one begins: at what was decided before, else at the best proposal, else at the whole picture. */
export function startOf(view: CropImage, bare: boolean): Box {
  if (view.choice !== null) return lawful(view, view.box ?? whole(view));
  return lawful(view, offered(view, bare)[0]?.box ?? whole(view));
}

/** What `0` goes back to. */
export const proposedOf = (view: CropImage, bare: boolean): Box => lawful(view, offered(view, bare)[0]?.box ?? whole(view));

export const boxOf = (view: CropImage, bare: boolean): Box => editOf(view.id).value.box ?? startOf(view, bare);
export const tagsOf = (view: CropImage): readonly string[] => editOf(view.id).value.tags ?? view.tags;

/** What a box is: one of the proposals, the whole picture, or the person's own. */
export function choiceOf(view: CropImage, box: Box, bare: boolean): Choice {
  const equal = offered(view, bare).filter((c) => same(c.box, box));
  const picked = editOf(view.id).peek().picked ?? view.choice;
  const found = equal.find((c) => c.id === picked) ?? (picked === "full" ? undefined : equal[0]);
  return found?.id ?? (same(box, whole(view)) ? "full" : "nudged");
}

export const usable = (view: CropImage | null): view is CropImage => view !== null && !view.missing && view.width > 0;

/** The step of a key that sizes, as a part of the picture's width. */
export const sizeStep = (view: CropImage, large: boolean): number => {
  const part = large ? 0.05 : 0.01;
  return fitting(view, view.width * part)[0] / view.width;
};
