/** Moving through the questions, the images decoded ahead, and remembering the place. */
import { batch, computed, effect, untracked } from "@preact/signals";
import type { Changed } from "../bridge.gen";
import { savePlace } from "../cull/place";
import { hold, holdOnly } from "../kit/images";
import { notePainted, painted } from "../painted";
import { goTo, onStale, placeOf, say, screen, status } from "../state";
import { ALL, current, find, list, listOf, readOn, reload, tag, turned, type Doubt } from "./list";
import { aim } from "./view";

const AHEAD = 3;

const usable = (d: Doubt | undefined): d is Doubt => d !== undefined && d.displayable && !d.missing;

/** What is asked next, and what the arrows reach. */
function near(): Doubt[] {
  const own = list.peek();
  const here = own.index.peek();
  const places = [here];
  for (let at = own.following(here, 1); at !== null && !places.includes(at) && places.length <= AHEAD; at = own.following(at, 1)) places.push(at);
  return [...new Set([...places, here + 1, here - 1])].map((i) => own.items.peek()[i]).filter(usable);
}

let turn = 0;

function prepare(): void {
  const now = current.peek();
  const urls = near().map((d) => d.url);
  const mine = ++turn;
  holdOnly(new Set(urls));
  if (usable(now ?? undefined) && now) notePainted([hold(now.url).done], () => current.peek()?.id === now.id);
  void painted().then(() => mine === turn && urls.forEach(hold)); // once the one asked for is on screen
  void readOn();
}

/** Show this place of the list; the list's length means "nothing left". */
export function show(at: number): void {
  batch(() => {
    list.peek().index.value = Math.max(0, Math.min(at, list.peek().items.peek().length));
    aim();
  });
}

const currentId = computed(() => current.value?.id ?? null);

// also when the list was read anew and another image stands here
effect(() => {
  if (screen.value !== "check" || currentId.value === null) return;
  untracked(() => {
    aim();
    prepare();
  });
});

/** After an answer, or to leave one for later: the next that waits. */
export async function onward(): Promise<void> {
  const own = list.peek();
  const from = own.index.peek();
  const open = own.items.peek().filter(own.isOpen).length;
  const later = own.items.peek().slice(from + 1).some(own.isOpen);
  if (!later && own.left.peek() > open) await own.more().catch(() => undefined);
  const next = own.following(from, 1);
  if (own !== list.peek() || own.index.peek() !== from) return; // the person went on meanwhile
  if (next !== null && next <= from) say(next === from ? "This is the last one that waits." : "Back at those you skipped.");
  show(next ?? own.items.peek().length);
}

export function step(by: number): void {
  const at = list.peek().index.peek() + by;
  if (at >= 0 && at < list.peek().items.peek().length) show(at);
}

/** Read the list anew; where everything was answered and more waits now, go there. */
async function again(): Promise<void> {
  const own = list.peek();
  await reload();
  const next = own === list.peek() && current.peek() === null ? own.following(-1, 1) : null;
  if (next !== null) show(next);
}
onStale("check", () => void again());

/** Ask about one tag, or about all, from where that list was left. */
export function choose(name: string): Promise<void> {
  tag.value = name;
  return again();
}

let arriving = 0;

/** After Undo and Redo of an answer: the image it was about. Of several at once the last one counts. */
export async function showInCheck(changed: Changed, redo: boolean): Promise<void> {
  const mine = ++arriving;
  const answer = turned(changed.imageId, redo);
  if (answer && tag.peek() !== ALL && tag.peek() !== answer.tag) tag.value = ALL;
  goTo("check");
  await reload(answer?.id);
  if (mine !== arriving) return;
  const wanted = (d: Doubt): boolean => (answer ? d.id === answer.id : d.image === changed.imageId);
  let at = await find(wanted);
  if (at < 0 && !redo && tag.peek() !== ALL) {
    tag.value = ALL;
    await reload();
    at = await find(wanted);
  }
  if (at >= 0 && mine === arriving) show(at);
}

// ---- remembering

/** `where` is the tag of the list and the tag asked about, as `watchCheck` saves them. */
export async function openAt(where: string, image: number): Promise<void> {
  const [of = ALL, about = ""] = where.split("/");
  tag.value = of;
  await reload();
  if (!image) return;
  const exact = await find((d) => d.image === image && d.tag === about);
  if (exact >= 0) show(exact);
}

export function watchCheck(): void {
  effect(() => {
    if (screen.value !== "check" || !status.value) return;
    const now = current.value;
    savePlace("check", `${tag.value}/${now?.tag ?? ""}`, now?.image ?? 0);
  });
}
placeOf.set("check", () => void (listOf(tag.peek()).loaded.peek() && readOn()));
