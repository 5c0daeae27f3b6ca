/** What the keys do on the Rankings screen. */
import { savePlace } from "../cull/place";
import type { Changed, Column } from "../bridge.gen";
import { define } from "../commands";
import { mutate } from "../mutate";
import { placeOf, say, screen, status } from "../state";
import { count } from "../kit/words";
import { largeOpen, largeZoom } from "./enlarged";
import { ahead, patch, total } from "./pages";
import { ALL, filtered, ONLY, ONLY_ORDER, query, SORT_ORDER, sortedBy, SORTS } from "./query";
import { at, change, goTo, jumpBelow, loaded, reload, row, scroller, standing, facets } from "./state";

const shown = (): boolean => screen.value === "rankings" && loaded.value && (standing.value?.matches ?? 0) > 0;
const here = (): boolean => shown() && total.value > 0;
const onOne = (): boolean => here() && row.value !== null;

/** Step through the rows; the place is remembered once one rests. */
export function stand(index: number): void {
  goTo(index);
  if (row.peek()) savePlace("rankings", "", row.peek()?.id);
}

function move(key = ""): void {
  stand(at.peek() + (key === "ArrowUp" || key === "ArrowLeft" ? -1 : 1));
}

function jump(key = ""): void {
  const page = Math.max(1, scroller.page() - 1);
  stand(key === "Home" ? 0 : key === "End" ? total.peek() - 1 : at.peek() + (key === "PageUp" ? -page : page));
}

function flag(): void {
  const now = row.peek();
  if (!now) return;
  const set = (flagged: boolean): void => patch(now.id, { flagged });
  const known = ahead.change(now.id, { flagged: !now.flagged });
  set(!now.flagged);
  void mutate("cull.flag", { imageId: now.id, on: !now.flagged }, { own: "rankings", rollback: () => set(now.flagged) }).then((changed) => known(changed !== null));
}

export const rankingsFlag = { ready: onOne, run: flag, on: () => row.value?.flagged ?? false };

/** After Undo and Redo on this screen: read it anew and stay; false when it is not about a ranking. */
export async function showInRankings(changed: Changed): Promise<boolean> {
  if (changed.groupId && !changed.imageId) return false;
  await reload(changed.imageId || "stay");
  return true;
}

export function sortBy(column: Column): void {
  change(sortedBy(query.peek(), column));
  say(`Sorted by ${SORTS[column].label}, ${query.peek().descending ? "highest" : "lowest"} first.`);
}

function sortNext(step: 1 | -1): void {
  const n = SORT_ORDER.length;
  const next = SORT_ORDER[(SORT_ORDER.indexOf(query.peek().sort) + step + n) % n];
  if (next) sortBy(next);
}

function showNext(): void {
  const only = ONLY_ORDER[(ONLY_ORDER.indexOf(query.peek().only) + 1) % ONLY_ORDER.length];
  if (only) change({ ...query.peek(), only });
}

export function clearFilters(): void {
  change({ ...query.peek(), ...ALL }, row.peek()?.id ?? "top");
}

const top = (): string => count(standing.value?.top ?? 0);
const cut = (): number | null => facets.value?.histogram.cut ?? null;

function toCut(): void {
  const now = standing.peek();
  if (now && !filtered.peek() && query.peek().sort === "rank" && !query.peek().descending) {
    stand(now.top - 1);
    scroller.centre(at.peek());
  } else if (cut() !== null) void jumpBelow((cut() ?? 0) + 1e-9);
}

function openLarge(): void {
  largeZoom.fit();
  largeOpen.value = true;
}

const focus = (selector: string): void => document.querySelector<HTMLElement>(selector)?.focus();

define(
  { id: "rankings.move", title: () => "Move between the rows", short: () => "move", ready: here, run: move },
  { id: "rankings.jump", title: () => "A page on or back, first, last", ready: here, run: jump },
  { id: "rankings.cut", help: "Go to where the top ends", title: () => `Go to where the top ${top()} ends`, ready: here, run: toCut },
  { id: "rankings.large", title: () => "Look at it large", short: () => "large", ready: onOne, run: openLarge },
  { id: "rankings.find", title: () => "Find by name, folder or prompt", short: () => "find", ready: shown, run: () => focus("[data-filter=text]") },
  { id: "rankings.only", help: "Show only the top, flagged, missing …", title: () => `Show others than: ${ONLY[query.value.only](top()).toLowerCase()}`, ready: shown, run: showNext },
  { id: "rankings.clear", title: () => "Show all images again", short: () => "show all", ready: () => shown() && filtered.value, run: clearFilters },
  { id: "rankings.sort", title: () => "Sort by the next column", short: () => "sort", ready: here, run: () => sortNext(1) },
  { id: "rankings.sortBack", title: () => "Sort by the column before", ready: here, run: () => sortNext(-1) },
  { id: "rankings.turn", title: () => "Turn the order around", ready: here, run: () => sortBy(query.peek().sort) },
  { id: "rankings.histogram", title: () => "Walk through the histogram", ready: here, run: () => focus("[data-testid=histogram]") },
  ...SORT_ORDER.map((column) => ({ id: `rankings.by.${column}`, title: () => `Sort by ${SORTS[column].label}`, ready: here, run: () => sortBy(column) })),
  { id: "ranked.move", title: () => "Next and previous image", short: () => "move", ready: here, run: move },
  { id: "ranked.jump", title: () => "First, last, a page on or back", ready: here, run: jump },
  { id: "ranked.close", title: () => "Back to the table", short: () => "table", ready: () => largeOpen.value, run: () => void (largeOpen.value = false) },
);

placeOf.set("rankings", () => {
  if (status.peek()) savePlace("rankings", "", row.peek()?.id);
});
