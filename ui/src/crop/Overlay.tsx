/** The box over its picture: the rest dimmed, thirds, what looks wrong, and eight handles to pull. */
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { CropImage } from "../bridge.gen";
import { count, percent } from "../kit/words";
import type { Placed } from "../kit/zoom";
import { acted } from "./clock";
import { drawn } from "./decide";
import { HANDLES, moved, overlaps, pulled, same, shareOf, spot, whole, widthOf, type Box, type Handle } from "./geometry";
import { currentId } from "./list";
import { boxOf, overlay, pointed } from "./work";
import { oddWords } from "./words";

interface Props {
  view: CropImage;
  placed: Placed;
  bare: boolean; // without a proposal
  hands: boolean; // may be drawn by hand
}

interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

const GRIP = 10; // px of a handle
const REACH = 26; // px in which the pointer takes it

export function Overlay({ view, placed, bare, hands }: Props): JSX.Element {
  const box = boxOf(view, bare);
  const on = rectOf(box, placed);
  const all = rectOf(whole(view), placed);
  const wrong = !bare && (overlay.value === "wrong" || overlay.value === "both"); // bare is without any help
  const thirds = overlay.value === "both" || overlay.value === "thirds";
  const drag = useDrag(view, placed, box);
  return (
    <div class="crop-over" data-hands={hands} data-box={box.join(",")} onWheel={hands ? forward : undefined} onDblClick={hands ? forward : undefined}>
      <svg aria-hidden="true">
        <path class="crop-shade" fill-rule="evenodd" d={`${outline(all)}${outline(on)}`} />
        {wrong && <Wrong view={view} placed={placed} box={box} />}
        {thirds && <Thirds on={on} />}
        {pointed.value && hands && <rect class="crop-pointed" {...rectOf(pointed.value.box, placed)} />}
        <rect class="crop-under" {...on} />
        <rect class="crop-line" {...on} />
        {hands && <rect class="crop-move" data-handle="move" data-still={same(box, whole(view))} {...on} {...drag.move} />}
        {hands && HANDLES.map((handle) => <Grip key={handle} handle={handle} on={on} take={drag.pull(handle)} />)}
      </svg>
      {wrong && <Labels view={view} placed={placed} box={box} />}
      {drag.active && <span class="crop-size" style={{ left: `${on.x + on.width / 2}px`, top: `${on.y + on.height / 2}px` }}>{sizeWords(view, box)}</span>}
    </div>
  );
}

/** "864 × 1,296, 84 %" */
export const sizeWords = (view: CropImage, box: Box): string => `${count(widthOf(box))} × ${count(box[3] - box[1])}, ${percent(shareOf(view, box))}`;

const rectOf = (box: readonly [number, number, number, number], p: Placed): Rect => ({
  x: p.x + box[0] * p.scale, y: p.y + box[1] * p.scale, width: (box[2] - box[0]) * p.scale, height: (box[3] - box[1]) * p.scale,
});

const outline = (r: Rect): string => `M${r.x} ${r.y}h${r.width}v${r.height}h${-r.width}z`;

/** Wheel and double click are the picture's, which lies below. */
function forward(event: MouseEvent): void {
  const picture = (event.currentTarget as Element).parentElement?.querySelector(".picture");
  event.preventDefault();
  event.stopPropagation();
  picture?.dispatchEvent(event instanceof WheelEvent ? new WheelEvent("wheel", event) : new MouseEvent("dblclick", event));
}

interface Drag {
  active: boolean;
  move: Taken;
  pull: (handle: Handle) => Taken;
}

interface Taken {
  onPointerDown: (event: PointerEvent) => void;
  onPointerMove: (event: PointerEvent) => void;
  onPointerUp: () => void;
  onPointerCancel: () => void;
}

/** From where a drag began, so that nothing drifts. */
interface From {
  id: number;
  x: number;
  y: number;
  box: Box;
}

function useDrag(view: CropImage, placed: Placed, box: Box): Drag {
  const from = useRef<From | null>(null);
  const active = useSignal(false);
  const end = (): void => {
    if (active.peek() && currentId.peek() !== null) acted(currentId.peek() ?? "");
    from.current = null;
    active.value = false;
  };
  const take = (to: (from: Box, dx: number, dy: number) => Box): Taken => ({
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      from.current = { id: event.pointerId, x: event.clientX, y: event.clientY, box };
    },
    onPointerMove: (event) => {
      const begun = from.current;
      if (!begun || begun.id !== event.pointerId) return;
      const [dx, dy] = [event.clientX - begun.x, event.clientY - begun.y];
      if (!active.peek() && Math.hypot(dx, dy) < 2) return; // a click, so far
      active.value = true;
      drawn(view, to(begun.box, dx / placed.scale, dy / placed.scale));
    },
    onPointerUp: end,
    onPointerCancel: end,
  });
  return { active: active.value, move: take((b, dx, dy) => moved(view, b, dx, dy)), pull: (handle) => take((b, dx, dy) => pulled(view, b, handle, dx, dy)) };
}

function Grip({ handle, on, take }: { handle: Handle; on: Rect; take: Taken }): JSX.Element {
  const [ax, ay] = spot(handle);
  const [x, y] = [on.x + ax * on.width, on.y + ay * on.height];
  const [wide, high] = [Math.min(REACH, Math.max(GRIP, on.width / 3)), Math.min(REACH, Math.max(GRIP, on.height / 3))];
  return (
    <g class={`crop-grip crop-${handle}`} data-handle={handle} {...take}>
      <rect class="crop-reach" x={x - wide / 2} y={y - high / 2} width={wide} height={high} />
      <rect class="crop-knob" x={x - GRIP / 2} y={y - GRIP / 2} width={GRIP} height={GRIP} />
    </g>
  );
}

/** Each line twice, dark below light, so that it is seen on every picture. */
function Thirds({ on }: { on: Rect }): JSX.Element {
  const across = [1, 2].map((n) => `M${on.x} ${on.y + (n * on.height) / 3}h${on.width}`);
  const down = [1, 2].map((n) => `M${on.x + (n * on.width) / 3} ${on.y}v${on.height}`);
  const d = [...across, ...down].join("");
  return (
    <g class="crop-thirds" data-testid="thirds">
      <path class="under" d={d} />
      <path d={d} />
    </g>
  );
}

/** What looks wrong, hatched: strong where the box still shows it. */
function Wrong({ view, placed, box }: { view: CropImage; placed: Placed; box: Box }): JSX.Element {
  return (
    <g data-testid="keep-out">
      <defs>
        <pattern id="crop-hatch" width="10" height="10" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path class="crop-hatch under" d="M5 0V10" />
          <path class="crop-hatch" d="M5 0V10" />
        </pattern>
      </defs>
      {view.keepOut.map((k, i) => <rect key={i} class="crop-wrong" data-inside={overlaps(k.region, box)} fill="url(#crop-hatch)" {...rectOf(k.region, placed)} />)}
    </g>
  );
}

function Labels({ view, placed, box }: { view: CropImage; placed: Placed; box: Box }): JSX.Element {
  return (
    <>
      {view.keepOut.map((k, i) => {
        const at = rectOf(k.region, placed);
        const below = at.y - placed.y < 22;
        return (
          <span key={i} class="crop-label" data-inside={overlaps(k.region, box)} data-below={below} style={{ left: `${Math.max(placed.x, at.x)}px`, top: `${below ? at.y + at.height : at.y}px` }}>
            {oddWords(k.tag || k.shape)}
          </span>
        );
      })}
    </>
  );
}
