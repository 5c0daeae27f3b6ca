/** One keeper, large, over the grid. */
import { signal } from "@preact/signals";
import { Zoom } from "../kit/zoom";

export const largeOpen = signal(false);
export const largeZoom = new Zoom();
