/** A grid of any length: fixed cells, and only the rows in and around the window exist. */
import { signal, useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { useSize, type Size } from "./size";
import "./grid.css";

interface Props {
  total: number;
  cellWidth: number; // the least width; columns share what is left over
  cellHeight: number;
  at: number; // the cell the keyboard is on, kept in view
  label: string;
  children: (index: number) => ComponentChildren;
  /** Told which cells exist, so that their values can be fetched. */
  onRange: (first: number, last: number) => void;
  /** Told the columns and whole rows in view, for moving by keys. */
  onShape: (columns: number, rows: number) => void;
}

export interface Span {
  columns: number;
  first: number; // row
  last: number; // row, exclusive
  rows: number;
}

/** Which rows to draw: those in view and one window more on each side, so that scrolling never meets a blank. */
export function span(total: number, size: Size, top: number, cellWidth: number, cellHeight: number): Span {
  const columns = Math.max(1, Math.floor(size.width / cellWidth));
  const rows = Math.ceil(total / columns);
  const spare = Math.max(2, Math.ceil(size.height / cellHeight));
  const first = Math.max(0, Math.floor(top / cellHeight) - spare);
  const last = Math.min(rows, Math.ceil((top + size.height) / cellHeight) + spare);
  return { columns, rows, first, last };
}

export function VirtualGrid(props: Props): JSX.Element {
  const { total, cellWidth, cellHeight, at } = props;
  const box = useRef<HTMLDivElement>(null);
  const size = useMemo(() => signal<Size>({ width: 0, height: 0 }), []);
  const top = useSignal(0);
  useSize(box, size);
  const { columns, rows, first, last } = span(total, size.value, top.value, cellWidth, cellHeight);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || size.value.height === 0) return;
    const row = Math.floor(at / columns) * cellHeight;
    const seen = element.scrollTop;
    if (row < seen) element.scrollTop = row;
    else if (row + cellHeight > seen + size.value.height) element.scrollTop = row + cellHeight - size.value.height;
    top.value = element.scrollTop;
  }, [at, columns, cellHeight, size.value.height, total]);
  useLayoutEffect(() => {
    if (size.value.width === 0) return;
    props.onShape(columns, Math.max(1, Math.floor(size.value.height / cellHeight)));
    if (total > 0) props.onRange(first * columns, Math.min(total, last * columns));
  }, [columns, first, last, total, size.value.width, size.value.height, cellHeight]);
  const lines: JSX.Element[] = [];
  for (let row = first; row < last && size.value.width > 0; row++) {
    const cells: ComponentChildren[] = [];
    for (let i = row * columns; i < Math.min(total, (row + 1) * columns); i++) cells.push(props.children(i));
    lines.push(
      <div key={row} class="grid-row" role="row" aria-rowindex={row + 1} style={{ transform: `translateY(${row * cellHeight}px)`, height: `${cellHeight}px`, gridTemplateColumns: `repeat(${columns}, 1fr)` }}>
        {cells}
      </div>,
    );
  }
  return (
    <div class="grid" ref={box} role="grid" aria-label={props.label} aria-rowcount={rows} onScroll={(e) => void (top.value = e.currentTarget.scrollTop)}>
      <div style={{ height: `${rows * cellHeight}px` }}>{lines}</div>
    </div>
  );
}
