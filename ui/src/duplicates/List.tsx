/** The groups at the side, largest first. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { signal, useSignal } from "@preact/signals";
import type { CopiesItem } from "../bridge.gen";
import { Icon } from "../kit/Icon";
import { useSize } from "../kit/size";
import { VirtualGrid } from "../kit/VirtualGrid";
import { bytes, count } from "../kit/words";
import { complain } from "../state";
import { groups } from "./copies";
import { show } from "./place";

const ROW = 52;
const size = signal({ width: 0, height: 0 });

export function List(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useSize(box, size);
  const list = groups.items.value;
  const near = useSignal(0);
  useLayoutEffect(() => {
    if (near.value > list.length - 60) void groups.more().catch(complain);
  }, [near.value, list.length]);
  return (
    <nav class="copies-list" ref={box} aria-label="Groups">
      {size.value.width > 0 && (
        <VirtualGrid total={list.length} cellWidth={size.value.width} cellHeight={ROW} at={Math.min(groups.index.value, Math.max(0, list.length - 1))} label="Groups, largest first"
          onRange={(_, last) => (near.value = last)} onShape={() => undefined}>
          {(i) => <Row key={list[i]?.id ?? i} index={i} item={list[i]} />}
        </VirtualGrid>
      )}
    </nav>
  );
}

function Row({ index, item }: { index: number; item: CopiesItem | undefined }): JSX.Element | null {
  if (!item) return null;
  const done = groups.done.value.get(item.id);
  const words = done === "accepted" ? `${count(item.going)} set aside` : done === "apart" ? "no duplicates" : item.going === 0 ? "all stay" : `${count(item.going)} ${item.going === 1 ? "goes" : "go"} · ${bytes(item.bytes)}`;
  return (
    <div class="copies-row" role="gridcell" data-group-row={item.id} data-done={done ?? ""} aria-selected={index === groups.index.value} title={`Group ${index + 1}`} onClick={() => show(index)}>
      {item.thumbUrl ? <img src={item.thumbUrl} alt="" draggable={false} decoding="async" loading="lazy" /> : <span class="thumb-none" />}
      <span class="copies-row-words">
        <span>{count(item.size)} images {done && <Icon name={done === "accepted" ? "check" : "same"} />}</span>
        <span class="dim ellipsis">{words}</span>
      </span>
    </div>
  );
}
