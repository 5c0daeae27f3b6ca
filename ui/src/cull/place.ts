/** Moving through the queue, what is made ready ahead, and remembering the place. */
import { batch, effect, signal } from "@preact/signals";
import { call } from "../bridge";
import type { Changed, GroupView, MemberView } from "../bridge.gen";
import { complain, goTo, placeOf, readOnly, say, screen, type Tab } from "../state";
import { fittedNow } from "../kit/fitted";
import { hold } from "../kit/images";
import { painted } from "../painted";
import { also, entryOf, focusId, PER_PAGE, zoom } from "./focus";
import { fetchGroups, forgetFar, groupNow, isAsked } from "./groups";
import { anew, page } from "./obvious/state";
import { closer, current, currentId, drop, following, index, insert, items, least, loaded, loadMore, ORDERS, pageOpen, reload, upcoming, which } from "./queue";

const AHEAD = 3;
const AFTER = 30; // ms: the frame is handed over, now the window draws it
const AHEAD_PIXELS = 40e6; // of pictures kept ready, scaled to the window: 160 MB at worst

/** Groups whose images are in the page: the one shown, those next, and the one before. */
export const ahead = signal<readonly string[]>([]);

let turn = 0;

/** Make the next groups ready, once what was asked for is on screen. */
function prepare(): void {
  const mine = ++turn;
  void painted().then(() => setTimeout(() => mine === turn && void makeReady(), AFTER));
}

/** Resolves once there is something to see of this image, or never will be. */
export async function pictureThere(m: MemberView): Promise<void> {
  if (!m.displayable || m.missing) return;
  const small = fittedNow(m.url);
  await small?.done;
  if (small?.state.peek() === "failed") await hold(m.url).done;
}

const windowPixels = (): number => window.innerWidth * window.innerHeight * window.devicePixelRatio ** 2;

async function makeReady(): Promise<void> {
  const here = currentId.peek();
  const list = items.peek();
  const at = index.peek();
  const next = upcoming(AHEAD);
  const beside = [list[at - 1]?.id, list[at + 1]?.id].filter((id): id is string => id !== undefined);
  const wanted = [...new Set([...(here ? [here] : []), ...next, ...beside])];
  try {
    await fetchGroups([...wanted, ...upcoming(12).slice(AHEAD)]);
  } catch (error) {
    complain(error);
    return;
  }
  if (here !== currentId.peek()) return;
  if (here && groupNow(here) === null && !isAsked(here)) return drop(here); // it is gone since the list was read
  let budget = AHEAD_PIXELS;
  const ready = [...next, ...beside].filter((id) => {
    const group = groupNow(id);
    if (group) budget -= Math.min(windowPixels(), group.members.slice(0, PER_PAGE).reduce((sum, m) => sum + m.width * m.height, 0));
    return group !== null && budget > 0;
  });
  ahead.value = [...new Set(ready)];
  forgetFar(new Set(wanted));
  if (at > list.length - 100) void loadMore();
}

/** Show this place of the list; the list's length means "nothing left". */
export function show(at: number, imageId?: number): void {
  batch(() => {
    index.value = Math.max(0, Math.min(at, items.peek().length));
    also.value = new Set();
    zoom.fit();
    const group = current.peek();
    if (group) enter(group, imageId);
    else focusId.value = imageId ?? null;
  });
  prepare();
}

function enter(group: GroupView, imageId?: number): void {
  focusId.value = group.members.some((m) => m.id === imageId) && imageId !== undefined ? imageId : entryOf(group);
}

// a group that arrives after it was asked to be shown, or that lost the focused image
effect(() => {
  const group = current.value;
  if (group && !group.members.some((m) => m.id === focusId.peek())) enter(group);
  if (currentId.value !== null) prepare();
});

/** After a decision or a skip: the next unresolved group, or the end. */
export function onward(): void {
  const from = index.peek();
  const next = following(from, 1);
  if (next !== null && next <= from && which.peek() === "needs") {
    if (next === from) say("This is the last group that needs you.");
    else say("Back at the groups you skipped.");
  }
  show(next ?? items.peek().length);
}

export function toUnresolved(step: 1 | -1): void {
  const next = following(index.peek(), step);
  if (next !== null) show(next);
}

export function step(by: 1 | -1): void {
  show(index.peek() + by);
}

let going = 0;

/** Bring a group up wherever the person is. Of several asked for at once the last one counts, whatever order they answer in. */
export async function goToGroup(id: string, imageId?: number): Promise<void> {
  const asked = ++going;
  goTo("cull");
  closer.value = true;
  if (!loaded.peek()) await reload(id);
  try {
    const [group] = await fetchGroups([id], true);
    if (asked !== going) return;
    if (group) show(insert(group), imageId);
    else say("That group is no longer there.");
  } catch (error) {
    complain(error);
  }
}

let arriving = 0;

/** After Undo and Redo: where it happened. Of several at once the last one counts. */
export async function showWhere(changed: Changed): Promise<void> {
  const mine = ++arriving;
  if (changed.groupId && screen.peek() === "cull" && pageOpen.peek()) {
    await reload(changed.groupId);
    anew();
    await fetchGroups([changed.groupId], true);
    if (mine !== arriving || screen.peek() !== "cull") return;
    const settled = groupNow(changed.groupId)?.status === "decided";
    if (settled || page.peek().some((item) => item.group.id === changed.groupId)) return;
  }
  if (changed.groupId) await goToGroup(changed.groupId, changed.imageId || undefined);
}

// ---- remembering

let saving = 0;
let lastSaved = "";

export function savePlace(name: Tab, groupId = "", imageId = 0): void {
  clearTimeout(saving);
  const send = (): void => {
    const list = which.peek();
    const order = ORDERS.find((o) => o === list) ?? "needs";
    const fields = { screen: name, groupId, imageId, order, least: least.peek() };
    const text = JSON.stringify(fields);
    if (text === lastSaved || readOnly.peek()) return;
    lastSaved = text;
    call("place.save", fields).catch(() => (lastSaved = ""));
  };
  saving = window.setTimeout(send, 250);
}

export function watchPlace(): void {
  effect(() => {
    const group = currentId.value;
    const image = focusId.value;
    const bound = least.value; // it and the order are saved with the place
    if (screen.value === "cull" && (group !== null || (which.value !== "needs" && bound > 0))) savePlace("cull", group ?? "", image ?? 0);
  });
  placeOf.set("library", () => savePlace("library"));
}
