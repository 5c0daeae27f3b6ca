/** How long a key press takes to reach the eye: read by the benchmarks through `window.pickwise.metrics`. */
const MOST = 1000;
const UNSEEN = 250; // ms: a window that is covered draws no frames

/** Milliseconds from a key press to the frame that held the first image it brought up, and to the one that held all. */
export interface Press {
  first: number;
  all: number | null; // the next key came first
}

const presses: Press[] = [];
let pressed: number | null = null;

export const metrics: readonly Press[] = presses;

/** A key went down; `at` is the event's own time. */
export function keyPressed(at: number): void {
  pressed = at;
}

window.addEventListener("pointerdown", () => (pressed = null), { capture: true }); // what follows is the mouse's doing

/**
 * Wait for the images of what is now shown, and for the frames that paint them; note the time since the key. The time is
 * taken where the frame after begins, which is once the window's engine has taken over the one before. A press is left
 * out only when none of its images was painted before the next press.
 */
export function notePainted(images: Promise<unknown>[], stillShown: () => boolean): void {
  const since = pressed;
  pressed = null;
  if (since === null) return;
  let noted: Press | null = null;
  void framed(Promise.race(images), stillShown).then((at) => {
    if (at !== null) presses.push((noted = { first: at - since, all: null }));
    if (presses.length > MOST) presses.shift();
  });
  void framed(Promise.all(images), stillShown).then((at) => {
    if (at !== null && noted) noted.all = at - since;
  });
}

/** When the frame after the one that holds these images began; null when they were not shown any more. */
async function framed(images: Promise<unknown>, stillShown: () => boolean): Promise<number | null> {
  await images;
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      if (!stillShown()) return resolve(null);
      requestAnimationFrame(() => resolve(performance.now()));
    });
  });
}

/** Resolves once what was last changed has been painted, so that other work does not hold it up. */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
    setTimeout(resolve, UNSEEN);
  });
}
