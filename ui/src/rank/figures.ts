/** How far the ranking is, and the settings of this screen: read after picks, changed in place. */
import { signal } from "@preact/signals";
import { call } from "../bridge";
import type { RankStatus } from "../bridge.gen";
import { Pace } from "../kit/pace";
import { mutate } from "../mutate";
import { complain, status } from "../state";

const CALM = 250; // ms after the last pick
const LATEST = 1500; // ms: never older than this while picks go on

export const figures = signal<RankStatus | null>(null);
export const pace = new Pace();

let timer = 0;
let due = 0;
let reading = 0;
const saving: Partial<RankStatus> = {}; // settings the engine is still being told of

export async function readFigures(): Promise<RankStatus | null> {
  clearTimeout(timer);
  due = 0;
  const mine = ++reading;
  try {
    const answer = { ...(await call("rank.status")), ...saving };
    if (mine === reading || !figures.peek()) figures.value = answer; // an older answer is better than none
    return answer;
  } catch (error) {
    complain(error);
    return null;
  }
}

/** Read them again soon; many requests in one moment become one. */
export function figuresSoon(): void {
  const t = performance.now();
  due ||= t + LATEST;
  clearTimeout(timer);
  timer = window.setTimeout(() => void readFigures(), Math.max(0, Math.min(CALM, due - t)));
}

/** Count at once what the engine is still being told. */
export function counted(matches: number, skips: number): void {
  const f = figures.peek();
  if (f) figures.value = { ...f, matches: f.matches + matches, skips: f.skips + skips };
}

type Kept = "up" | "blind" | "top" | "target";

/** Change a setting of ranking: shown at once, taken back if the engine refuses. */
export async function keep<K extends Kept>(key: K, value: RankStatus[K]): Promise<boolean> {
  const was = figures.peek();
  if (!was || !status.peek()) return false;
  figures.value = { ...was, [key]: value };
  saving[key] = value;
  const changed = await mutate("settings.set", { key: `ranking.${key}`, value }, {
    own: "rank",
    rollback: () => void (figures.value = { ...(figures.peek() ?? was), [key]: was[key] }),
  });
  if (saving[key] === value) delete saving[key];
  reading += 1; // an answer on its way may be from before
  figuresSoon();
  return changed !== null;
}

export const blind = (): boolean => figures.value?.blind ?? false;
export const upNow = (): number => figures.peek()?.up ?? 4;
