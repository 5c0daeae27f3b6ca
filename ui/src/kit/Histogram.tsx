/** How often which value occurs: bars to look at, to click, and to walk through by arrow keys. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import "./histogram.css";

interface Props {
  edges: readonly number[]; // one more than there are counts, rising
  counts: readonly number[];
  /** Where something ends, drawn as a line with its name. */
  cut: number | null;
  cutLabel: string;
  /** The value the keyboard is on elsewhere. */
  mark: number | null;
  label: string;
  /** One bar in words. */
  describe: (from: number, to: number, count: number) => string;
  format: (value: number) => string;
  onPick: (bar: number) => void;
}

/** The bar that holds a value; the last one holds its upper edge too. */
export function barOf(edges: readonly number[], value: number): number {
  let bar = 0;
  while (bar < edges.length - 2 && value >= (edges[bar + 1] ?? Infinity)) bar++;
  return bar;
}

/** Bars as parts of the height: a single image among thousands is still seen. */
export const heights = (counts: readonly number[]): number[] => {
  const most = Math.max(1, ...counts);
  return counts.map((n) => (n === 0 ? 0 : Math.max(0.035, n / most)));
};

export function Histogram(props: Props): JSX.Element {
  const { edges, counts } = props;
  const over = useSignal<number | null>(null);
  const chosen = useSignal<number | null>(null);
  const [low, high] = [edges[0] ?? 0, edges.at(-1) ?? 1];
  const place = (value: number): number => (high > low ? Math.min(100, Math.max(0, (100 * (value - low)) / (high - low))) : 50);
  const start = chosen.value ?? barOf(edges, props.mark ?? props.cut ?? high);
  const words = (bar: number): string => props.describe(edges[bar] ?? 0, edges[bar + 1] ?? 0, counts[bar] ?? 0);
  const pick = (bar: number): void => {
    chosen.value = bar;
    props.onPick(bar);
  };
  const key = (event: KeyboardEvent): void => {
    const to = next(event.key, start, counts);
    if (event.key === "Escape") (event.currentTarget as HTMLElement).blur();
    else if (to === null) return;
    else pick(to);
    event.preventDefault();
    event.stopPropagation();
  };
  const barAt = (event: { clientX: number; currentTarget: Element }): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return barOf(edges, low + ((event.clientX - box.left) / box.width) * (high - low));
  };
  const shown = over.value ?? chosen.value;
  return (
    <div class="histogram">
      <p class="histogram-words">
        <span class="dim ellipsis">{shown === null ? props.label : words(shown)}</span>
      </p>
      <div
        class="histogram-plot"
        role="slider"
        tabIndex={0}
        aria-label={props.label}
        aria-valuemin={0}
        aria-valuemax={counts.length - 1}
        aria-valuenow={start}
        aria-valuetext={words(start)}
        data-testid="histogram"
        onKeyDown={key}
        onBlur={() => (chosen.value = null)}
        onPointerMove={(e) => (over.value = barAt(e))}
        onPointerLeave={() => (over.value = null)}
        onClick={(e) => props.onPick(barAt(e))}
      >
        <svg width="100%" height="100%" aria-hidden="true" preserveAspectRatio="none">
          {heights(counts).map((h, i) => {
            const x = place(edges[i] ?? 0);
            const width = place(edges[i + 1] ?? 0) - x;
            const beyond = props.cut !== null && (edges[i + 1] ?? 0) > props.cut;
            return <rect key={i} class={beyond ? "beyond" : ""} data-bar={i} data-on={i === shown} x={`${x}%`} width={`${width}%`} y={`${100 * (1 - h)}%`} height={`${100 * h}%`} />;
          })}
        </svg>
        {props.cut !== null && (
          <span class={place(props.cut) > 60 ? "histogram-cut before" : "histogram-cut"} style={{ left: `${place(props.cut)}%` }}><i>{props.cutLabel}</i></span>
        )}
        {props.mark !== null && <span class="histogram-mark" style={{ left: `${place(props.mark)}%` }} />}
      </div>
      <p class="histogram-scale dim" aria-hidden="true">
        <span>{props.format(low)}</span>
        <span>{props.format(high)}</span>
      </p>
    </div>
  );
}

/** The bar a key goes to; empty ones are stepped over. */
function next(key: string, from: number, counts: readonly number[]): number | null {
  const filled = counts.flatMap((n, i) => (n > 0 ? [i] : []));
  const right = filled.find((i) => i > from);
  const left = filled.findLast((i) => i < from);
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return right ?? filled.at(-1) ?? null;
    case "ArrowLeft":
    case "ArrowDown":
      return left ?? filled[0] ?? null;
    case "Home":
      return filled[0] ?? null;
    case "End":
      return filled.at(-1) ?? null;
    case "Enter":
      return from;
    default:
      return null;
  }
}
