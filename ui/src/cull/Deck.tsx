/** The groups' images. The next groups lie ready below the window, scaled and laid out, so that a key only moves them in. */
import { computed, signal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { GroupView, MemberView } from "../bridge.gen";
import { fitOnly, fittedNow } from "../kit/fitted";
import { holdOnly } from "../kit/images";
import { arrange, type Cell as Box, type Layout } from "../kit/layout";
import { useSize } from "../kit/size";
import { Zoom } from "../kit/zoom";
import { notePainted } from "../painted";
import { Cell, ROOMY } from "./Cell";
import { entryOf, focusId, pageOf, PER_PAGE, zoom } from "./focus";
import { groupSignal } from "./groups";
import { ahead, pictureThere } from "./place";
import { current, currentId } from "./queue";

const atRest = new Zoom(); // groups not yet shown lie at fit
const DWELL = 600; // ms: who looks longer may want to zoom, so the images themselves are decoded too
const dwelt = signal<string | null>(null); // the group looked at for that long
const size = signal({ width: 0, height: 0 });
const rem = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

/** Three lines where there is room, two where rows are low. */
export const captionHeight = (whole: number): number => Math.round(rem() * (whole >= ROOMY ? 4.25 : 3));

const pageMembers = (group: GroupView, page: number): MemberView[] => group.members.slice(page * PER_PAGE, (page + 1) * PER_PAGE);

function layoutOf(members: MemberView[]): Layout {
  const aspects = members.map((m) => (m.width > 0 && m.height > 0 ? m.width / m.height : 1));
  return arrange(aspects, size.value.width, size.value.height, captionHeight);
}

const shownLayout = computed(() => {
  const group = current.value;
  return group ? layoutOf(pageMembers(group, pageOf(group, focusId.value))) : null;
});

/** Where the images on screen are, for moving between them. */
export const cellsNow = (): Box[] => shownLayout.peek()?.cells ?? [];

const deck = computed(() => {
  const id = currentId.value;
  return id === null ? [] : [id, ...ahead.value.filter((a) => a !== id)].sort();
});

export function Deck(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useSize(box, size);
  useSignalEffect(() => {
    const urls = deck.value.flatMap((id) => groupSignal(id).value?.members ?? []).map((m) => m.url);
    const here = new Set(current.value?.members.map((m) => m.url));
    fitOnly(new Set(urls));
    holdOnly(new Set(urls.filter((url) => here.has(url) || fittedNow(url)?.state.value !== "ready")));
  });
  useEffect(() => {
    const id = currentId.value;
    const timer = setTimeout(() => (dwelt.value = id), DWELL);
    return () => clearTimeout(timer);
  }, [currentId.value]);
  return (
    <div class="deck" ref={box}>
      {size.value.width > 0 && deck.value.map((id) => <Layer key={id} id={id} />)}
    </div>
  );
}

function Layer({ id }: { id: string }): JSX.Element | null {
  const host = useRef<HTMLDivElement>(null);
  const group = groupSignal(id).value;
  const shown = currentId.value === id;
  const ready = group !== null;
  useLayoutEffect(() => {
    if (!shown || !group || !host.current) return;
    const images = pageMembers(group, pageOf(group, focusId.peek())).map(pictureThere);
    notePainted(images, () => currentId.peek() === id);
  }, [shown, ready]);
  if (!group) return null;
  const page = shown ? pageOf(group, focusId.value) : pageOf(group, entryOf(group));
  const members = pageMembers(group, page);
  const layout = shown && shownLayout.value ? shownLayout.value : layoutOf(members);
  return (
    <div class="layer-group" ref={host} data-shown={shown} inert={!shown} aria-hidden={!shown}>
      {members.map((member, i) => {
        const cell = layout.cells[i];
        return (
          cell && (
            <Cell
              key={member.id}
              group={group}
              member={member}
              number={i + 1}
              cell={cell}
              caption={layout.caption}
              zoom={shown ? zoom : atRest}
              shown={shown}
              whole={shown && dwelt.value === id}
              focused={shown && member.id === focusId.value}
            />
          )
        );
      })}
    </div>
  );
}
