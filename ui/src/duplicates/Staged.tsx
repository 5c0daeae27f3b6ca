/** Batches that were set aside, newest first: put back, or sent to the system's Trash. */
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { signal } from "@preact/signals";
import type { BatchView } from "../bridge.gen";
import { CommandButton } from "../kit/CommandButton";
import { Empty } from "../kit/Empty";
import { useSize } from "../kit/size";
import { VirtualGrid } from "../kit/VirtualGrid";
import { bytes, some, visible } from "../kit/words";
import { when } from "../rankings/cells";
import { batch, batchAt, holds, staged } from "./batches";

const ROW = 76;
const size = signal({ width: 0, height: 0 });
const STATE_WORDS: Record<BatchView["state"], string> = { staged: "", restored: "put back", approved: "in the system's Trash", mixed: "in part" };

export function Staged(): JSX.Element {
  const list = staged.value?.items;
  if (!list) return <div class="copies-body" />;
  if (list.length === 0) return <Empty title="Nothing is set aside" text="What goes of a group waits here, beside the folder it came from, until you put it back or approve it." command="copies.groups" />;
  return <Shelf list={list} />;
}

function Shelf({ list }: { list: readonly BatchView[] }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useSize(box, size);
  return (
    <div class="staged-body">
      <div class="staged-list" ref={box}>
        {size.value.width > 0 && (
          <VirtualGrid total={list.length} cellWidth={size.value.width} cellHeight={ROW} at={batchAt.value} label="Staged batches" onRange={() => undefined} onShape={() => undefined}>
            {(i) => <Row key={list[i]?.id ?? i} index={i} item={list[i]} />}
          </VirtualGrid>
        )}
      </div>
      <Actions />
    </div>
  );
}

function Row({ index, item }: { index: number; item: BatchView | undefined }): JSX.Element | null {
  if (!item) return null;
  const words = STATE_WORDS[item.state];
  return (
    <div class="staged-row" role="gridcell" data-batch={item.id} data-state={item.state} aria-selected={index === batchAt.value} onClick={() => void (batchAt.value = index)}>
      <span class="staged-when">
        <b>{when(item.at)}</b>
        <span class="dim">{visible(item.folder)}{words && ` · ${words}`}</span>
      </span>
      <span class="staged-what">
        <span>{some(item.images, "image")} <span class="dim">· {some(item.files, "file")} · {bytes(item.bytes)}</span></span>
        <span class="dim ellipsis text" dir="ltr" title={visible(item.sources.join("\n"))}>{visible(item.sources.join(" · "))}</span>
      </span>
      <span class="staged-thumbs">{item.thumbs.map((url) => <img key={url} src={url} alt="" draggable={false} loading="lazy" decoding="async" />)}</span>
    </div>
  );
}

function Actions(): JSX.Element {
  const b = batch.value;
  return (
    <footer class="staged-actions">
      <CommandButton command="staged.restore" primary={holds(b)}>Restore</CommandButton>
      <span class="dim">{holds(b) ? "puts these back under their own names, in their own folders" : "this batch holds nothing any more"}</span>
      <span class="spring" />
      <span class="red-button"><CommandButton command="staged.approve">Approve: to the Trash</CommandButton></span>
    </footer>
  );
}
