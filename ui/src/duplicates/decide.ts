/** Decisions on a group: shown at once, sent in order, taken back on screen if the engine refuses. */
import { batch } from "@preact/signals";
import { call } from "../bridge";
import type { CopiesView } from "../bridge.gen";
import { some } from "../kit/words";
import { mayWrite, mutate } from "../mutate";
import { complain, say } from "../state";
import { ask as askFirst } from "./question";
import { current, fetchViews, figures, figuresSoon, groups, putView } from "./copies";
import { focusId, focusOn } from "./focus";
import { goToCopies, onward, show } from "./place";
import { bytes } from "../kit/words";

const open = (group: CopiesView | null): group is CopiesView => group !== null && !groups.done.peek().has(group.id);

/** The engine's word on a group, after a decision; a group that is gone is passed over. */
async function learn(id: string): Promise<void> {
  try {
    const [group] = await fetchViews([id], true);
    figuresSoon();
    if (group || groups.done.peek().has(id)) return;
    const here = groups.currentId.peek() === id;
    groups.mark(id, "apart");
    if (here) onward();
  } catch (error) {
    complain(error);
  }
}

/** Stay instead of go, or go instead of stay. */
export function flip(id: number | null = focusId.peek()): void {
  const group = current.peek();
  if (!open(group) || id === null || !mayWrite()) return;
  const members = group.members.map((m) => (m.id === id ? { ...m, stays: !m.stays, flipped: !m.flipped } : m));
  putView({ ...group, members });
  void mutate("dupes.flip", { groupId: group.id, imageId: id }, { own: "duplicates", rollback: () => putView(group) }).then((told) => told && learn(group.id));
}

/** The digit of an image puts the focus on it; once more flips it. */
export function digit(id: number): void {
  if (focusId.peek() === id) flip(id);
  else focusOn(id);
}

/** This image is no copy of the others. */
export function split(): void {
  const group = current.peek();
  const id = focusId.peek();
  if (!open(group) || id === null || !mayWrite()) return;
  const at = group.members.findIndex((m) => m.id === id);
  const rest = group.members.filter((m) => m.id !== id);
  const gone = rest.length < 2;
  batch(() => {
    if (gone) {
      groups.mark(group.id, "apart");
      onward();
    } else {
      putView({ ...group, members: rest });
      focusOn((rest[at] ?? rest[at - 1])?.id ?? null);
    }
  });
  say("Split off: it is no copy of the others, now and in every later search.");
  const rollback = (): void => batch(() => {
    groups.unmark(group.id);
    putView(group);
  });
  void mutate("dupes.split", { groupId: group.id, imageId: id }, { own: "duplicates", rollback }).then((told) => (told && !gone ? learn(group.id) : undefined));
}

/** None of these are duplicates of each other. */
export function setApart(): void {
  const group = current.peek();
  if (!open(group) || !mayWrite()) return;
  batch(() => {
    groups.mark(group.id, "apart");
    onward();
  });
  say("Not duplicates: remembered, also for later searches.");
  send("dupes.apart", group);
}

/** Set aside what goes, and go on. */
export function accept(): void {
  const group = current.peek();
  if (!group) return;
  const going = group.members.filter((m) => !m.stays).length;
  if (!open(group) || going === 0) return onward();
  if (going === group.members.length) return say("Nothing of this group would stay. Let one image stay first: Space.");
  if (!mayWrite()) return;
  batch(() => {
    groups.mark(group.id, "accepted");
    // what goes is moved: its thumbnail is what can still be shown of it
    putView({ ...group, members: group.members.map((m) => (m.stays ? m : { ...m, url: m.thumbUrl })) });
    onward();
  });
  say(`${some(going, "image")} set aside, ${bytes(group.bytes)}. Undo brings ${going === 1 ? "it" : "them"} back.`);
  send("dupes.accept", group);
}

function send(name: "dupes.apart" | "dupes.accept", group: CopiesView): void {
  const rollback = (): void => batch(() => {
    groups.unmark(group.id);
    putView(group);
  });
  void mutate(name, { groupId: group.id }, { own: "duplicates", rollback, goThere: () => void goToCopies(group.id) }).then(() => figuresSoon());
}

/** Set aside what goes of every group, once the person has seen the figures. */
export function acceptAll(): void {
  const f = figures.peek();
  if (!f || f.going === 0) return say("Nothing goes.");
  if (!mayWrite()) return;
  askFirst({
    title: `Set aside ${some(f.going, "image")} of ${some(f.total, "group")}`,
    text: `${bytes(f.bytes)} with their companions move to _review_dupes in their own folders. Nothing is deleted: undo or Staged puts everything back.`,
    yes: "Set aside",
    red: false,
    run: () => {
      show(groups.items.peek().length);
      void call("dupes.accept_all").catch(complain);
    },
  });
}
