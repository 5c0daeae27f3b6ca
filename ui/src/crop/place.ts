/** Moving through the list, what is made ready ahead, and remembering the place. */
import { batch, effect, signal, untracked } from "@preact/signals";
import type { Changed, CropImage } from "../bridge.gen";
import { savePlace } from "../cull/place";
import { fittedNow } from "../kit/fitted";
import { hold } from "../kit/images";
import { painted } from "../painted";
import { complain, fresh, goTo, onStale, placeOf, say, screen, status } from "../state";
import { pause, watchInputs } from "./clock";
import { current, currentId, drop, entryOf, fetchViews, forgetFar, forgetViews, list, reload, startOver, trios, viewOf, viewsOf, which, type Entry, type Which } from "./list";
import { focusAt, forgetEdits, pointed, reasoning, zoom } from "./work";

const AHEAD = 3;
const NEAR = 20; // entries before the end of what was read: then it is read on
const PIXELS = 40e6; // of pictures kept ready, scaled to the window: 160 MB at worst

/** Entries whose pictures are in the page: the one shown, the next three, and the one before. */
export const ahead = signal<readonly Entry[]>([]);

function upcoming(): Entry[] {
  const own = list.peek();
  const here = own.index.peek();
  const places: number[] = [];
  for (let at = own.following(here, 1); at !== null && at !== here && !places.includes(at) && places.length < AHEAD; at = own.following(at, 1)) places.push(at);
  return [...places, here + 1, here - 1].map((i) => own.items.peek()[i]).filter((e): e is Entry => e !== undefined);
}

/** Resolves once there is something to see of this picture, or never will be. */
export async function pictureThere(view: CropImage): Promise<void> {
  if (!view.displayable || view.missing) return;
  const small = fittedNow(view.url);
  await small?.done;
  if (small?.state.peek() === "failed") await hold(view.url).done;
}

let turn = 0;

/** Make the next ones ready, once what was asked for is on screen. */
function prepare(): void {
  const mine = ++turn;
  void painted().then(() => setTimeout(() => mine === turn && void makeReady(), 30));
}

async function makeReady(): Promise<void> {
  const here = current.peek();
  const next = upcoming();
  const near = new Set([...(here ? [here] : []), ...next].flatMap((e) => e.images));
  const gone = await fetchViews([...near]).catch((error) => (complain(error), [] as number[]));
  if (here !== current.peek()) return;
  if (here && here.images.some((i) => gone.includes(i))) return drop(here.id);
  const window_ = window.innerWidth * window.innerHeight * window.devicePixelRatio ** 2;
  let budget = PIXELS;
  const ready = next.filter((e) => {
    const views = viewsOf(e);
    budget -= Math.min(window_, views.reduce((sum, v) => sum + (v ? v.width * v.height : 0), 0));
    return views.every((v) => v !== null) && budget > 0;
  });
  ahead.value = [...new Map(ready.map((e) => [e.id, e])).values()].filter((e) => e.id !== here?.id);
  forgetFar(near);
  if (list.peek().index.peek() > list.peek().items.peek().length - NEAR) void list.peek().more().catch(complain);
}

let shows = 0; // how often another place was shown

/** Show this place of the list; the list's length means "nothing left". */
export function show(at: number, image?: number): void {
  shows += 1;
  batch(() => {
    list.peek().index.value = Math.max(0, Math.min(at, list.peek().items.peek().length));
    const place = image === undefined ? 0 : (current.peek()?.images.indexOf(image) ?? 0);
    focusAt.value = Math.max(0, place);
    zoom.fit();
    pointed.value = reasoning.value = null;
  });
}

effect(() => {
  if (currentId.value === null) return;
  untracked(() => {
    const entry = current.peek();
    if (entry && focusAt.peek() >= entry.images.length) focusAt.value = 0;
    if (entry && viewsOf(entry).some((v) => v === null)) void fetchViews(entry.images).catch(complain);
    prepare();
  });
});

/** After a decision, or to leave one for later: the next that waits, or the end. */
export async function onward(): Promise<void> {
  const own = list.peek();
  const from = own.index.peek();
  if (which.peek() === "done") return show(from + 1);
  const open = own.items.peek().filter(own.isOpen).length;
  const later = own.items.peek().slice(from + 1).some(own.isOpen);
  if (!later && own.left.peek() > open) await own.more().catch(() => undefined);
  const next = own.following(from, 1);
  if (own !== list.peek() || own.index.peek() !== from) return; // the person went on meanwhile
  if (next !== null && next <= from) say(next === from ? "This is the last one that waits." : "Back at those you skipped.");
  show(next ?? own.items.peek().length);
  if (next === null) void again(); // what came to wait meanwhile
}

export function step(by: number): void {
  const at = list.peek().index.peek() + by;
  if (at >= 0 && at <= list.peek().items.peek().length) show(at);
}

// ---- reading anew

