/** Full-size images, decoded before they are shown. Each stays one element, so its decoded pixels are used again. */
import { signal, type Signal } from "@preact/signals";

export type Decoded = "waiting" | "ready" | "failed";

export interface Held {
  element: HTMLImageElement;
  state: Signal<Decoded>;
  done: Promise<void>;
}

const held = new Map<string, Held>();

/** The element of this address; starts loading and decoding it the first time. */
export function hold(url: string): Held {
  const known = held.get(url);
  if (known) return known;
  const element = new Image();
  element.decoding = "sync"; // it enters the page only once decoded, so painting never waits and never flashes
  element.draggable = false;
  element.alt = "";
  element.src = url;
  const state = signal<Decoded>("waiting");
  const done = element.decode().then(
    () => void (state.value = "ready"),
    () => void (state.value = element.complete && element.naturalWidth > 0 ? "ready" : "failed"),
  );
  const entry = { element, state, done };
  held.set(url, entry);
  return entry;
}

/** Let go of every image but these. */
export function holdOnly(urls: ReadonlySet<string>): void {
  for (const [url, entry] of held) {
    if (urls.has(url)) continue;
    held.delete(url);
    entry.element.src = "";
  }
}
