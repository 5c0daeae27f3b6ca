/** Points over an axis, with a band where there is one: to look at, to point at, and to walk through by arrow keys. */
import { signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { Point } from "../bridge.gen";
import { nearest, pathOf, bandOf, scaleOf, stepOf, type Frame } from "./plotted";
import { useSize, type Size } from "./size";
import "./plot.css";

interface Props {
  name: string; // for tests and the table
  title: string;
  /** What the plot says when nothing is pointed at. */
  text: string;
  points: readonly Point[];
  /** Least and most of an axis; grown where a point lies beyond. */
  range: readonly [number, number];
  xRange?: readonly [number, number];
  /** An end of the x axis, and the point that lies there, if one does. */
  formatX: (x: number, point: Point | undefined) => string;
  formatY: (y: number) => string;
  /** One point in words. */
  describe: (point: Point) => string;
  /** What is asked for, as a line; `diagonal` where y should be x. */
  target?: number | undefined;
  diagonal?: boolean;
  /** Shown in place of an empty plot: what makes it begin. */
  empty: string;
}

const LEFT = 44;
const RIGHT = 14; // room for the sign of the target
const TOP = 8;
const BOTTOM = 18;

export function Plot(props: Props): JSX.Element {
  const { points } = props;
  const box = useRef<HTMLDivElement>(null);
  const size = useMemo(() => signal<Size>({ width: 0, height: 0 }), []);
  useSize(box, size);
  const over = useSignal<number | null>(null);
  const chosen = useSignal<number | null>(null);
  const { width, height } = size.value;
  const frame: Frame = { left: LEFT, right: Math.max(LEFT + 1, width - RIGHT), top: TOP, bottom: Math.max(TOP + 1, height - BOTTOM) };
  const scale = scaleOf(points, props.range, props.xRange, frame);
  const shown = over.value ?? chosen.value;
  const point = shown === null ? undefined : points[shown];
  const key = (event: KeyboardEvent): void => {
    const to = stepOf(event.key, chosen.value, points.length);
    if (event.key === "Escape" && chosen.value !== null) chosen.value = null;
    else if (to === null) return;
    else chosen.value = to;
    event.preventDefault();
    event.stopPropagation();
  };
  const at = (event: PointerEvent): void => {
    const rect = (event.currentTarget as HTMLElement).getBoundingClientRect();
    over.value = nearest(points.map((p) => scale.x(p.x)), event.clientX - rect.left);
  };
  return (
    <figure class="plot" data-plot={props.name} data-points={points.length}>
      <figcaption>
        <strong>{props.title}</strong>
        {points.length > 0 && <span class="plot-words dim" aria-live="polite">{point ? props.describe(point) : props.text}</span>}
      </figcaption>
      {points.length === 0 ? <p class="plot-empty dim">{props.empty}</p> : (
        <div
          class="plot-box"
          ref={box}
          role="slider"
          tabIndex={0}
          aria-label={props.title}
          aria-valuemin={1}
          aria-valuemax={points.length}
          aria-valuenow={(chosen.value ?? points.length - 1) + 1}
          aria-valuetext={point ? props.describe(point) : props.text}
          onKeyDown={key}
          onBlur={() => (chosen.value = null)}
          onPointerMove={at}
          onPointerLeave={() => (over.value = null)}
        >
          {width > 0 && (
            <svg width={width} height={height} aria-hidden="true">
              {scale.ticks.map((y) => (
                <g key={y} class="plot-tick">
                  <line x1={frame.left} x2={frame.right} y1={scale.y(y)} y2={scale.y(y)} />
                  <text x={frame.left - 6} y={scale.y(y) + 4} text-anchor="end">{props.formatY(y)}</text>
                </g>
              ))}
              {scale.ends.map((x, i) => (
                <text key={i} class="plot-end" x={scale.x(x)} y={height - 4} text-anchor={scale.ends.length === 1 ? "middle" : i === 0 ? "start" : "end"}>{props.formatX(x, points.find((p) => p.x === x))}</text>
              ))}
              {props.diagonal && <line class="plot-target" x1={scale.x(scale.ends[0] ?? 0)} y1={scale.y(scale.ends[0] ?? 0)} x2={scale.x(scale.ends.at(-1) ?? 1)} y2={scale.y(scale.ends.at(-1) ?? 1)} />}
              {props.target !== undefined && <Target frame={frame} y={scale.y(props.target)} />}
              <path class="plot-band" d={bandOf(points, scale)} />
              <path class="plot-halo" d={pathOf(points, scale)} />
              <path class="plot-line" d={pathOf(points, scale)} />
              {points.map((p, i) => <circle key={i} data-point={i} data-on={i === shown} cx={scale.x(p.x)} cy={scale.y(p.y)} r={i === shown ? 5 : points.length > 60 ? 1.5 : 3} />)}
            </svg>
          )}
        </div>
      )}
    </figure>
  );
}

/** Dashes, and a sign at the end of them: it is seen where a line lies on the dashes too. */
function Target({ frame, y }: { frame: Frame; y: number }): JSX.Element {
  return (
    <>
      <line class="plot-target" x1={frame.left} x2={frame.right} y1={y} y2={y} />
      <path class="plot-sign" d={`M${frame.right + 5} ${y}l7 -4v8Z`} />
    </>
  );
}