/** Read the list anew; where everything was decided and more waits now, go there. */
async function again(): Promise<void> {
  const own = list.peek();
  await reload();
  if (own !== list.peek()) return;
  const near = new Set([...(current.peek()?.images ?? []), ...ahead.peek().flatMap((e) => e.images)]);
  forgetViews(near);
  await fetchViews([...near], true).catch(complain);
  const next = current.peek() === null ? own.following(-1, 1) : null;
  if (next !== null) show(next);
  prepare();
}

let soon = 0;
let of = ""; // the library that all this is of

function stale(): void {
  const library = status.peek()?.library ?? "";
  if (library !== of) {
    of = library;
    forgetEdits();
    forgetViews(new Set());
    startOver();
  }
  clearTimeout(soon);
  soon = window.setTimeout(() => void again(), 0); // an undo that made it stale reads what it needs itself
}
onStale("crop", stale);

/** Those that wait, or those that were decided. */
export function choose(name: Which): void {
  batch(() => {
    which.value = name;
    startOver();
  });
  void again();
}

/** One at a time, or three at once; at the image the keyboard was on, where the other list has it. */
export function setTrios(on: boolean): void {
  const image = current.peek()?.images[focusAt.peek()];
  batch(() => {
    trios.value = on;
    which.value = "waiting";
    startOver();
  });
  void again().then(() => {
    const at = image === undefined ? -1 : find(image);
    if (at >= 0) show(at, image);
  });
}

const find = (image: number): number => list.peek().items.peek().findIndex((e) => e.images.includes(image));

/** The entry of an image, put into the list where it is not there; false where there is no such image. */
async function goToImage(image: number, known?: Entry): Promise<boolean> {
  let at = find(image);
  if (at < 0 && known) at = list.peek().insert(known);
  if (at < 0 && !trios.peek()) {
    const gone = await fetchViews([image], true).catch((error) => (complain(error), [image]));
    const view = viewOf(image).peek();
    if (gone.length > 0 || !view) return false;
    const about = { groupId: "", thumbUrls: [view.thumbUrl], filename: view.filename, confidence: view.confidence, clean: view.clean };
    at = list.peek().insert(entryOf({ ...about, images: [image], askedFor: false, unassisted: false }));
    if (view.choice !== null && which.peek() === "waiting") list.peek().mark(entryOf({ ...about, images: [image], askedFor: false, unassisted: false }).id, "cropped");
  }
  if (at >= 0) show(at, image);
  return at >= 0;
}

/** Where a decision was refused: it is before the person again. */
export async function showEntry(entry: Entry): Promise<void> {
  goTo("crop");
  await goToImage(entry.images[0] ?? 0, entry);
}

// ---- undo and redo

const decided: Entry[] = [];

export function remember(entry: Entry): void {
  decided.push(entry);
  if (decided.length > 2000) decided.splice(0, 200);
}

let arriving = 0;

/** After Undo and Redo of a crop: the image it was about, with its box. Of several at once the last one counts. */
export async function showInCrop(changed: Changed): Promise<void> {
  const mine = ++arriving;
  goTo("crop");
  clearTimeout(soon);
  if (!changed.imageId) return again();
  const known = decided.findLast((e) => e.images.includes(changed.imageId));
  const three = known ? known.images.length > 1 : trios.peek();
  if (which.peek() !== "waiting" || three !== trios.peek()) {
    batch(() => {
      which.value = "waiting";
      trios.value = three;
      startOver();
    });
  }
  const id = known?.id ?? String(changed.imageId);
  await fetchViews(known?.images ?? [changed.imageId], true).catch(complain);
  const answered = viewOf(changed.imageId).peek()?.choice != null; // also by an earlier decision
  if (answered) list.peek().mark(id, "cropped");
  else list.peek().unmark(id);
  if (mine !== arriving) return;
  if (known) await goToImage(changed.imageId, known); // from what was read before, at once
  const then = shows;
  await reload(id);
  if (mine !== arriving) return;
  if (viewOf(changed.imageId).peek()?.choice != null) list.peek().mark(id, "cropped");
  if (!known || shows === then) await goToImage(changed.imageId, known); // else the person went on meanwhile
  prepare();
}

// ---- remembering

/** `group` is the group of a trio, "" for one image. */
export async function openAt(group: string, image: number): Promise<void> {
  of = status.peek()?.library ?? "";
  trios.value = group !== "";
  await reload();
  if (image && !(await goToImage(image)) && trios.peek()) {
    trios.value = false;
    startOver();
    await reload();
    await goToImage(image);
  }
  fresh("crop");
}

export function watchCrop(): void {
  watchInputs();
  effect(() => {
    const entry = current.value;
    const image = entry?.images[focusAt.value] ?? 0;
    if (screen.value !== "crop") return pause();
    if (status.value) savePlace("crop", entry && entry.images.length > 1 ? entry.groupId : "", image);
  });
  placeOf.set("crop", () => status.peek() && current.peek() === null && savePlace("crop"));
}
