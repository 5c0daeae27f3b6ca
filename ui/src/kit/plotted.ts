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
  low: number;
  high: number;
  ends: readonly number[]; // of the x axis: one where all points share it
}

export function scaleOf(points: readonly Point[], range: readonly [number, number], xRange: readonly [number, number] | undefined, frame: Frame): Scale {
  const low = Math.min(range[0], ...points.map((p) => p.low ?? p.y));
  const high = Math.max(range[1], ...points.map((p) => p.high ?? p.y));
  const [first, last] = xRange ?? [Math.min(...points.map((p) => p.x)), Math.max(...points.map((p) => p.x))];
  const part = (value: number, from: number, to: number): number => (to > from ? (value - from) / (to - from) : 0.5);
  return {
    x: (value) => frame.left + part(value, first, last) * (frame.right - frame.left),
    y: (value) => frame.bottom - part(value, low, high) * (frame.bottom - frame.top),
    low,
    high,
    ends: last > first ? [first, last] : [first],
  };
}

/** Round values from low to high, about `steps` apart from each other in number. */
export function ticks(low: number, high: number, steps: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / steps;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((n) => n * unit >= rough * 0.999) ?? 10) * unit;
  const found: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) found.push(i * step);
  return found;
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
