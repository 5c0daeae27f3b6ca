/** How the one image is looked at: its zoom, the box of the doubt, one or many. */
import { signal } from "@preact/signals";
import { fitScale, Zoom, type Frame, type View } from "../kit/zoom";
import { current, type Doubt } from "./list";

export const zoom = new Zoom();
export const size = signal({ width: 0, height: 0 }); // of what the image lies in
/** Each image is entered at its box. Stays on from image to image. */
export const closeUp = signal(false);
export const gridOpen = signal(false);

const ROOM = 1.7; // of the box, so that what is around it is seen too
const DEEPEST = 3; // device pixels an image pixel: more shows nothing more
const WHOLE = 0.9; // of the picture: a box that says nothing

/** The box, inside the picture; null where there is none or it is all of the picture. */
export function boxOf(doubt: Doubt): [number, number, number, number] | null {
  const inside = (v: number, most: number): number => Math.min(most, Math.max(0, v));
  const [x1, y1, x2, y2] = doubt.box;
  const [left, top, right, bottom] = [inside(x1, doubt.width), inside(y1, doubt.height), inside(x2, doubt.width), inside(y2, doubt.height)];
  const part = ((right - left) * (bottom - top)) / (doubt.width * doubt.height);
  return right > left && bottom > top && part < WHOLE ? [left, top, right, bottom] : null;
}

export const frameOf = (doubt: Doubt): Frame => ({ boxWidth: size.value.width, boxHeight: size.value.height, width: doubt.width || 1, height: doubt.height || 1 });

function into([left, top, right, bottom]: [number, number, number, number], f: Frame): View | null {
  const scale = Math.min(f.boxWidth / (right - left), f.boxHeight / (bottom - top)) / ROOM;
  const times = Math.min(DEEPEST / window.devicePixelRatio, scale) / fitScale(f);
  if (times <= 1.05) return null;
  return { mode: "free", zoom: times, cx: (left + right) / 2 / f.width, cy: (top + bottom) / 2 / f.height };
}

/** Look at the current image as a whole, or at its box. */
export function aim(): void {
  const doubt = current.peek();
  const box = doubt && closeUp.peek() && size.peek().width > 0 ? boxOf(doubt) : null;
  const view = doubt && box ? into(box, frameOf(doubt)) : null;
  if (view) zoom.view.value = view;
  else zoom.fit();
}

export function toggleCloseUp(): void {
  closeUp.value = !closeUp.peek();
  aim();
}
