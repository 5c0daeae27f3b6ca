/** Zoom and pan shared by every image in view, in the images' own normalised coordinates. */
import { signal, type Signal } from "@preact/signals";

export type Mode = "fit" | "actual" | "free";

/** `zoom` is in multiples of fit (used when free); `cx`, `cy` is the image point in the middle of its box, 0 to 1. */
export interface View {
  mode: Mode;
  zoom: number;
  cx: number;
  cy: number;
}

/** A box on screen and the image in it; box in CSS pixels, image in its own. */
export interface Frame {
  boxWidth: number;
  boxHeight: number;
  width: number;
  height: number;
}

/** Where an image lands in its box: top left corner and size in CSS pixels; `scale` is CSS pixels an image pixel. */
export interface Placed {
  x: number;
  y: number;
  width: number;
  height: number;
  scale: number;
}

export const FIT: View = { mode: "fit", zoom: 2, cx: 0.5, cy: 0.5 };
const STEP = 1.25;
const deepest = 16; // device pixels an image pixel

export const fitScale = (f: Frame): number => Math.min(f.boxWidth / f.width, f.boxHeight / f.height);

export function scaleOf(view: View, f: Frame): number {
  if (view.mode === "fit") return fitScale(f);
  if (view.mode === "actual") return 1 / window.devicePixelRatio;
  return fitScale(f) * view.zoom;
}

/** Offset of one axis: centred where the image is smaller than the box, else never showing past its edge. */
function offset(box: number, size: number, centre: number): number {
  if (size <= box) return (box - size) / 2;
  return Math.min(0, Math.max(box - size, box / 2 - centre * size));
}

export function place(view: View, f: Frame): Placed {
  const scale = scaleOf(view, f);
  const width = f.width * scale;
  const height = f.height * scale;
  const snap = (v: number): number => Math.round(v * window.devicePixelRatio) / window.devicePixelRatio;
  return { x: snap(offset(f.boxWidth, width, view.cx)), y: snap(offset(f.boxHeight, height, view.cy)), width, height, scale };
}

const clampCentre = (centre: number, box: number, size: number): number => {
  const half = Math.min(0.5, box / 2 / size);
  return Math.min(1 - half, Math.max(half, centre));
};

/** The same image point stays under the pointer (`px`, `py` in the box) while the scale changes by `factor`. */
export function zoomed(view: View, f: Frame, factor: number, px = f.boxWidth / 2, py = f.boxHeight / 2): View {
  const before = place(view, f);
  const fit = fitScale(f);
  const most = Math.max(8, deepest / window.devicePixelRatio / fit);
  const zoom = Math.min(most, (before.scale * factor) / fit);
  if (zoom <= 1.001) return { ...view, mode: "fit" };
  const width = f.width * fit * zoom;
  const height = f.height * fit * zoom;
  const cx = (f.boxWidth / 2 - (px - ((px - before.x) / before.width) * width)) / width;
  const cy = (f.boxHeight / 2 - (py - ((py - before.y) / before.height) * height)) / height;
  return { mode: "free", zoom, cx: clampCentre(cx, f.boxWidth, width), cy: clampCentre(cy, f.boxHeight, height) };
}

/** Drag by CSS pixels. */
export function panned(view: View, f: Frame, dx: number, dy: number): View {
  const p = place(view, f);
  return {
    ...view,
    cx: clampCentre(view.cx - dx / p.width, f.boxWidth, p.width),
    cy: clampCentre(view.cy - dy / p.height, f.boxHeight, p.height),
  };
}

/** One shared view and what the keys do to it. `frame` is the image the keyboard is on. */
export class Zoom {
  readonly view: Signal<View> = signal(FIT);
  /** True while a gesture runs: images become GPU layers, and are drawn crisply again when it ends. */
  readonly moving = signal(false);
  frame: Frame | null = null;
  private rest = 0;

  private set(view: View): void {
    this.view.value = view;
    this.moving.value = true;
    clearTimeout(this.rest);
    this.rest = window.setTimeout(() => (this.moving.value = false), 180);
  }

  /** Fit, then 100 %, then the last free zoom. */
  cycle(): void {
    const view = this.view.value;
    const next: Record<Mode, Mode> = { fit: "actual", actual: "free", free: "fit" };
    this.view.value = { ...view, mode: next[view.mode] };
  }

  /** 100 % with this point of the box kept in place, or back to fit. */
  toggleAt(f: Frame, px: number, py: number): void {
    if (this.view.value.mode !== "fit") return this.fit();
    const factor = 1 / window.devicePixelRatio / fitScale(f);
    if (factor <= 1) this.view.value = { ...this.view.value, mode: "actual" };
    else this.view.value = { ...zoomed(this.view.value, f, factor, px, py), mode: "actual" };
  }

  /** Back to fit; the point looked at and the free zoom are remembered. */
  fit(): void {
    if (this.view.value.mode !== "fit") this.view.value = { ...this.view.value, mode: "fit" };
  }

  step(direction: 1 | -1): void {
    if (this.frame) this.by(this.frame, direction > 0 ? STEP : 1 / STEP);
  }

  by(f: Frame, factor: number, px?: number, py?: number): void {
    this.set(zoomed(this.view.value, f, factor, px, py));
  }

  pan(f: Frame, dx: number, dy: number): void {
    if (this.view.value.mode !== "fit") this.set(panned(this.view.value, f, dx, dy));
  }
}
