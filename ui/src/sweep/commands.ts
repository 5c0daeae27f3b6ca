/** What the keys do on the Sweep screen. */
import { define } from "../commands";
import { goToGroup } from "../cull/place";
import { savePlace } from "../cull/place";
import type { Changed } from "../bridge.gen";
import { mutate } from "../mutate";
import { placeOf, screen, status } from "../state";
import { largeOpen, largeZoom } from "./enlarged";
import { at, cellSize, find, keeper, mark, out, patch, reload, total } from "./state";

const STEP = 32;
const LEAST = 96;
const MOST = 384;

export const shape = { columns: 1, rows: 1 };

const here = (): boolean => screen.value === "sweep" && total.value > 0;
const onOne = (): boolean => here() && keeper.value !== null && !out.value.has(keeper.value.id);

export function goTo(index: number): void {
  at.value = Math.max(0, Math.min(total.peek() - 1, index));
  const now = keeper.peek();
  if (now) savePlace("sweep", now.groupId, now.id);
}

function move(key = ""): void {
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -shape.columns, ArrowDown: shape.columns }[key] ?? 0;
  const next = at.peek() + by;
  if (next >= 0 && next < total.peek()) goTo(next);
}

function jump(key = ""): void {
  const page = shape.columns * shape.rows;
  goTo(key === "Home" ? 0 : key === "End" ? total.peek() - 1 : at.peek() + (key === "PageUp" ? -page : page));
}

function throwOut(): void {
  const now = keeper.peek();
  if (!now) return;
  mark(now.id, "thrown");
  void mutate("cull.reject", { groupId: now.groupId, images: [now.id], tags: [] }, { own: "sweep", rollback: () => mark(now.id, null) });
  move("ArrowRight");
}

async function reopen(): Promise<void> {
  const now = keeper.peek();
  if (!now) return;
  mark(now.id, "reopened");
  largeOpen.value = false;
  const changed = await mutate("cull.reopen", { groupId: now.groupId }, { rollback: () => mark(now.id, null) });
  if (changed) await goToGroup(now.groupId, now.id);
}

function flag(): void {
  const now = keeper.peek();
  if (!now) return;
  const set = (flagged: boolean): void => patch(now.id, { flagged });
  set(!now.flagged);
  void mutate("cull.flag", { imageId: now.id, on: !now.flagged }, { own: "sweep", rollback: () => set(now.flagged) });
}

export const sweepFlag = { ready: onOne, run: flag, on: () => keeper.value?.flagged ?? false };

/** After Undo and Redo on this screen: read the grid anew and stand on that image; false when it is no keeper now. */
export async function showInSweep(changed: Changed): Promise<boolean> {
  await reload();
  const index = await find((k) => k.id === changed.imageId || k.groupId === changed.groupId);
  if (index >= 0) goTo(index);
  return index >= 0;
}

const resize = (by: number): void => void (cellSize.value = Math.max(LEAST, Math.min(MOST, cellSize.peek() + by)));

function openLarge(): void {
  largeZoom.fit();
  largeOpen.value = true;
}

define(
  { id: "sweep.move", title: () => "Move between the keepers", short: () => "move", ready: here, run: move },
  { id: "sweep.jump", title: () => "A page on or back, first, last", ready: here, run: jump },
  { id: "sweep.throwOut", title: () => "Throw this keeper out", short: () => "throw out", ready: onOne, run: throwOut },
  { id: "sweep.reopen", title: () => "Reopen its group on Cull", short: () => "reopen group", ready: onOne, run: () => void reopen() },
  { id: "sweep.large", title: () => "Look at it large", short: () => "large", ready: here, run: openLarge },
  { id: "sweep.bigger", title: () => "Bigger thumbnails", ready: here, run: () => resize(STEP) },
  { id: "sweep.smaller", title: () => "Smaller thumbnails", ready: here, run: () => resize(-STEP) },
  { id: "large.move", title: () => "Next and previous keeper", short: () => "move", ready: here, run: (key = "") => move(key === "ArrowUp" ? "ArrowLeft" : key === "ArrowDown" ? "ArrowRight" : key) },
  { id: "large.close", title: () => "Back to the grid", short: () => "grid", ready: () => largeOpen.value, run: () => void (largeOpen.value = false) },
);

placeOf.set("sweep", () => {
  if (status.peek()) savePlace("sweep", keeper.peek()?.groupId, keeper.peek()?.id);
});
