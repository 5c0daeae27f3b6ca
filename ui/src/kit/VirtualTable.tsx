/** A table of any length: sortable columns, equal rows, and only those in and around the window exist. */
import { useComputed } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { drawn, toElement, type Scroller } from "./scroller";
import "./table.css";

export interface TableColumn {
  id: string;
  label: string;
  /** What the column holds, in a sentence. */
  help: string;
  width: string; // a track of the CSS grid
  figures?: boolean; // set to the right
  sorts: boolean;
}

interface Props {
  scroller: Scroller;
  columns: readonly TableColumn[];
  sort: { by: string; descending: boolean };
  onSort: (column: string) => void;
  rowRem: number; // height of a row in rem, so that it follows the system's text size
  at: number; // the row the keyboard is on
  label: string;
  busy: boolean;
  children: (index: number) => ComponentChildren;
  /** Told which rows exist, so that their values can be fetched. */
  onRange: (first: number, last: number) => void;
}

export const rowId = (index: number): string => `row-${index}`;

export function VirtualTable(props: Props): JSX.Element {
  const { scroller, columns, sort, rowRem } = props;
  const box = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const at = useRef(props.at);
  at.current = props.at;
  const [first, last] = [scroller.first.value, scroller.last.value];
  const tracks = columns.map((c) => c.width).join(" ");
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const measure = (): void => {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      scroller.resize(Math.max(0, element.clientHeight - (head.current?.offsetHeight ?? 0)), Math.round(rowRem * rem), at.current);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  useLayoutEffect(() => {
    const y = toElement(scroller.top.peek(), scroller.extent());
    if (box.current && Math.abs(box.current.scrollTop - y) > 0.5) box.current.scrollTop = y;
  }, [scroller.asked.value, scroller.whole.value, scroller.view.value]);
  useLayoutEffect(() => {
    if (last > first) props.onRange(first, last);
  }, [first, last]);
  const rows: ComponentChildren[] = [];
  if (scroller.view.value > 0) for (let i = first; i < last; i++) rows.push(props.children(i));
  return (
    <div
      class="table"
      ref={box}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={scroller.rows.value + 1}
      aria-colcount={columns.length}
      aria-activedescendant={last > first ? rowId(props.at) : undefined}
      aria-busy={props.busy}
      style={{ "--tracks": tracks, "--row": `${scroller.rowHeight.value}px` }}
      onScroll={(e) => scroller.scrolled(e.currentTarget.scrollTop)}
    >
      <div class="table-head" ref={head} role="row" aria-rowindex={1}>
        {columns.map((c) => <Heading key={c.id} column={c} order={c.id !== sort.by ? null : sort.descending ? "descending" : "ascending"} onSort={props.onSort} />)}
      </div>
      <div class="table-body" role="presentation" style={{ height: `${drawn(scroller.whole.value)}px` }}>
        <Shifted scroller={scroller}>{rows}</Shifted>
      </div>
    </div>
  );
}

/** Rows lie at their place in the list; where the element is shorter than the list, all of them are moved to meet the eye. */
function Shifted({ scroller, children }: { scroller: Scroller; children: ComponentChildren }): JSX.Element {
  const by = useComputed(() => {
    if (scroller.whole.value === drawn(scroller.whole.value)) return 0;
    return toElement(scroller.top.value, { whole: scroller.whole.value, view: scroller.view.value }) - scroller.top.value;
  });
  return <div role="rowgroup" style={by.value ? { transform: `translateY(${by.value}px)` } : undefined}>{children}</div>;
}

function Heading({ column, order, onSort }: { column: TableColumn; order: "ascending" | "descending" | null; onSort: (column: string) => void }): JSX.Element {
  const side = column.figures ? "table-heading figures" : "table-heading";
  if (!column.sorts) return <div class={side} role="columnheader" title={column.help}><span class="hidden-text">{column.label}</span></div>;
  return (
    <div class={side} role="columnheader" aria-sort={order ?? "none"} data-column={column.id} title={column.help}>
      <button class="plain" onClick={() => onSort(column.id)}>
        {column.label}
        <svg class="table-arrow" viewBox="0 0 8 8" aria-hidden="true" data-order={order ?? "none"}><path d={order === "descending" ? "M1 2h6L4 7z" : "M1 6h6L4 1z"} /></svg>
      </button>
    </div>
  );
}
