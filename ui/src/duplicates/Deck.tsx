/** The images of a group side by side, the keeper first. The next groups lie ready below the window. */
import { computed, signal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { CopiesView } from "../bridge.gen";
import { fitOnly, fittedNow } from "../kit/fitted";
import { hold, holdOnly } from "../kit/images";
import type { Cell as Box } from "../kit/layout";
import { useSize } from "../kit/size";
import { Zoom } from "../kit/zoom";
import { notePainted } from "../painted";
import { Cell } from "./Cell";
import { current, groups, viewNow, viewOf } from "./copies";
import { comparedUrls } from "./compare";
import { focusId, onPage, page, zoom } from "./focus";
import { layoutOf, type Shape } from "./layout";
import { ahead } from "./place";

const atRest = new Zoom(); // groups not yet shown lie at fit
const DWELL = 600; // ms: who looks longer may want to zoom, so the images themselves are decoded too
const dwelt = signal<string | null>(null);
const size = signal({ width: 0, height: 0 });

const shapeOf = (group: CopiesView, which: number): Shape => layoutOf(group, onPage(group, which), size.value);

const shown = computed(() => (current.value ? shapeOf(current.value, page.value) : null));

/** Where the images on screen are, for moving between them. */
export const cellsNow = (): Box[] => shown.peek()?.cells ?? [];

const layers = computed(() => {
  const id = groups.currentId.value;
  return id === null ? [] : [id, ...ahead.value.filter((a) => a !== id)].sort();
});

export function Deck(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useSize(box, size);
  useSignalEffect(() => {
    const here = groups.currentId.value;
    const urls = layers.value.flatMap((id) => urlsOf(viewOf(id).value, id === here ? page.value : 0));
    const now = new Set(urlsOf(current.value, page.value));
    fitOnly(new Set(urls));
    holdOnly(new Set([...urls.filter((url) => now.has(url) || fittedNow(url)?.state.value !== "ready"), ...comparedUrls.value]));
  });
  useEffect(() => {
    const id = groups.currentId.value;
    const timer = setTimeout(() => (dwelt.value = id), DWELL);
    return () => clearTimeout(timer);
  }, [groups.currentId.value]);
  return (
    <div class="deck" ref={box}>
      {size.value.width > 0 && layers.value.map((id) => <Layer key={id} id={id} />)}
    </div>
  );
}

const urlsOf = (group: CopiesView | null, which: number): string[] => (group ? onPage(group, which).map((m) => m.url) : []);

/** Resolves once there is something to see of this image, or never will be. */
async function pictureThere(url: string): Promise<void> {
  const small = fittedNow(url);
  await small?.done;
  if (small?.state.peek() === "failed") await hold(url).done;
}

function Layer({ id }: { id: string }): JSX.Element | null {
  const group = viewOf(id).value;
  const here = groups.currentId.value === id;
  useLayoutEffect(() => {
    const now = viewNow(id);
    if (here && now) notePainted(urlsOf(now, page.peek()).map(pictureThere), () => groups.currentId.peek() === id);
  }, [here, group !== null]);
  if (!group) return null;
  const which = here ? page.value : 0;
  const shape = here && shown.value ? shown.value : shapeOf(group, which);
  return (
    <div class="layer-group" data-shown={here} inert={!here} aria-hidden={!here}>
      {onPage(group, which).map((member, i) => {
        const cell = shape.cells[i];
        return (
          cell && (
            <Cell
              key={member.id}
              group={group}
              member={member}
              shape={shape}
              number={i + 1}
              cell={cell}
              caption={shape.caption}
              zoom={here ? zoom : atRest}
              shown={here}
              whole={here && dwelt.value === id}
              focused={here && member.id === focusId.value}
            />
          )
        );
      })}
    </div>
  );
}
