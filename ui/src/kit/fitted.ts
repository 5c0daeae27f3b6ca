/**
 * Pictures at the size they are shown at: one canvas an image, a screen pixel a canvas pixel.
 *
 * A window without a GPU scales a large image each time it is painted anew, and that takes longer than a key press
 * should. Here it is scaled once, before it is needed. What is on screen comes first; what comes next follows, one by one.
 */
import { signal, type Signal } from "@preact/signals";
import { hold } from "./images";
import { doubtWorker, scaled } from "./scaler";

export type Fitting = "waiting" | "ready" | "failed";

export interface Fitted {
  readonly canvas: HTMLCanvasElement;
  /** Failed means that the image's own element has to be shown instead. */
  readonly state: Signal<Fitting>;
  /** Resolves once there is something to show, or never will be. */
  readonly done: Promise<void>;
}

interface Entry extends Fitted {
  url: string;
  width: number; // of what was asked for last, in device pixels
  height: number;
  now: boolean;
  later: number; // the timer of another size
  settle: () => void;
}

/** Device pixels a CSS pixel; changes when the window moves to another screen. */
export const density = signal(window.devicePixelRatio);

const CALM = 200; // a window that is being resized, or a strip that opens, settles first
const CALM_AHEAD = 1500;
const AT_ONCE = Math.max(1, Math.min(4, navigator.hardwareConcurrency || 2));
const entries = new Map<string, Entry>();
const queue = new Set<Entry>();
let running = 0;

function watchDensity(): void {
  const again = (): void => {
    density.value = window.devicePixelRatio;
    watchDensity();
  };
  window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener("change", again, { once: true });
}
watchDensity();

/** The entry of this address; `now` is for what is on screen. Another size than before is made while the old one stays. */
export function fitted(url: string, width: number, height: number, now: boolean): Fitted {
  const known = entries.get(url);
  if (known?.width === width && known.height === height) {
    known.now = now;
    return known;
  }
  const entry = known ?? enter(url);
  Object.assign(entry, { width, height, now });
  clearTimeout(entry.later);
  if (entry.state.peek() === "ready") entry.later = window.setTimeout(() => ask(entry), now ? CALM : CALM_AHEAD);
  else if (entry.state.peek() === "waiting") ask(entry);
  return entry;
}

function ask(entry: Entry): void {
  if (entries.get(entry.url) !== entry) return;
  queue.add(entry);
  queueMicrotask(pump); // once all that a frame asks for has been asked
}

function enter(url: string): Entry {
  const canvas = document.createElement("canvas");
  canvas.className = "layer";
  let settle = (): void => undefined;
  const done = new Promise<void>((resolve) => (settle = resolve));
  const entry = { url, canvas, state: signal<Fitting>("waiting"), done, settle, width: 0, height: 0, now: false, later: 0 };
  entries.set(url, entry);
  return entry;
}

export const fittedNow = (url: string): Fitted | null => entries.get(url) ?? null;

/** Let go of every picture but these. */
export function fitOnly(urls: ReadonlySet<string>): void {
  for (const [url, entry] of entries) {
    if (urls.has(url)) continue;
    entries.delete(url);
    queue.delete(entry);
    entry.settle();
    entry.canvas.width = entry.canvas.height = 0; // gives the pixels back at once
  }
}

function pump(): void {
  const urgent = [...queue].find((e) => e.now);
  const next = urgent ?? [...queue][0];
  if (!next || running >= (urgent ? AT_ONCE : 1)) return;
  queue.delete(next);
  running += 1;
  void make(next).finally(() => {
    running -= 1;
    pump();
  });
  pump();
}

async function make(entry: Entry): Promise<void> {
  const { url, width, height } = entry;
  const gone = (): boolean => entries.get(url) !== entry;
  try {
    const bitmap = await scaled(url, width, height).catch(() => (gone() ? Promise.reject(new Error("gone")) : fromElement(url, width, height)));
    if (gone()) return bitmap.close();
    show(entry.canvas, bitmap);
    entry.state.value = "ready";
  } catch {
    if (entry.state.peek() === "waiting") entry.state.value = "failed";
  } finally {
    entry.settle();
  }
}

function show(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  const context = canvas.getContext("bitmaprenderer");
  if (!context) throw new Error("no such canvas");
  context.transferFromImageBitmap(bitmap);
}

/** Where there is no worker to do it. */
async function fromElement(url: string, width: number, height: number): Promise<ImageBitmap> {
  const { element, done, state } = hold(url);
  await done;
  if (state.peek() !== "ready") throw new Error("not an image");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = width ? [width, height] : [element.naturalWidth, element.naturalHeight];
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no such canvas");
  context.imageSmoothingQuality = "high";
  context.drawImage(element, 0, 0, canvas.width, canvas.height);
  const bitmap = await createImageBitmap(canvas);
  doubtWorker();
  canvas.width = canvas.height = 0;
  return bitmap;
}
