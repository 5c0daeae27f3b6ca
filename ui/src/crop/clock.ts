/**
 * How long a decision took and how much had to be done for it.
 *
 * Time runs from the first paint of the picture to the decision. Between two inputs (a key, the pointer moving or pressed,
 * the wheel) at most ten seconds count: who sits still for longer was away. Time spent before skipping a picture is added
 * to what it takes when it comes back. An action is a key or a click that chooses, moves or sizes a box or marks a reason,
 * or a whole drag; a key held down is one, the key that decides is none.
 */
const IDLE = 10_000; // ms

interface Meter {
  ms: number;
  actions: number;
}

const meters = new Map<string, Meter>();
let running: { id: string; last: number } | null = null;
let held = false; // the key being handled is one held down

function meterOf(id: string): Meter {
  let meter = meters.get(id);
  if (!meter) meters.set(id, (meter = { ms: 0, actions: 0 }));
  return meter;
}

/** Its picture was painted just now. */
export function start(id: string): void {
  if (running?.id === id) return;
  pause();
  running = { id, last: performance.now() };
}

function touch(at: number): void {
  if (!running) return;
  meterOf(running.id).ms += Math.min(IDLE, Math.max(0, at - running.last));
  running.last = Math.max(at, running.last);
}

/** It is out of sight. */
export function pause(): void {
  touch(performance.now());
  running = null;
}

export function acted(id: string): void {
  if (!held) meterOf(id).actions += 1;
}

/** Decided: what it took. The next decision on the same picture begins anew. */
export function take(id: string): { timeMs: number; actions: number } {
  if (running?.id === id) pause();
  const { ms, actions } = meterOf(id);
  meters.delete(id);
  return { timeMs: Math.round(ms), actions };
}

export function watchInputs(): void {
  const input = (event: Event): void => touch(event.timeStamp);
  for (const name of ["pointermove", "pointerdown", "pointerup", "wheel"]) window.addEventListener(name, input, { capture: true, passive: true });
  window.addEventListener("keydown", (event) => {
    held = event.repeat;
    touch(event.timeStamp);
  }, { capture: true });
  window.addEventListener("pointerdown", () => (held = false), { capture: true });
}
