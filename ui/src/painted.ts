/** How long a key press takes to reach the eye: read by the benchmarks through `window.pickwise.metrics`. */
const MOST = 1000;
const times: number[] = [];
let pressed: number | null = null;

export const metrics: readonly number[] = times;

/** A key went down; `at` is the event's own time. */
export function keyPressed(at: number): void {
  pressed = at;
}

/** Wait for the images of what is now shown, and for the frame that paints them; note the time since the key. */
export async function notePainted(images: Promise<unknown>[], stillShown: () => boolean): Promise<void> {
  const since = pressed;
  pressed = null;
  if (since === null) return;
  await Promise.all(images);
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (!stillShown()) return;
      times.push(performance.now() - since);
      if (times.length > MOST) times.shift();
    }),
  );
}
