/** The images: those of the match, and, below the edge of the window, those of the matches next and before it, scaled and laid out. */
import { computed, signal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Contender } from "../bridge.gen";
import { fitOnly, fittedNow } from "../kit/fitted";
import { holdOnly } from "../kit/images";
import type { Cell as Box } from "../kit/layout";
import { useSize } from "../kit/size";
import { Zoom } from "../kit/zoom";
import { notePainted, painted } from "../painted";
import { Cell } from "./Cell";
import { sawPainted } from "./decide";
import { arrangeRows } from "./layout";
import { thereOf } from "./line";
import { before, focusId, next, now, zoom, type Shown } from "./matches";

const DWELL = 600; // ms: who looks longer may want to zoom, so the images themselves are decoded too
const atRest = new Zoom(); // matches not yet shown lie at fit
const dwelt = signal<number | null>(null); // the match looked at for that long
const size = signal({ width: 0, height: 0 });
const rem = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
const caption = (): number => Math.round(rem() * 3);

function cellsOf(match: Shown): Box[] {
  const aspects = match.images.map((i) => (i.width > 0 && i.height > 0 ? i.width / i.height : 1));
  return arrangeRows(aspects, size.value.width, size.value.height, caption()).cells;
}

const shownCells = computed(() => (now.value ? cellsOf(now.value) : []));

/** Where the images on screen are, for moving between them. */
export const cellsNow = (): Box[] => shownCells.peek();

interface Placed {
  image: Contender;
  cell: Box;
  match: Shown;
  number: number;
  shown: boolean;
}

/** Each image once, wherever it is needed first: a champion stays the same element from match to match. */
const placed = computed<Placed[]>(() => {
  const here = now.value;
  const matches = [here, ...next.value.slice(0, 2), before.value].filter((m): m is Shown => m !== null);
  const all = new Map<number, Placed>();
  for (const match of matches) {
    const cells = match === here ? shownCells.value : cellsOf(match);
    match.images.forEach((image, i) => {
      const cell = cells[i];
      if (cell && !all.has(image.id)) all.set(image.id, { image, cell, match, number: i + 1, shown: match === here });
    });
  }
  return [...all.values()];
});

export function Deck(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useSize(box, size);
  const key = now.value?.key ?? null;
  const ready = size.value.width > 0;
  useSignalEffect(() => {
    const all = placed.value;
    fitOnly(new Set(all.map((p) => p.image.url)));
    holdOnly(new Set(all.filter((p) => p.shown || fittedNow(p.image.url)?.state.value !== "ready").map((p) => p.image.url)));
  });
  useLayoutEffect(() => {
    const match = now.peek();
    if (!match || !ready) return undefined;
    const still = (): boolean => now.peek()?.key === match.key && box.current !== null;
    const there = thereOf(match);
    void notePainted([there], still);
    void there.then(painted).then(() => still() && sawPainted(match.key));
    return () => sawPainted(null);
  }, [key, ready]);
  useEffect(() => {
    const timer = setTimeout(() => (dwelt.value = key), DWELL);
    return () => clearTimeout(timer);
  }, [key]);
  return (
    <div class="deck rank-deck" ref={box} role="group" aria-label="Images to choose from">
      {ready && placed.value.map((p) => (
        <Cell
          key={p.image.id}
          {...p}
          caption={caption()}
          zoom={p.shown ? zoom : atRest}
          whole={p.shown && dwelt.value === p.match.key}
          focused={p.shown && p.image.id === focusId.value}
        />
      ))}
    </div>
  );
}
