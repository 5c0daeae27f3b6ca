/** One image of the table, large, over it. */
import { signal } from "@preact/signals";
import { Zoom } from "../kit/zoom";

export const largeOpen = signal(false);
export const largeZoom = new Zoom();
