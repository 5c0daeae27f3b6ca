/** Moving through the groups, what is made ready ahead, and remembering the place. */
import { batch, effect, signal } from "@preact/signals";
import type { Changed } from "../bridge.gen";
import { savePlace } from "../cull/place";
import { painted } from "../painted";
import { complain, goTo, placeOf, say, screen, status } from "../state";
import { readStaged } from "./batches";
import { current, fetchViews, forgetFar, groups, isAsked, itemOf, viewNow } from "./copies";
import { entryOf, focusId, page, pageWith, zoom } from "./focus";
import { matchesAgain } from "./matches";
import { part, PARTS } from "./part";

const AHEAD = 2;

/** Groups whose images are in the page: the one shown, those next, and the one before. */
export const ahead = signal<readonly string[]>([]);

let turn = 0;

function prepare(): void {
  const mine = ++turn;
  void painted().then(() => setTimeout(() => mine === turn && void makeReady(), 30));
}

function upcoming(): string[] {
  const ids: string[] = [];
  let at = groups.index.peek();
  for (let i = 0; i < AHEAD; i++) {
    const next = groups.following(at, 1);
    const id = next === null ? undefined : groups.items.peek()[next]?.id;
    if (next === null || id === undefined || id === groups.currentId.peek() || ids.includes(id)) break;
    ids.push(id);
    at = next;
  }
  return ids;
}

async function makeReady(): Promise<void> {
  const here = groups.currentId.peek();
  const at = groups.index.peek();
  const list = groups.items.peek();
  const beside = [list[at + 1]?.id, list[at - 1]?.id].filter((id): id is string => id !== undefined);
  const wanted = [...new Set([...(here ? [here] : []), ...upcoming(), ...beside])];
  try {
    await fetchViews(wanted);
  } catch (error) {
    complain(error);
    return;
  }
  if (here !== groups.currentId.peek()) return;
  if (here && viewNow(here) === null && !isAsked(here)) return void groups.reload(null); // it is gone since the list was read
  ahead.value = wanted.filter((id) => id !== here && viewNow(id) !== null);
  forgetFar(new Set(wanted));
  if (at > list.length - 100) void groups.more().catch(complain);
}

function enter(image?: number): void {
  const group = current.peek();
  if (!group) return void (focusId.value = image ?? null);
  const id = group.members.some((m) => m.id === image) && image !== undefined ? image : entryOf(group);
  page.value = pageWith(group, id);
  focusId.value = id;
}

/** Show this place of the list; the list's length means "nothing left". */
export function show(at: number, image?: number): void {
  batch(() => {
    groups.index.value = Math.max(0, Math.min(at, groups.items.peek().length));
    zoom.fit();
    enter(image);
  });
  prepare();
}

// a group that arrives after it was asked to be shown, or that lost the focused image
effect(() => {
  const group = current.value;
  if (group && !group.members.some((m) => m.id === focusId.peek())) enter(focusId.peek() ?? undefined);
  if (groups.currentId.value !== null && screen.value === "duplicates") prepare();
});

/** After a decision: the next group that wants one, or the end. */
export function onward(): void {
  const from = groups.index.peek();
  const next = groups.following(from, 1);
  if (next !== null && next < from) say("Back at the groups that were passed over.");
  show(next === null || next === from ? groups.items.peek().length : next);
}

export function toOpen(step: 1 | -1): void {
  const next = groups.following(groups.index.peek(), step);
  if (next === null) say("No other group is open.");
  else show(next);
}

export const step = (by: 1 | -1): void => show(groups.index.peek() + by);

let going = 0;

/** Bring a group up; false where there is no such group. Of several asked for at once the last one counts. */
export async function goToCopies(id: string, image?: number): Promise<boolean> {
  const asked = ++going;
  try {
    const [group] = await fetchViews([id], true);
    if (!group) return false;
    groups.unmark(id);
    if (asked !== going) return true;
    part.value = "groups";
    show(groups.insert(itemOf(group)), image);
    return true;
  } catch (error) {
    complain(error);
    return true;
  }
}

// ---- remembering

const VIEW = "view:"; // the parts that are no group

export async function openAt(groupId: string, image: number): Promise<void> {
  const named = PARTS.find((p) => groupId === VIEW + p);
  if (named) part.value = named;
  await groups.reload(null);
  if (groupId && !named) await goToCopies(groupId, image || undefined);
}

export function watchCopies(): void {
  effect(() => {
    const id = groups.currentId.value;
    const image = focusId.value ?? 0;
    if (screen.value !== "duplicates" || !status.value) return;
    if (part.value !== "groups") savePlace("duplicates", VIEW + part.value);
    else savePlace("duplicates", id ?? "", id ? image : 0);
  });
}
placeOf.set("duplicates", () => prepare());

/** After Undo and Redo of what was decided here: the group or match it was about; the shelf stays where it is. */
export async function showInDuplicates(changed: Changed): Promise<void> {
  const here = screen.peek() === "duplicates";
  goTo("duplicates");
  if (here && part.peek() === "sets") return matchesAgain();
  if (here && part.peek() === "staged") return readStaged();
  if (changed.groupId) await goToCopies(changed.groupId, changed.imageId || undefined);
}
