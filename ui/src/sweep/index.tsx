/** Sweep: every keeper once more, at thumbnail size. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { KeeperView } from "../bridge.gen";
import { CommandButton } from "../kit/CommandButton";
import { Cropped } from "../kit/Cropped";
import { Empty } from "../kit/Empty";
import { Icon } from "../kit/Icon";
import { hold, holdOnly } from "../kit/images";
import { VirtualGrid } from "../kit/VirtualGrid";
import { count, Name, some, stageName, visible } from "../kit/words";
import { runCommand } from "../commands";
import { status } from "../state";
import { goTo, shape } from "./commands";
import { Large } from "./Large";
import { largeOpen } from "./enlarged";
import { at, cellSize, keeper, keeperAt, loaded, need, out, total } from "./state";
import "./style.css";

export function Sweep(): JSX.Element {
  useEffect(() => {
    const k = keeper.value;
    const rest = setTimeout(() => {
      if (!k || k.missing || largeOpen.peek()) return;
      holdOnly(new Set([k.url]));
      hold(k.url);
    }, 200); // so that Enter shows it at once
    return () => clearTimeout(rest);
  }, [keeper.value?.id]);
  if (loaded.value && total.value === 0) {
    const s = status.value;
    return s && s.groups > 0 ? (
      <Empty title="No keepers yet" text="Every group waits for a decision, or everything was rejected." command="screen.cull" />
    ) : (
      <Empty title="No keepers yet" text="Add a folder of images; the best of each group of look-alikes comes here." command="source.add" />
    );
  }
  if (!status.value) return <Empty title="No library is open" text="Add a folder of images to make one." command="source.add" />;
  const size = cellSize.value;
  return (
    <section class="sweep" data-image={keeper.value?.id} data-group={keeper.value?.groupId}>
      <Head />
      <div class="sweep-body">
        <VirtualGrid
          total={total.value}
          cellWidth={size}
          cellHeight={size + 28}
          at={at.value}
          label="Keepers"
          onRange={need}
          onShape={(columns, rows) => Object.assign(shape, { columns, rows })}
        >
          {(i) => <Tile key={i} index={i} keeper={keeperAt(i)} on={i === at.value} />}
        </VirtualGrid>
        {largeOpen.value && <Large />}
      </div>
    </section>
  );
}

function Head(): JSX.Element {
  const k = keeper.value;
  const gone = [...out.value.values()].filter((o) => o === "thrown").length;
  return (
    <header class="cull-head">
      <div class="cull-title">
        <strong>{some(total.value - gone, "keeper")}</strong>
        {gone > 0 && <span class="dim">{count(gone)} thrown out</span>}
        {k && <span class="dim ellipsis">{visible(k.reason)}</span>}
      </div>
      <span class="dim">{count(Math.min(at.value + 1, total.value))} of {count(total.value)}</span>
      <CommandButton command="export.keepers">Export</CommandButton>
    </header>
  );
}

function Tile({ index, keeper: k, on }: { index: number; keeper: KeeperView | null; on: boolean }): JSX.Element {
  if (!k) return <div class="tile waiting" role="gridcell" data-index={index} data-focused={on}><div class="tile-picture" /></div>;
  const gone = out.value.get(k.id);
  return (
    <div
      class="tile"
      role="gridcell"
      aria-selected={on}
      aria-label={`${visible(k.filename)}, ${stageName(k.stage)}, kept by ${k.by}${gone ? `, ${gone === "thrown" ? "thrown out" : "reopened"}` : ""}${k.cropped ? ", cropped" : ""}`}
      data-index={index}
      data-image={k.id}
      data-group={k.groupId}
      data-focused={on}
      data-verdict={gone === "thrown" ? "reject" : ""}
      title={visible(k.filename)}
      onClick={() => goTo(index)}
      onDblClick={() => { goTo(index); runCommand("sweep.large"); }}
    >
      <div class="tile-picture">
        {k.thumbUrl && !k.missing ? <img src={k.thumbUrl} alt="" draggable={false} decoding="async" /> : <span class="dim tile-none"><Icon name="gone" /> {k.missing ? "file is missing" : "no preview"}</span>}
        <Cropped image={k} />
        {gone && <strong class="tile-gone">{gone === "thrown" ? "Thrown out" : "Reopened"}</strong>}
      </div>
      <div class="tile-line">
        <Name text={k.filename} tail={10} />
        <span class="tile-facts dim">
          {k.flagged && <Icon name="flag" solid />}
          {k.stage !== null && <span title={stageName(k.stage)}>s{+k.stage.toFixed(2)}</span>}
          {k.groupSize > 1 && <span title={some(k.groupSize, "image in its group", "images in its group")}>1/{k.groupSize}</span>}
          {k.by === "you" && <span class="by-you" title="Kept by you"><Icon name="check" /></span>}
        </span>
      </div>
    </div>
  );
}
