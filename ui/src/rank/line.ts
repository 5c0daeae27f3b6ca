/** Asking ahead: the next matches are asked for, and their pictures made, while the person looks at this one. */
import { batch, signal } from "@preact/signals";
import { BridgeError } from "../bridge";
import type { Match } from "../bridge.gen";
import { fittedNow } from "../kit/fitted";
import { hold } from "../kit/images";
import { painted } from "../painted";
import { say, status } from "../state";
import { ask } from "./contenders";
import { figures, upNow } from "./figures";
import { advance, answered, champion, idsOf, made, next, now, show, type Shown } from "./matches";

const AHEAD_PIXELS = 40e6; // of pictures kept ready, scaled to the window: 160 MB at worst
const PATIENCE = 1500; // ms: then the thumbnails have to do

/** Why there is nothing to ask, once there is not. */
export const over = signal<string | null>(null);
/** Why the engine could not say what comes next. */
export const trouble = signal<BridgeError | null>(null);
/** Images of matches whose answers the engine has not yet taken. */
export const flights = new Map<number, readonly number[]>();

let epoch = 0; // answers to older questions are dropped
let asking = false;
let turn = 0; // how often something was answered or taken
let dryAt = -1; // the turn at which nothing more could be asked

const ahead = (): number => (window.innerWidth * window.innerHeight * window.devicePixelRatio ** 2 * 3 < AHEAD_PIXELS ? 2 : 1);
const wanting = (): boolean => over.peek() === null && dryAt !== turn && (now.peek() === null || answered.peek() !== null || next.peek().length < ahead());

function busyIds(): number[] {
  const here = answered.peek() ? [] : idsOf(now.peek());
  const all = new Set([...here, ...next.peek().flatMap(idsOf), ...[...flights.values()].flat()]);
  const stays = champion.peek()?.id;
  if (stays !== undefined) all.delete(stays);
  return [...all];
}

/** Ask until enough lies ready; how many at once is known only with the figures. */
export async function fill(): Promise<void> {
  if (asking || !status.peek() || !figures.peek()) return;
  asking = true;
  try {
    while (wanting()) {
      const [mine, then, stays] = [epoch, turn, champion.peek()?.id ?? null];
      const avoid = busyIds();
      const match = await ask({ up: upNow(), champion: stays, avoid });
      const meant = mine === epoch && stays === (champion.peek()?.id ?? null); // another may have won meanwhile
      if (meant && !(await take(match, avoid))) dryAt = then; // asked again once less has to be left out
    }
    trouble.value = null;
  } catch (error) {
    if (now.peek() === null || answered.peek()) trouble.value = error instanceof BridgeError ? error : new BridgeError({ code: "fault", message: String(error), hint: "" });
  } finally {
    asking = false;
  }
}

/** False where there is too little to ask beside what had to be left out. */
async function take(match: Match, avoid: readonly number[]): Promise<boolean> {
  const waits = now.peek() === null || answered.peek() !== null;
  const few = match.images.length < 2 || (match.images.length < upNow() && avoid.length > 0);
  if (few && (avoid.length > 0 || !waits)) return false;
  if (few) {
    batch(() => {
      show(null);
      over.value = match.note;
    });
    return true;
  }
  const stays = champion.peek();
  if (stays && !match.images.some((i) => i.id === stays.id)) {
    champion.value = null;
    say("The champion is no longer asked about, so it was unpinned.");
  }
  const shown = made(match.images, match.note);
  if (now.peek() === null) {
    show(shown);
    return true;
  }
  next.value = [...next.peek(), shown];
  const how = answered.peek();
  if (how) await thereOf(shown); // what is answered stays until the next can be seen
  if (how && next.peek()[0]?.key === shown.key && answered.peek()) advance(how);
  return true;
}

/** The match on screen was answered, or an answer was taken: more may be asked now. */
export function goOn(): void {
  turn += 1;
  void painted().then(fill);
}

/** Drop what lies ready and ask anew; what is on screen stays. */
export function askAnew(): void {
  epoch += 1;
  turn += 1;
  batch(() => {
    next.value = [];
    over.value = null;
    trouble.value = null;
  });
  void fill();
}

/** Put another match in the place of the one shown, as soon as it can be seen. */
export function replace(): void {
  if (now.peek()) answered.value ??= { kind: "left", winner: null };
  askAnew();
}

/** Resolves once there is something to see of every image, or patience ends. */
export async function thereOf(match: Shown): Promise<void> {
  await painted(); // the pictures are asked for as they are laid out
  const there = match.images.map(async (i) => {
    if (!i.displayable || i.missing) return;
    const small = fittedNow(i.url);
    await small?.done;
    if (small?.state.peek() === "failed") await hold(i.url).done;
  });
  await Promise.race([Promise.all(there), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
}
