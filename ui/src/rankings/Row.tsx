/** One row of the table: figures where they were read, quiet places where they are still on their way. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { runCommand } from "../commands";
import { Cropped } from "../kit/Cropped";
import { Icon } from "../kit/Icon";
import { rowId } from "../kit/VirtualTable";
import { count, Name, visible } from "../kit/words";
import type { RankingRow } from "../bridge.gen";
import { figure, share, signed, when } from "./cells";
import { stand } from "./commands";
import { rowAt } from "./pages";
import { query } from "./query";
import { at, scroller, standing } from "./state";

interface Props {
  index: number;
  wide: boolean;
}

export function Row({ index, wide }: Props): JSX.Element {
  const r = rowAt(index);
  const on = index === at.value;
  return (
    <div
      class="table-row ranking"
      role="row"
      id={rowId(index)}
      aria-rowindex={index + 2}
      aria-selected={on}
      data-index={index}
      data-image={r?.id}
      data-focused={on}
      data-waiting={r === null}
      data-out={r ? !r.inField : false}
      style={{ transform: `translateY(${index * scroller.rowHeight.value}px)` }}
      onClick={() => stand(index)}
      onDblClick={() => { stand(index); runCommand("rankings.large"); }}
    >
      {r ? <Cells r={r} wide={wide} /> : <span class="table-cell figures dim" role="gridcell">…</span>}
      {r && endsTop(index, r) && <span class="ranking-cut" data-testid="cut"><i>top {count(standing.value?.top ?? 0)}</i></span>}
    </div>
  );
}

/** Below this row the top ends (or begins, the other way round); seen only where the order is by rank. */
function endsTop(index: number, r: RankingRow): boolean {
  const top = standing.value?.top;
  const { sort, descending } = query.value;
  const below = rowAt(index + 1);
  if (sort !== "rank" || top === undefined || below === null) return false;
  return descending ? r.rank > top && below.rank <= top : r.rank <= top && below.rank > top;
}

function Cells({ r, wide }: { r: RankingRow; wide: boolean }): JSX.Element {
  const seen = r.comparisons > 0;
  const figures = seen ? "table-cell figures" : "table-cell figures dim";
  return (
    <>
      <span class="table-cell figures rank" role="gridcell" title={r.inField ? undefined : "Not asked about: rejected, or not the keeper of its group"}>{count(r.rank)}</span>
      <span class="table-cell ranking-picture" role="gridcell"><Thumb r={r} /></span>
      <span class="table-cell file" role="gridcell">
        <span class="file-line"><Name text={r.filename} /><Cropped image={r} />{r.flagged && <span class="mark" role="img" aria-label="Flagged" title="Flagged"><Icon name="flag" solid /></span>}{r.missing && <span class="dim mark" title="The file is missing"><Icon name="gone" /> missing</span>}</span>
        {!wide && <Folder text={r.folder} />}
      </span>
      {wide && <span class="table-cell" role="gridcell"><Folder text={r.folder} /></span>}
      <span class="table-cell figures" role="gridcell">{r.stage === null ? <span class="dim">–</span> : +r.stage.toFixed(2)}</span>
      <span class={`${figures} strength`} role="gridcell">{signed(r.strength)}</span>
      <span class={figures} role="gridcell">{figure(r.mu)}</span>
      <span class={figures} role="gridcell">{figure(r.sigma)}</span>
      <span class={figures} role="gridcell">{figure(r.score)}</span>
      <span class={figures} role="gridcell">{count(r.comparisons)}</span>
      <span class={figures} role="gridcell">{r.inField ? share(r.chance) : "–"}</span>
      <span class="table-cell figures dim" role="gridcell">{when(r.lastComparedAt) || "never"}</span>
      {wide && <span class="table-cell figures dim" role="gridcell">{when(r.addedAt)}</span>}
    </>
  );
}

/** A folder on one line; what is cut off is its beginning, which many share. */
const Folder = ({ text }: { text: string }): JSX.Element => <span class="folder dim" title={visible(text)}><bdi dir="ltr">{visible(text)}</bdi></span>;

function Thumb({ r }: { r: RankingRow }): JSX.Element {
  const broken = useSignal("");
  if (r.thumbUrl && !r.missing && r.thumbUrl !== broken.value) return <img src={r.thumbUrl} alt="" draggable={false} decoding="async" onError={() => void (broken.value = r.thumbUrl)} />;
  return <span class="dim none" title={r.missing ? "The file is missing" : "No preview"}><Icon name="gone" /></span>;
}
