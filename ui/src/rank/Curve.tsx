/** The expected share of the true top N against the picks made, with the line to reach. */
import type { JSX } from "preact";
import type { RankStatus } from "../bridge.gen";
import { count, percent } from "../kit/words";

const WIDE = 240;
const HIGH = 72;
const PAD = 4;
const AHEAD = 1.5; // of the picks made, shown empty

export function Curve({ of: f }: { of: RankStatus }): JSX.Element {
  const points = f.curve.length > 0 ? [...f.curve] : [{ picks: f.matches, share: f.share }];
  const latest = points.at(-1);
  if (latest && latest.picks < f.matches) points.push({ picks: f.matches, share: f.share });
  const goal = f.picksLeft === null ? Infinity : f.matches + f.picksLeft;
  const most = Math.max(20, ...points.map((p) => p.picks), Math.min(goal, Math.round(f.matches * AHEAD))); // near the goal it is in sight
  const x = (picks: number): number => PAD + (picks / most) * (WIDE - 2 * PAD);
  const y = (share: number): number => PAD + (1 - share) * (HIGH - 2 * PAD);
  const end = points.at(-1) ?? { picks: 0, share: 0 };
  const words = `Expected share of the true top ${count(f.top)}: ${percent(end.share)} after ${count(end.picks)} picks; the target is ${percent(f.target)}`;
  return (
    <svg class="curve" viewBox={`0 0 ${WIDE} ${HIGH}`} role="img" aria-label={words} data-testid="curve">
      <title>{words}</title>
      <line class="curve-base" x1={PAD} x2={WIDE - PAD} y1={y(0)} y2={y(0)} />
      <line class="curve-target" x1={PAD} x2={WIDE - PAD} y1={y(f.target)} y2={y(f.target)} />
      <text class="curve-word" x={PAD} y={y(f.target) + (f.target > 0.75 ? 12 : -4)}>{percent(f.target)}</text>
      <polyline class="curve-line" points={points.map((p) => `${x(p.picks).toFixed(1)},${y(p.share).toFixed(1)}`).join(" ")} />
      <circle class="curve-dot" cx={x(end.picks)} cy={y(end.share)} r={3} />
      <text class="curve-word" x={WIDE - PAD} y={y(0) - 4} text-anchor="end">{count(most)} picks</text>
    </svg>
  );
}
