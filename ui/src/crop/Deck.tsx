/** The pictures, each with its box. The next ones lie ready below the window, scaled and laid out, so that a key only moves them in. */
import { computed, signal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { CropImage } from "../bridge.gen";
import { fitOnly, fittedNow } from "../kit/fitted";
import { holdOnly } from "../kit/images";
import { arrange, type Cell as Box, type Layout } from "../kit/layout";
import { Picture } from "../kit/Picture";
import { useSize } from "../kit/size";
import { Icon } from "../kit/Icon";
import { capital, Name, visible } from "../kit/words";
import { place, Zoom } from "../kit/zoom";
import { notePainted, painted } from "../painted";
import { chooseImage, sawPainted } from "./decide";
import { current, currentId, isDone, viewOf, viewsOf, type Entry } from "./list";
import { Overlay, sizeWords } from "./Overlay";
import { ahead, pictureThere } from "./place";
import { boxOf, choiceOf, focusAt, size, usable, zoom } from "./work";
import { NAMES } from "./words";

const atRest = new Zoom(); // pictures not yet shown lie at fit
const EDGE = 12; // px round a picture, for the handles at its edge
const DWELL = 600; // ms: who looks longer may want to zoom, so the image itself is decoded too
const dwelt = signal<string | null>(null); // the entry looked at for that long
const rem = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

const deck = computed<readonly Entry[]>(() => {
  const here = current.value;
  return here ? [here, ...ahead.value.filter((e) => e.id !== here.id)].sort((a, b) => (a.id < b.id ? -1 : 1)) : [];
});

function layoutOf(views: readonly (CropImage | null)[]): Layout {
  const { width, height } = size.value;
  if (views.length === 1) return { columns: 1, caption: 0, cells: [{ x: 0, y: 0, width, height }] };
  const aspects = views.map((v) => (v && v.width > 0 && v.height > 0 ? v.width / v.height : 1));
  return arrange(aspects, width, height, () => Math.round(rem() * 3));
}

export function Deck(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useSize(box, size);
  useSignalEffect(() => {
    const views = deck.value.flatMap(viewsOf).filter((v): v is CropImage => v !== null);
    const here = new Set(viewsOf(current.value).map((v) => v?.url));
    fitOnly(new Set(views.map((v) => v.url)));
    holdOnly(new Set(views.map((v) => v.url).filter((url) => here.has(url) || fittedNow(url)?.state.value !== "ready")));
  });
  useEffect(() => {
    const id = currentId.value;
    const timer = setTimeout(() => (dwelt.value = id), DWELL);
    return () => clearTimeout(timer);
  }, [currentId.value]);
  useEffect(() => () => sawPainted(null), []);
  return (
    <div class="deck crop-deck" ref={box}>
      {size.value.width > 0 && deck.value.map((entry) => <Layer key={entry.id} entry={entry} />)}
    </div>
  );
}

function Layer({ entry }: { entry: Entry }): JSX.Element | null {
  const views = entry.images.map((i) => viewOf(i).value);
  const shown = currentId.value === entry.id;
  const ready = views.every((v) => v !== null);
  useLayoutEffect(() => {
    if (!shown || !ready) return undefined;
    const still = (): boolean => currentId.peek() === entry.id;
    const there = painted().then(() => Promise.all(entry.images.map((i) => viewOf(i).peek()).map((v) => v && pictureThere(v))));
    notePainted([there], still);
    void there.then(painted).then(() => still() && sawPainted(entry.id));
    return () => still() || sawPainted(null);
  }, [shown, ready]);
  if (!ready) return null;
  const layout = layoutOf(views);
  return (
    <div class="layer-group" data-shown={shown} data-entry={entry.id} inert={!shown} aria-hidden={!shown}>
      {views.map((view, i) => {
        const cell = layout.cells[i];
        return view && cell && <Stage key={view.id} {...{ entry, view, cell, shown }} place_={i} caption={layout.caption} />;
      })}
    </div>
  );
}

interface StageProps {
  entry: Entry;
  view: CropImage;
  cell: Box;
  caption: number;
  shown: boolean;
  place_: number;
}

function Stage({ entry, view, cell, caption, shown, place_ }: StageProps): JSX.Element {
  const three = entry.images.length > 1;
  const on = shown && (!three || focusAt.value === place_);
  const inner = { width: Math.max(1, cell.width - 2 * EDGE), height: Math.max(1, cell.height - 2 * EDGE) };
  const frame = { boxWidth: inner.width, boxHeight: inner.height, width: view.width || 1, height: view.height || 1 };
  const view_ = shown ? zoom : atRest;
  const placed = place(view_.view.value, frame);
  const focus = (): void => {
    if (shown && three && !on) chooseImage(place_);
  };
  return (
    <figure
      class="crop-stage"
      data-image={view.id}
      data-focused={on}
      data-done={isDone(entry)}
      style={{ left: `${cell.x}px`, top: `${cell.y}px`, width: `${cell.width}px`, height: `${cell.height + caption}px` }}
      onPointerDown={focus}
    >
      <div class="crop-frame" style={{ left: `${EDGE}px`, top: `${EDGE}px`, width: `${inner.width}px`, height: `${inner.height}px` }}>
        <Picture
          source={view}
          zoom={view_}
          boxWidth={inner.width}
          boxHeight={inner.height}
          lead={on}
          fit={shown ? "now" : "ahead"}
          whole={shown && dwelt.value === entry.id}
          label={`${three ? `${place_ + 1}: ` : ""}${visible(view.filename)}`}
        />
        {usable(view) && <Overlay view={view} placed={placed} bare={entry.unassisted} hands={on} />}
      </div>
      {three && <Caption {...{ view, entry, on }} number={place_ + 1} left={EDGE + Math.max(0, placed.x)} top={Math.min(cell.height, EDGE + Math.max(0, placed.y) + placed.height + EDGE)} width={Math.min(inner.width, placed.width)} height={caption} />}
    </figure>
  );
}

const chosenNote = (view: CropImage, entry: Entry): string => {
  const choice = choiceOf(view, boxOf(view, entry.unassisted), entry.unassisted);
  return capital(visible(view.candidates.find((c) => c.id === choice)?.note ?? NAMES[choice]));
};

interface CaptionProps {
  view: CropImage;
  entry: Entry;
  on: boolean;
  number: number;
  left: number;
  top: number;
  width: number;
  height: number;
}

function Caption({ view, entry, on, number, left, top, width, height }: CaptionProps): JSX.Element {
  const won = isDone(entry) && view.choice !== null;
  return (
    <figcaption class="caption crop-caption" style={{ left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` }}>
      <div class="caption-line">
        <button class="badge" tabIndex={-1} aria-pressed={on} onClick={() => chooseImage(number - 1)} aria-label={`Choose image ${number}`}>{number}</button>
        <Name text={view.filename} />
        <span class="marks">{won ? <span class="mark mark-keep"><Icon name="check" /> Kept</span> : on && <span class="mark mark-proposed">Keep this one</span>}</span>
      </div>
      <div class="caption-line facts dim">
        <span>{usable(view) ? sizeWords(view, boxOf(view, entry.unassisted)) : ""}</span>
        <span class="ellipsis">{chosenNote(view, entry)}</span>
      </div>
    </figcaption>
  );
}
