/** What was seen in the images: whether it is drawn over them, and what the engine told of each. Nothing is asked while off. */
import { signal, type Signal } from "@preact/signals";
import { call } from "../bridge";
import type { Seen } from "../bridge.gen";

export type Told = Seen | "waiting" | "failed";
type Point = [number, number];

const MOST = 200; // images remembered

export const seenOn = signal(false);
const round = signal(0); // counts up when everything is to be asked anew
const told = new Map<number, Signal<Told>>();

export function toggleSeen(): void {
  if (!seenOn.peek()) forgetSeen();
  seenOn.value = !seenOn.peek();
}

/** A job has ended: what it saw is to be asked for. */
export function forgetSeen(): void {
  told.clear();
  round.value += 1;
}

/** What is known of an image; asks the engine the first time. */
export function seenIn(image: number): Signal<Told> {
  void round.value; // whoever draws it draws again when it is forgotten
  const known = told.get(image);
  if (known) return known;
  const entry = signal<Told>("waiting");
  told.set(image, entry);
  for (const oldest of told.keys()) {
    if (told.size <= MOST) break;
    told.delete(oldest);
  }
  call("vision.seen", { image }).then((seen) => void (entry.value = seen), () => void (entry.value = "failed"));
  return entry;
}

/** From joint to joint of a hand: five fingers, and the palm across. */
export const HAND_LINES: readonly (readonly number[])[] = [
  [0, 1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16], [0, 17, 18, 19, 20], [0, 5, 9, 13, 17],
];
const BODY_LINES: readonly (readonly [number, number])[] = [
  [11, 12], [11, 13], [13, 15], [12, 14], [14, 16], [11, 23], [12, 24], [23, 24], [23, 25], [25, 27], [24, 26], [26, 28], [27, 29], [29, 31], [28, 30], [30, 32],
];
const SURE = 0.5; // below, a point of a body is a guess

/** "M1 2L3 4": one path through these places of the points. */
export const through = (points: Point[], places: readonly number[]): string =>
  places.flatMap((p, i) => (points[p] ? [`${i ? "L" : "M"}${points[p][0]} ${points[p][1]}`] : [])).join("");

export const handPath = (points: Point[]): string => HAND_LINES.map((line) => through(points, line)).join("");

/** Only between points that were seen. */
export const bodyPath = (points: Point[], visibility: number[]): string =>
  BODY_LINES.filter((line) => line.every((p) => (visibility[p] ?? 0) >= SURE)).map((line) => through(points, line)).join("");
