/** Moving through the pairs, their pictures decoded ahead, and remembering the place. */
import { batch, computed, effect, signal, untracked } from "@preact/signals";
import type { Changed } from "../bridge.gen";
import { savePlace } from "../cull/place";
import { hold, holdOnly } from "../kit/images";
import { Zoom } from "../kit/zoom";
import { notePainted, painted } from "../painted";
import { goTo, onStale, screen, status } from "../state";
import { current, following, idOf, index, items, notice, reload, type Pair } from "./list";

const AHEAD = 3; // pairs
const PATIENCE = 700; // ms: where the files take longer to decode, their thumbnails are there

export const zoom = new Zoom();
export const seen = signal(""); // the pair that is painted: no other is answered
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
  if (now) watch(now);
  void painted().then(() => mine === turn && urls.forEach(hold)); // once the pair asked for is on screen
}

function watch(pair: Pair): void {
  const images = urlsOf(pair).map((url) => hold(url).done);
  const there = (): boolean => current.peek()?.id === pair.id;
  notePainted(images, there);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  void Promise.race([Promise.all(images), late]).then(painted).then(() => there() && (seen.value = pair.id));
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
    if (items.peek()[at]?.id !== seen.peek()) seen.value = "";
    index.value = Math.max(0, Math.min(at, items.peek().length));
    notice.value = "";
    zoom.fit();
  });
}

export function step(by: number): void {
  const at = index.peek() + by;
  if (at >= 0 && at < items.peek().length) show(at);
}

/** After an answer: the next that is open; where none is left, more are read. */
export function onward(): void {
  const next = following(index.peek());
  show(next ?? items.peek().length);
  if (next === null) void reload();
}

onStale("same", () => void reload());

let going = 0;

/** After Undo and Redo of an answer: the pair it was about, with what is said of it now. Of several the last one counts. */
export async function showInSame(changed: Changed): Promise<void> {
  const [one = 0, other = 0] = changed.match;
  const mine = ++going;
  goTo("same");
  await reload([one, other]);
  if (mine !== going) return;
  const at = items.peek().findIndex((p) => p.id === idOf(one, other));
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
