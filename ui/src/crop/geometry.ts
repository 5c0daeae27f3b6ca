/** Boxes that keep their picture's shape: the arithmetic of `engine/cropping/grid.py`, and what a hand does to a box. */

/** x1, y1, x2, y2 in pixels of the original, right and bottom exclusive. */
export type Box = [number, number, number, number];

/** A picture's size, and the smallest box of exactly its ratio. */
export interface Frame {
  width: number;
  height: number;
  step: readonly [number, number];
}

const FINE = 40; // exact sizes there must be, else any whole pixel will do

export const isFine = (f: Frame): boolean => Math.floor(f.width / f.step[0]) >= FINE;

/** The narrowest lawful width. */
export const leastWidth = (f: Frame): number => (isFine(f) ? f.step[0] : Math.max(1, Math.ceil(f.width / (2 * f.height))));

const heightOf = (f: Frame, w: number): number => Math.floor((2 * w * f.height + f.width) / (2 * f.width));

const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), Math.max(least, most));

const even = (value: number): number => {
  const whole = Math.round(value);
  return Math.abs(value % 1) === 0.5 && whole % 2 !== 0 ? whole - 1 : whole; // a half goes to the even number, as in Python
};

/** The lawful size nearest to this width. */
export function fitting(f: Frame, width: number): [number, number] {
  const least = leastWidth(f);
  const w = isFine(f) ? within(even(width / least), 1, Infinity) * least : within(even(width), least, Infinity);
  const lawful = Math.min(w, f.width);
  return [lawful, heightOf(f, lawful)];
}

/** Pixels by which a width's height differs from what the ratio asks for. */
export const ratioError = (f: Frame, w: number): number => Math.abs(heightOf(f, w) * f.width - w * f.height) / f.width;

export const whole = (f: Frame): Box => [0, 0, f.width, f.height];
export const widthOf = (box: Box): number => box[2] - box[0];
export const same = (a: Box, b: Box): boolean => a.every((v, i) => v === b[i]);
/** Part of the picture's width, 0 to 1. */
export const shareOf = (f: Frame, box: Box): number => (f.width ? widthOf(box) / f.width : 1);

export function overlaps(a: Box, b: Box): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/** The same size, moved by whole pixels, never over the edge. */
export function moved(f: Frame, box: Box, dx: number, dy: number): Box {
  const [w, h] = [widthOf(box), box[3] - box[1]];
  const x = within(Math.round(box[0] + dx), 0, f.width - w);
  const y = within(Math.round(box[1] + dy), 0, f.height - h);
  return [x, y, x + w, y + h];
}

/** What of a box stays where it is while it changes its size: 0 its left or top, 1 its right or bottom, 0.5 its middle. */
export interface Anchor {
  x: 0 | 0.5 | 1;
  y: 0 | 0.5 | 1;
}

/** The largest lawful width not above this one. */
function atMost(f: Frame, width: number): number {
  const least = leastWidth(f);
  let w = isFine(f) ? Math.floor(width / least + 1e-9) * least : Math.floor(width + 1e-9);
  while (w > least && heightOf(f, w) > f.height) w -= 1; // never above: the height of the full width is the full height
  return within(w, least, f.width);
}

/**
 * The box of about this width with a side or corner kept in place. A middle gives way where the picture ends, a side or
 * corner never: then the box stops growing.
 */
export function resized(f: Frame, box: Box, width: number, anchor: Anchor): Box {
  const room = (low: number, high: number, length: number, at: 0 | 0.5 | 1): number => (at === 0 ? length - low : at === 1 ? high : length);
  const across = room(box[0], box[2], f.width, anchor.x);
  const down = room(box[1], box[3], f.height, anchor.y);
  let [w, h] = fitting(f, width);
  if (w > across || h > down) {
    w = atMost(f, Math.min(across, (down * f.width) / f.height));
    h = heightOf(f, w);
    if (h > down && w > leastWidth(f)) {
      w = atMost(f, w - 1);
      h = heightOf(f, w);
    }
  }
  const put = (low: number, high: number, size: number, length: number, at: 0 | 0.5 | 1): number =>
    at === 0 ? low : at === 1 ? high - size : within(Math.round((low + high - size) / 2), 0, length - size);
  const x = put(box[0], box[2], w, f.width, anchor.x);
  const y = put(box[1], box[3], h, f.height, anchor.y);
  return [x, y, x + w, y + h];
}

const MIDDLE: Anchor = { x: 0.5, y: 0.5 };

/** Larger (or smaller) by this part of the picture, at least by one lawful size, about the box's middle. */
export function grown(f: Frame, box: Box, by: number): Box {
  const least = Math.max(Math.abs(by) * f.width, isFine(f) ? f.step[0] : 1);
  return resized(f, box, widthOf(box) + Math.sign(by) * least, MIDDLE);
}

export const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"] as const;
export type Handle = (typeof HANDLES)[number];

/** The side or corner across from a handle. */
export const opposite = (handle: Handle): Anchor => ({
  x: handle.includes("w") ? 1 : handle.includes("e") ? 0 : 0.5,
  y: handle.includes("n") ? 1 : handle.includes("s") ? 0 : 0.5,
});

/** Where a handle lies on the box, in parts of it. */
export const spot = (handle: Handle): [number, number] => [1 - opposite(handle).x, 1 - opposite(handle).y];

/** A handle pulled by (dx, dy) pixels of the picture. */
export function pulled(f: Frame, box: Box, handle: Handle, dx: number, dy: number): Box {
  const anchor = opposite(handle);
  const [w, h] = [widthOf(box), box[3] - box[1]];
  const out: [number, number] = [anchor.x === 1 ? -dx : dx, anchor.y === 1 ? -dy : dy];
  if (anchor.y === 0.5) return resized(f, box, w + out[0], anchor);
  if (anchor.x === 0.5) return resized(f, box, ((h + out[1]) * f.width) / f.height, anchor);
  const along = ((w + out[0]) * f.width + (h + out[1]) * f.height) / (f.width ** 2 + f.height ** 2); // on the diagonal
  return resized(f, box, along * f.width, anchor);
}
