/** All that waits at thumbnail size; what was answered stays in its place, marked. */
import type { JSX } from "preact";
import { wordsOf } from "../cull/tags";
import { Icon } from "../kit/Icon";
import { VirtualGrid } from "../kit/VirtualGrid";
import { capital, visible } from "../kit/words";
import { runCommand } from "../commands";
import { shape } from "./commands";
import { list, readOn, saidOf, type Doubt } from "./list";
import { show } from "./place";

const CELL = 192;

export function Grid(): JSX.Element {
  const { items, index } = list.value;
  const total = items.value.length;
  return (
    <div class="check-grid">
      <VirtualGrid
        total={total}
        cellWidth={CELL}
        cellHeight={CELL + 28}
        at={Math.min(index.value, Math.max(0, total - 1))}
        label="Images that wait"
        onRange={(_, last) => void readOn(last)}
        onShape={(columns, rows) => Object.assign(shape, { columns, rows })}
      >
        {(i) => <Tile key={i} index={i} doubt={items.value[i]} on={i === index.value} />}
      </VirtualGrid>
    </div>
  );
}

function Tile({ index, doubt, on }: { index: number; doubt: Doubt | undefined; on: boolean }): JSX.Element | null {
  if (!doubt) return null;
  const said = saidOf(doubt);
  return (
    <div
      class="tile"
      role="gridcell"
      aria-selected={on}
      aria-label={`${capital(wordsOf(doubt.tag))}, ${visible(doubt.filename)}${said ? `, you said ${said}` : ""}`}
      data-index={index}
      data-image={doubt.image}
      data-focused={on}
      data-said={said ?? ""}
      title={visible(doubt.text)}
      onClick={() => show(index)}
      onDblClick={() => { show(index); runCommand("check.grid"); }}
    >
      <div class="tile-picture">
        {doubt.thumbUrl && !doubt.missing ? <img src={doubt.thumbUrl} alt="" draggable={false} decoding="async" /> : <span class="dim tile-none"><Icon name="gone" /> {doubt.missing ? "file is missing" : "no preview"}</span>}
        {said && <strong class="check-tile-said">{said === "yes" ? "Yes" : "No"}</strong>}
      </div>
      <div class="tile-line">
        <span class="ellipsis">{capital(wordsOf(doubt.tag))}</span>
        <span class="dim">{doubt.score.toFixed(2)}</span>
      </div>
    </div>
  );
}
