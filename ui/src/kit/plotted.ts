/** Where a plot's points lie: scales, ticks, paths, and which point a pointer or a key means. */
import type { Point } from "../bridge.gen";

export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Scale {
  x: (value: number) => number;
  y: (value: number) => number;
  ticks: readonly number[]; // of the y axis, which ends at the first and the last
  ends: readonly number[]; // of the x axis: one where all points share it
}

const STEPS = 3;

/** Both ranges grow where a point lies beyond them: nothing is drawn outside its frame. */
export function scaleOf(points: readonly Point[], range: readonly [number, number], xRange: readonly [number, number] | undefined, frame: Frame): Scale {
  const marks = ticks(Math.min(range[0], ...points.map((p) => p.low ?? p.y)), Math.max(range[1], ...points.map((p) => p.high ?? p.y)), STEPS);
  const [low, high] = [marks[0] ?? 0, marks.at(-1) ?? 0];
  const xs = [...(xRange ?? []), ...points.map((p) => p.x)];
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const part = (value: number, from: number, to: number): number => (to > from ? (value - from) / (to - from) : 0.5);
  return {
    x: (value) => frame.left + part(value, first, last) * (frame.right - frame.left),
    y: (value) => frame.bottom - part(value, low, high) * (frame.bottom - frame.top),
    ticks: marks,
    ends: last > first ? [first, last] : [first],
  };
}

/** Round values, about `steps` apart from each other in number, the first at or below low and the last at or above high. */
export function ticks(low: number, high: number, steps: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / steps;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const ends = (step: number): [number, number] => [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  const wide = (step: number): number => (ends(step)[1] - ends(step)[0]) * step;
  const able = [1, 2, 2.5, 5, 10, 20].map((n) => n * unit).filter((step) => step >= rough * 0.999).slice(0, 2);
  const step = able.reduce((best, next) => (wide(next) < wide(best) - 1e-9 ? next : best));
  const [from, to] = ends(step);
  return Array.from({ length: to - from + 1 }, (_, i) => (from + i) * step);
}

const at = (x: number, y: number): string => `${x.toFixed(1)},${y.toFixed(1)}`;

export const pathOf = (points: readonly Point[], scale: Scale): string =>
  points.map((p, i) => `${i === 0 ? "M" : "L"}${at(scale.x(p.x), scale.y(p.y))}`).join("");

/** Round the points that have a band, there and back again. */
export function bandOf(points: readonly Point[], scale: Scale): string {
  const banded = points.filter((p) => p.low !== null && p.high !== null);
  if (banded.length === 0) return "";
  const wide = banded.length > 1 ? 0 : 3; // a single one is a short bar
  const up = banded.map((p) => at(scale.x(p.x) - wide, scale.y(p.high ?? p.y)));
  const down = banded.map((p) => at(scale.x(p.x) + wide, scale.y(p.low ?? p.y))).reverse();
  const [only] = banded;
  if (wide && only) return `M${at(scale.x(only.x) - wide, scale.y(only.high ?? 0))}h${2 * wide}V${scale.y(only.low ?? 0).toFixed(1)}h${-2 * wide}Z`;
  return `M${up.join("L")}L${down.join("L")}Z`;
}

/** The place of the point next to x; null where there is none. */
export function nearest(xs: readonly number[], x: number): number | null {
  let best: number | null = null;
  xs.forEach((value, i) => {
    if (best === null || Math.abs(value - x) < Math.abs((xs[best] ?? 0) - x)) best = i;
  });
  return best;
}

/** Where a key goes from a point (null: none yet); null where it means nothing. */
export function stepOf(key: string, from: number | null, total: number): number | null {
  const last = total - 1;
  if (total === 0) return null;
  if (key === "Home") return 0;
  if (key === "End") return last;
  if (key === "ArrowLeft" || key === "ArrowDown") return from === null ? last : Math.max(0, from - 1);
  if (key === "ArrowRight" || key === "ArrowUp") return from === null ? 0 : Math.min(last, from + 1);
  return null;
}
