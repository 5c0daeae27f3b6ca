/** Rankings: every image in the order the picks gave it. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { Column } from "../bridge.gen";
import { Empty } from "../kit/Empty";
import { hold, holdOnly } from "../kit/images";
import { useSize } from "../kit/size";
import { VirtualTable, type TableColumn } from "../kit/VirtualTable";
import { status } from "../state";
import { sortBy } from "./commands";
import { Filters, Head, Strengths } from "./Head";
import { judges } from "./judge";
import { Large } from "./Large";
import { largeOpen } from "./enlarged";
import { need, total } from "./pages";
import { query, SORTS } from "./query";
import { Row } from "./Row";
import { at, busy, loaded, row, scroller, standing } from "./state";
import "./style.css";

const WIDE = 100; // rem from which folder and time of arrival have columns of their own
const ROW = 3.5; // rem

const column = (id: Column, width: string, figures = true): TableColumn => ({ id, label: SORTS[id].label, help: SORTS[id].help, width, figures, sorts: true });
const PICTURE: TableColumn = { id: "picture", label: "Picture", help: "", width: "4rem", sorts: false };

const columnsOf = (wide: boolean): TableColumn[] => [
  column("rank", "5rem"),
  PICTURE,
  column("filename", "minmax(9rem, 3fr)", false),
  ...(wide ? [column("folder", "minmax(9rem, 2fr)", false)] : []),
  column("stage", "4rem"),
  column("strength", "5.25rem"),
  column("mu", "3.75rem"),
  column("sigma", "3.75rem"),
  column("score", "4.25rem"),
  column("comparisons", "4.25rem"),
  column("chance", "4.75rem"),
  column("last_compared_at", "9rem"),
  ...(wide ? [column("added_at", "9rem")] : []),
];
const NARROW_COLUMNS = columnsOf(false);
const WIDE_COLUMNS = columnsOf(true);

export function Rankings(): JSX.Element {
  const s = status.value;
  if (!s) return <Empty title="No library is open" text="Add a folder of images to make one." command="source.add" />;
  if (s.images === 0) return <Empty title="Nothing to rank yet" text="Add a folder of images; then compare them, a few at a time." command="source.add" />;
  if (standing.value?.matches === 0) return <Uncompared />;
  return <Table />;
}

/** Another judge may have picked, so the choice of whose rankings stays. */
function Uncompared(): JSX.Element {
  return (
    <section class="rankings">
      {judges.value.length > 1 && <div class="rankings-top"><Head /></div>}
      <Empty title="Nothing was compared yet" text="Choose the best of a few images at a time; the order of all of them comes here." command="screen.rank" />
    </section>
  );
}

function Table(): JSX.Element {
  const body = useRef<HTMLDivElement>(null);
  const size = useSignal({ width: 0, height: 0 });
  useSize(body, size);
  const r = row.value;
  useEffect(() => {
    const rest = setTimeout(() => {
      if (!r || r.missing || !r.displayable || largeOpen.peek()) return;
      holdOnly(new Set([r.url]));
      hold(r.url);
    }, 200); // so that Enter shows it at once
    return () => clearTimeout(rest);
  }, [r?.id]);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const wide = size.value.width >= WIDE * rem;
  const { sort, descending } = query.value;
  return (
    <section class="rankings" data-image={r?.id} data-loaded={loaded.value && !busy.value}>
      <div class="rankings-top">
        <Head />
        <Filters />
        <Strengths />
      </div>
      <div class="rankings-body" ref={body}>
        {loaded.value && total.value === 0 ? (
          <Empty title="No image passes the filter" text="Look for less, or show all images again." command="rankings.clear" />
        ) : (
          size.value.width > 0 && (
            <VirtualTable
              scroller={scroller}
              columns={wide ? WIDE_COLUMNS : NARROW_COLUMNS}
              sort={{ by: sort, descending }}
              onSort={(id) => sortBy(id as Column)}
              rowRem={ROW}
              at={at.value}
              label="Rankings"
              busy={busy.value}
              onRange={need}
            >
              {(i) => <Row key={i} index={i} wide={wide} />}
            </VirtualTable>
          )
        )}
      </div>
      {largeOpen.value && <Large />}
    </section>
  );
}
