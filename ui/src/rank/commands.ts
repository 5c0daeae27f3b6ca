/** What the keys do on the Rank screen. */
import { signal } from "@preact/signals";
import type { Changed } from "../bridge.gen";
import { define } from "../commands";
import { neighbour } from "../kit/layout";
import { count } from "../kit/words";
import { mutate } from "../mutate";
import { complain, screen, status } from "../state";
import { ahead, contenders } from "./contenders";
import { choose, draw, pin, skip, stepUp } from "./decide";
import { cellsNow } from "./Deck";
import { blind, figures, keep } from "./figures";
import { answered, champion, focused, focusId, now, patch, zoom } from "./matches";

export const infoOpen = signal(false);
export const panelOpen = signal(true);

const onScreen = (): boolean => screen.value === "rank" && status.value !== null;
const here = (): boolean => onScreen() && now.value !== null;
const open = (): boolean => here() && answered.value === null;
const size = (): number => now.value?.images.length ?? 0;
const known = (): boolean => onScreen() && figures.value !== null;

function move(key = ""): void {
  const images = now.peek()?.images ?? [];
  const at = images.findIndex((i) => i.id === focusId.peek());
  const dx = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  const dy = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
  const besides = images.length === 2 && dy ? 1 - at : neighbour(cellsNow(), at, dx, dy); // two stand side by side or one above the other
  focusId.value = images[besides]?.id ?? focusId.peek();
}

const nth = (i: number): number | null => now.peek()?.images[i]?.id ?? null;

function chooseAt(id: number | null, at = performance.now()): void {
  if (id !== null) choose(id, at);
}

function flag(): void {
  const c = focused.peek();
  if (!c) return;
  const set = (flagged: boolean): void => patch([{ ...(focusedNow(c.id) ?? c), flagged }]);
  const known = ahead.change(c.id, { flagged: !c.flagged });
  set(!c.flagged);
  void mutate("cull.flag", { imageId: c.id, on: !c.flagged }, { own: "rank", rollback: () => set(c.flagged) }).then((changed) => known(changed !== null));
}

/** After Undo and Redo on this screen: a flag is all of it that can be seen here; false where it is something else. */
export async function showInRank(changed: Changed): Promise<boolean> {
  if (!changed.imageId) return false;
  try {
    patch(await contenders([changed.imageId]));
    if (focusedNow(changed.imageId)) focusId.value = changed.imageId;
  } catch (error) {
    complain(error);
  }
  return true;
}

const focusedNow = (id: number) => now.peek()?.images.find((i) => i.id === id);

function toTarget(): void {
  panelOpen.value = true;
  infoOpen.value = false;
  requestAnimationFrame(() => document.querySelector<HTMLInputElement>("#rank-top")?.select());
}

const focusedNumber = (): string => String((now.value?.images.findIndex((i) => i.id === focusId.value) ?? 0) + 1);

define(
  { id: "rank.choose", title: () => "Choose that image as the best", short: () => "choose", ready: open, run: (key = "", at) => chooseAt(key ? nth(Number(key.slice(-1)) - 1) : focusId.peek(), at) },
  { id: "rank.side", help: "Two at once: choose the left or the right", title: () => "Choose the left or the right image", short: () => "choose", ready: () => open() && size() === 2,
    run: (key, at) => chooseAt(key ? nth(key === "ArrowRight" ? 1 : 0) : focusId.peek(), at) },
  { id: "rank.move", help: "Move between the images; up and down where there are two", title: () => "Move between the images", short: () => "move", ready: here, run: move },
  { id: "rank.pick", help: "Choose the focused image", title: () => `Choose image ${focusedNumber()}`, short: () => "choose", ready: open, run: (_, at) => chooseAt(focusId.peek(), at) },
  { id: "rank.skip", title: () => "Skip: no answer, no rating changes", short: () => "skip", ready: open, run: (_, at) => skip(at ?? performance.now()) },
  { id: "rank.draw", title: () => "Draw: all equally good", short: () => "draw", ready: open, run: (_, at) => draw(at ?? performance.now()) },
  { id: "rank.champion", help: "Pin the focused image against challengers, or unpin", title: () => (champion.value ? "Unpin the champion" : "Pin the focused image against challengers"), short: () => (champion.value ? "unpin" : "pin"), ready: open, run: pin },
  { id: "rank.more", help: "2, 4, 6 or 9 images at once", title: () => `More images at once (now: ${count(figures.value?.up ?? 4)})`, short: () => "at once", ready: known, run: () => stepUp(1) },
  { id: "rank.fewer", title: () => "Fewer images at once", ready: known, run: () => stepUp(-1) },
  { id: "rank.blind", help: "Blind: no figures until after the pick", title: () => (blind() ? "Show figures before the pick" : "Blind: hide figures until after the pick"), short: () => "blind", ready: known, run: () => void keep("blind", !blind()) },
  { id: "rank.info", help: "Prompt and seed", title: () => `${infoOpen.value ? "Hide" : "Show"} prompt and seed`, short: () => "prompt", ready: here, run: () => void (infoOpen.value = !infoOpen.value) },
  { id: "rank.target", title: () => "Set how many you want, and how sure", short: () => "target", ready: known, run: toTarget },
  { id: "rank.panel", help: "Hide or show the figures at the side", title: () => `${panelOpen.value ? "Hide" : "Show"} the figures at the side`, ready: onScreen, run: () => void (panelOpen.value = !panelOpen.value) },
);

/** Escape on this screen first puts away what is open. */
export function closeOne(): boolean {
  if (zoom.view.peek().mode !== "fit") return zoom.fit(), true;
  if (infoOpen.peek()) return (infoOpen.value = false), true;
  return false;
}

export const rankFlag = { ready: () => here() && focused.value !== null, run: flag, on: () => focused.value?.flagged ?? false };
