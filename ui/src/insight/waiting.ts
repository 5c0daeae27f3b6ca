/** What was decided at once and waits for a look: a page as it was first shown, what was said of it meanwhile, and its focus. */
import { batch, computed, effect, signal } from "@preact/signals";
import { call } from "../bridge";
import type { Changed, ReviewItem } from "../bridge.gen";
import { complain, markStale, settled, status } from "../state";
import { closeUp, onReview, reload, reviewOpen, room } from "./data";

const MOST = 1000; // of them in one answer

export const keyOf = (item: ReviewItem): string => `${item.kind} ${item.image}`;
export const pageSize = (): number => Math.max(1, room.value.columns * room.value.rows);

const waits = signal<ReadonlyMap<string, ReviewItem>>(new Map()); // as the engine last told, the doubtful first
const counted = signal(0);
/** Said here, and after which reading it is known to the engine: never while that is under way. */
const said = signal<ReadonlyMap<string, number>>(new Map());
const shown = signal<readonly string[]>([]); // the page as first shown: nobody says yes to what they have not seen
const known = new Map<string, ReviewItem>(); // on any page so far
const focus = signal("");

export const loaded = signal(false);
export const pageNumber = signal(0);
export const seenNumber = signal(0); // of the page whose pictures were painted
export const seenClose = signal(""); // the image that was painted large
export const page = computed<ReviewItem[]>(() => shown.value.flatMap((key) => (said.value.has(key) ? [] : (waits.value.get(key) ?? []))).slice(0, pageSize()));
export const total = computed(() => counted.value - [...said.value.keys()].filter((key) => waits.value.has(key)).length);
export const index = computed(() => Math.max(0, page.value.findIndex((item) => keyOf(item) === focus.value)));
export const focused = computed<ReviewItem | null>(() => page.value[index.value] ?? null);
export const unseen = computed(() => (closeUp.value && focused.value ? seenClose.value !== keyOf(focused.value) : seenNumber.value !== pageNumber.value));

export function focusOn(at: number): void {
  const item = page.peek()[at];
  if (item) focus.value = keyOf(item);
}

/** Change what waits; the focus stays with its image, or goes to the one that takes its place, and an empty page is filled. */
function change(work: () => void): void {
  batch(() => {
    const at = index.peek();
    work();
    const there = new Set(shown.peek());
    const back = [...known.keys()].filter((key) => !there.has(key) && waits.peek().has(key) && !said.peek().has(key));
    if (back.length > 0) shown.value = [...back, ...shown.peek()];
    if (page.peek().length === 0) turnPage();
    if (!page.peek().some((item) => keyOf(item) === focus.peek())) focusOn(Math.min(at, page.peek().length - 1));
  });
}

const rest = (): string[] => [...waits.peek().keys()].filter((key) => !said.peek().has(key));

function turnPage(): void {
  const next = rest().slice(0, pageSize());
  if (next.length > 0 || shown.peek().length > 0) pageNumber.value += 1;
  shown.value = next;
  for (const item of page.peek()) known.set(keyOf(item), item);
}

/** There is room for more, or for fewer. */
export function fillRoom(): void {
  const free = pageSize() - page.peek().length;
  const there = new Set(shown.peek());
  const more = rest().filter((key) => !there.has(key)).slice(0, Math.max(0, free));
  if (more.length > 0) pageNumber.value += 1; // a page with more on it has to be seen anew
  shown.value = [...shown.peek(), ...more];
  for (const item of page.peek()) known.set(keyOf(item), item);
}

/** Take these off the page at once; call the answer with whether the engine took it. */
export function take(items: readonly ReviewItem[]): (done: boolean) => void {
  const keys = items.map(keyOf);
  const mark = (reading: number | null): void => change(() => {
    const next = new Map(said.peek());
    for (const key of keys) if (reading === null) next.delete(key); else next.set(key, reading);
    said.value = next;
  });
  mark(Infinity);
  return (done) => {
    mark(done ? asking : null);
    if (page.peek().length === 0 && total.peek() > 0) void readReview();
  };
}

let asking = 0;
let reading: Promise<void> = Promise.resolve(); // the last of them

export const readReview = (): Promise<void> => (reading = read(++asking));

async function read(mine: number): Promise<void> {
  try {
    await settled(); // what was said before it was opened waits no more
    const found = await call("learn.review", { offset: 0, limit: MOST });
    if (mine !== asking) return reading; // asked again meanwhile: that answer is the page
    change(() => {
      waits.value = new Map(found.items.map((item) => [keyOf(item), item]));
      counted.value = found.total;
      said.value = new Map([...said.peek()].filter(([, reading]) => reading >= mine));
      loaded.value = true;
    });
  } catch (error) {
    complain(error);
  }
}
onReview.read = readReview;

function forget(): void {
  batch(() => {
    known.clear();
    waits.value = new Map();
    said.value = new Map();
    shown.value = [];
    focus.value = "";
    loaded.value = closeUp.value = false;
  });
}

export function beginReview(): void {
  forget();
  reviewOpen.value = true;
  void readReview();
}

/** After Undo and Redo: who looks at what was decided stays there, where it is of that. */
export async function showInReview(changed: Changed, redo: boolean): Promise<boolean> {
  if (!reviewOpen.peek() || !(changed.stale[0] === "insight" || isKnown(changed))) return false;
  const before = new Set(page.peek().map(keyOf));
  markStale(changed.stale, "insight");
  await readReview();
  const at = page.peek().findIndex((item) => !before.has(keyOf(item)));
  if (at >= 0) focusOn(at);
  if (total.peek() > 0 || redo) return true;
  reviewOpen.value = false; // the batch itself was taken back
  await reload();
  return true;
}

const isKnown = ({ groupId, imageId }: Changed): boolean =>
  [...known.values()].some((item) => (groupId !== "" && item.groupId === groupId) || item.image === imageId);

let library = "";
effect(() => {
  const now = status.value?.library ?? "";
  if (now !== library && library !== "") {
    forget();
    reviewOpen.value = false;
  }
  library = now;
});
