/** How two images differ, pixel by pixel: brought to one size, subtracted, and what is left made brighter. */
import { computed, effect, signal } from "@preact/signals";
import type { CopyView } from "../bridge.gen";
import { hold } from "../kit/images";
import { scaled } from "../kit/scaler";
import { current } from "./copies";
import { focusId, keeperOf } from "./focus";

const LONGEST = 1600; // px of the side compared at most
export const TELLING = 8; // of 255: less is what saving as JPEG does anyway
export const GAINS = [1, 2, 4, 8, 16, 32] as const;

export const differenceOpen = signal(false);
export const gain = signal<(typeof GAINS)[number]>(8);
/** What is on screen while the key is held: the one, then the other. */
export const blinking = signal<"keeper" | "other" | null>(null);

export interface Pair {
  keeper: CopyView;
  other: CopyView;
}

/** The keeper and the focused image; on the keeper itself the first other one. */
export const pair = computed<Pair | null>(() => {
  const group = current.value;
  const keeper = group && keeperOf(group);
  const other = group?.members.find((m) => m.id === focusId.value && m.id !== keeper?.id) ?? group?.members[1];
  return keeper && other ? { keeper, other } : null;
});

export const comparedUrls = computed<string[]>(() => (differenceOpen.value && pair.value ? [pair.value.keeper.url, pair.value.other.url] : []));

export interface Difference {
  width: number;
  height: number;
  pixels: Uint8ClampedArray; // |a - b| of each channel, RGBA
  share: number; // of pixels with a channel that differs by more than TELLING
  most: number; // 0 to 255
  stretched: boolean; // their shapes differ
}

export interface Compared {
  key: string;
  state: "working" | "ready" | "failed";
  result: Difference | null;
}

export const compared = signal<Compared | null>(null);

/** The size at which both are compared: the smaller one's pixels, the keeper's shape. */
export function commonSize({ keeper, other }: Pair): { width: number; height: number; stretched: boolean } {
  const shape = (keeper.width || 1) / (keeper.height || 1);
  const long = Math.min(LONGEST, Math.max(keeper.width, keeper.height), Math.max(other.width, other.height)) || LONGEST;
  const width = Math.max(1, Math.round(shape >= 1 ? long : long * shape));
  const height = Math.max(1, Math.round(shape >= 1 ? long / shape : long));
  const stretched = Math.abs(Math.log(shape / ((other.width || 1) / (other.height || 1)))) > 0.02;
  return { width, height, stretched };
}

/** The pixels of two equal pictures subtracted, how many differ, and by how much at most. */
export function subtract(a: Uint8ClampedArray, b: Uint8ClampedArray): Pick<Difference, "share" | "most"> & { pixels: Uint8ClampedArray } {
  const pixels = new Uint8ClampedArray(a.length);
  let telling = 0;
  let most = 0;
  for (let i = 0; i < a.length; i += 4) {
    let top = 0;
    for (let c = 0; c < 3; c++) {
      const d = Math.abs((a[i + c] ?? 0) - (b[i + c] ?? 0));
      pixels[i + c] = d;
      if (d > top) top = d;
    }
    pixels[i + 3] = 255;
    if (top > TELLING) telling += 1;
    if (top > most) most = top;
  }
  return { pixels, share: a.length ? telling / (a.length / 4) : 0, most };
}

/** Read in the worker where the window lets it, else through the element. */
async function pixelsOf(url: string, width: number, height: number): Promise<Uint8ClampedArray> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no such canvas");
  const bitmap = await scaled(url, width, height).catch(() => null);
  if (bitmap) {
    context.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
  } else {
    const held = hold(url);
    await held.done;
    context.imageSmoothingQuality = "high";
    context.drawImage(held.element, 0, 0, width, height);
  }
  return context.getImageData(0, 0, width, height).data;
}

async function compare(two: Pair, key: string): Promise<void> {
  const { width, height, stretched } = commonSize(two);
  const done = (state: Compared["state"], result: Difference | null): void => {
    if (compared.peek()?.key === key) compared.value = { key, state, result };
  };
  try {
    const [a, b] = await Promise.all([pixelsOf(two.keeper.url, width, height), pixelsOf(two.other.url, width, height)]);
    done("ready", { width, height, stretched, ...subtract(a, b) });
  } catch {
    done("failed", null);
  }
}

/** The difference, each channel times `by`. */
export function amplified({ pixels, width, height }: Difference, by: number): ImageData {
  const out = new ImageData(width, height);
  for (let i = 0; i < pixels.length; i++) out.data[i] = i % 4 === 3 ? 255 : (pixels[i] ?? 0) * by;
  return out;
}

effect(() => {
  const two = differenceOpen.value ? pair.value : null;
  if (differenceOpen.value && !two) differenceOpen.value = false;
  if (!two) return;
  const key = `${two.keeper.url}\n${two.other.url}`;
  if (compared.peek()?.key === key) return;
  compared.value = { key, state: "working", result: null };
  void compare(two, key);
});

export function stepGain(by: 1 | -1): void {
  const at = GAINS.indexOf(gain.peek()) + by;
  gain.value = GAINS[Math.max(0, Math.min(GAINS.length - 1, at))] ?? 8;
}

let timer = 0;

/** Show the two in turn as long as the key is down. Who wants no motion sees the keeper. */
export function blink(): void {
  if (blinking.peek()) return;
  blinking.value = "keeper";
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  timer = window.setInterval(() => (blinking.value = blinking.peek() === "keeper" ? "other" : "keeper"), 450);
}

export function blinkEnd(): void {
  clearInterval(timer);
  blinking.value = null;
}

window.addEventListener("keyup", (event) => {
  if (blinking.peek() && event.key.toLowerCase() === "b") blinkEnd();
});
window.addEventListener("blur", blinkEnd);
