/** What was learned about crops, and what the engine measures of a box of the person's own. */
import { signal } from "@preact/signals";
import { call } from "../bridge";
import type { Measured, Taste } from "../bridge.gen";
import { complain, status } from "../state";
import { same, type Box } from "./geometry";

const CALM = 200; // ms after the last nudge

export const taste = signal<Taste | null>(null);

export async function readTaste(): Promise<void> {
  if (!status.peek()) return void (taste.value = null);
  try {
    taste.value = await call("crop.taste");
  } catch (error) {
    complain(error);
  }
}

/** The box that was measured last. */
export const measured = signal<(Measured & { image: number; box: Box }) | null>(null);

let timer = 0;
let asked = 0;

/** Measure a box once it rests. */
export function measureSoon(image: number, box: Box): void {
  const last = measured.peek();
  clearTimeout(timer);
  if (last?.image === image && same(last.box, box)) return;
  timer = window.setTimeout(async () => {
    const mine = ++asked;
    try {
      const answer = await call("crop.measure", { image, box });
      if (mine === asked) measured.value = { ...answer, image, box };
    } catch {
      if (mine === asked) measured.value = null; // it is said where the figures would stand
    }
  }, CALM);
}
