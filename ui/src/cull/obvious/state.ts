/** The page of clear groups: which are on it, which were taken out, and accepting the rest at once. */
import { batch, computed, effect, signal } from "@preact/signals";
import type { AskItem } from "../../bridge.gen";
import { mayWrite, mutate } from "../../mutate";
import { say, screen } from "../../state";
import { fetchGroups, groupSignal } from "../groups";
import { painted } from "../../painted";
import { decidedNow } from "../pace";
import { advice, items, least, loadMore, pageOpen, unread, which } from "../queue";

/** Columns and rows that the window has room for: a page is what is seen at once. */
export const shape = signal({ columns: 1, rows: 1 });
/** Taken out of the page shown; and, once that was accepted, left for the other lists. */
export const out = signal<ReadonlySet<string>>(new Set());
const aside = signal<ReadonlySet<string>>(new Set());
export const focusAt = signal(0);

/** The page as it was first shown: learning may go on meanwhile, and nobody accepts what they have not seen. */
const shown = signal<readonly AskItem[]>([]);
let room = 0; // that it was filled for

const waiting = computed(() => (which.value === "obvious" ? items.value.filter((i) => i.status === "review" && !aside.value.has(i.id) && (advice.get(i.id)?.confidence ?? 0) >= least.value) : []));
export const page = computed<AskItem[]>(() => {
  const decided = new Set(items.value.filter((i) => i.status !== "review").map((i) => i.id));
  return shown.value.filter((a) => !decided.has(a.group.id) && !aside.value.has(a.group.id));
});
export const taken = computed(() => page.value.filter((a) => !out.value.has(a.group.id)));
/** Groups clear enough that are left, and those that were taken out. */
export const leftOver = computed(() => ({ clear: waiting.value.length + unread.value, aside: aside.value.size }));
export const focusedOnPage = computed(() => page.value[Math.min(focusAt.value, page.value.length - 1)] ?? null);

const BESIDE = 32; // groups asked for at once
const LOOK = 300; // ms that a page is there before it can be accepted: two quick presses are one answer
let paintedAt = Number.POSITIVE_INFINITY; // when the page shown had been painted
let turn = 0;

effect(() => {
  const now = page.value.map((a) => a.group.id).join();
  const mine = ++turn;
  paintedAt = Number.POSITIVE_INFINITY;
  if (now) void painted().then(() => mine === turn && (paintedAt = performance.now()));
});

/** Fill the page anew: the person asked for another. */
export function anew(): void {
  batch(() => {
    shown.value = [];
    out.value = new Set();
    focusAt.value = 0;
  });
}

// what was decided leaves the page for good: a newer list does not name it any more
effect(() => {
  const there = page.value;
  if (which.value === "obvious" && there.length < shown.peek().length) shown.value = there;
});

effect(() => {
  if (!pageOpen.value) return;
  const most = shape.value.columns * shape.value.rows;
  const there = page.value;
  if (there.length > 0 && most === room) return;
  const known = new Set(there.map((a) => a.group.id));
  const more = waiting.value.filter((i) => !known.has(i.id)).flatMap((i) => advice.get(i.id) ?? []);
  room = most;
  const next = [...there, ...more].slice(0, most);
  if (next.length > 0) shown.value = next;
});

effect(() => {
  if (screen.value !== "cull" || !pageOpen.value) return;
  const ids = waiting.value.slice(0, Math.min(BESIDE, 2 * shape.value.columns * shape.value.rows)).map((i) => i.id);
  if (ids.some((id) => groupSignal(id).value === null)) void fetchGroups(ids).catch(() => undefined);
  if (waiting.value.length < 3 * ids.length) void loadMore();
});

export function toggleOut(): void {
  const id = focusedOnPage.peek()?.group.id;
  if (!id) return;
  const next = new Set(out.peek());
  if (!next.delete(id)) next.add(id);
  out.value = next;
}

/** Keep what is recommended on this page, but for what was taken out; shown at once, and taken back if refused. */
export function acceptPage(): void {
  if (performance.now() - paintedAt < LOOK || !mayWrite()) return;
  const accepted = taken.peek();
  const ids = accepted.map((a) => a.group.id);
  const before = { list: items.peek(), aside: aside.peek(), out: out.peek(), shown: shown.peek() };
  const gone = new Set(ids);
  batch(() => {
    aside.value = new Set([...before.aside, ...before.out]);
    out.value = new Set();
    focusAt.value = 0;
    items.value = before.list.map((i) => (gone.has(i.id) ? { ...i, status: "decided" } : i));
  });
  if (!ids.length) return;
  decidedNow();
  const rollback = (): void => batch(() => {
    items.value = items.peek().map((i) => (gone.has(i.id) ? { ...i, status: "review" } : i));
    aside.value = before.aside;
    out.value = before.out;
    shown.value = before.shown;
  });
  void mutate("learn.accept", { groupIds: ids, images: accepted.map((a) => a.image) }, { own: "cull", rollback }).then(async (changed) => {
    if (!changed) return;
    say(changed.label);
    for (let at = 0; at < ids.length; at += BESIDE) await fetchGroups(ids.slice(at, at + BESIDE), true);
  }).catch(() => undefined);
}

/** Bring back what was taken out of earlier pages. */
export function bringBack(): void {
  aside.value = new Set();
  anew();
}

export const LEAST = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99] as const;

export function stepLeast(by: 1 | -1): number | null {
  const at = LEAST.findIndex((l) => l >= least.peek() - 1e-6);
  const next = LEAST[(at < 0 ? LEAST.length - 1 : at) + by];
  return next ?? null;
}
