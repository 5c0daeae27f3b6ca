/** Moving through the pairs, their pictures decoded ahead, and remembering the place. */
import { batch, computed, effect, untracked } from "@preact/signals";
import type { Changed } from "../bridge.gen";
import { savePlace } from "../cull/place";
import { hold, holdOnly } from "../kit/images";
import { Zoom } from "../kit/zoom";
import { notePainted, painted } from "../painted";
import { goTo, onStale, screen, status } from "../state";
import { current, following, idOf, index, isOpen, items, reload, turned, type Pair } from "./list";

const AHEAD = 3; // pairs

export const zoom = new Zoom();
let turn = 0;

const urlsOf = (pair: Pair | undefined): string[] => (pair ? [pair.one, pair.other].filter((i) => i.displayable).map((i) => i.url) : []);

/** The pair on screen first; then those asked next, and what the arrows reach. */
function near(): string[] {
  const here = index.peek();
  const places = [here];
  for (let at = following(here); at !== null && !places.includes(at) && places.length <= AHEAD; at = following(at)) places.push(at);
  return [...new Set([...places, here + 1, here - 1].flatMap((i) => urlsOf(items.peek()[i])))];
}

function prepare(): void {
  const now = current.peek();
  const urls = near();
  const mine = ++turn;
  holdOnly(new Set(urls));
  if (now) notePainted(urlsOf(now).map((url) => hold(url).done), () => current.peek()?.id === now.id);
  void painted().then(() => mine === turn && urls.forEach(hold)); // once the pair asked for is on screen
}

const currentId = computed(() => current.value?.id ?? null);
const around = computed(() => items.value.map((p) => p.id).join());

effect(() => {
  if (screen.value !== "same" || currentId.value === null || !around.value) return;
  untracked(prepare);
});

/** Show this place; the number of pairs means "nothing left". */
export function show(at: number): void {
  batch(() => {
    index.value = Math.max(0, Math.min(at, items.peek().length));
    zoom.fit();
  });
}

export function step(by: number): void {
  const at = index.peek() + by;
  if (at < 0 || at >= items.peek().length) return;
  show(at);
  const pair = current.peek();
  if (pair && !isOpen(pair)) void reload();
}

/** After an answer: the next that is open; where none is left, more are read. */
export function onward(): void {
  const next = following(index.peek());
  show(next ?? items.peek().length);
  if (next === null) void reload();
}

onStale("same", () => void reload());

/** After Undo and Redo of an answer: the pair it was about. */
export async function showInSame(changed: Changed, redo: boolean): Promise<void> {
  const [one = 0, other = 0] = changed.match;
  const id = idOf(one, other);
  turned(id, redo);
  goTo("same");
  if (!items.peek().some((p) => p.id === id)) await reload([one, other]);
  const at = items.peek().findIndex((p) => p.id === id);
  if (at >= 0) show(at);
}

/** `where` is the pair, as `watchSame` saves it; one that was answered since is not asked again. */
export async function openAt(where: string): Promise<void> {
  await reload();
  const at = items.peek().findIndex((p) => p.id === where);
  if (at >= 0) show(at);
}

export function watchSame(): void {
  effect(() => {
    if (screen.value !== "same" || !status.value) return;
    savePlace("same", currentId.value ?? "", current.value?.one.id ?? 0);
  });
}
