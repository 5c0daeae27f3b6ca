/** What was decided at once, as many as the window holds: right as it is, or back to Cull or Crop. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { ReviewItem } from "../bridge.gen";
import { CommandButton } from "../kit/CommandButton";
import { Icon } from "../kit/Icon";
import { useSize, type Size } from "../kit/size";
import { capital, Name, percent, some, visible } from "../kit/words";
import { index, pageSize, readReview, room, total, waiting } from "./data";

const CELL = 300;
const SHOWN = /\.(png|jpe?g|webp|gif|bmp|avif)$/i;

export function Review(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const size = useMemo(() => signal<Size>({ width: 0, height: 0 }), []);
  useSize(box, size);
  const { width, height } = size.value;
  const columns = Math.max(2, Math.floor(width / CELL));
  const rows = Math.max(1, Math.round(height / CELL));
  useEffect(() => {
    if (width === 0) return;
    const before = pageSize();
    room.value = { columns, rows };
    if (pageSize() !== before) void readReview();
  }, [columns, rows, width]);
  return (
    <section class="review" data-testid="review" data-total={total.value}>
      <header class="cull-head">
        <div class="cull-title">
          <strong>Decided at once</strong>
          <span class="dim">{total.value === 0 ? "nothing waits" : `${some(total.value, "image waits", "images wait")} for a look, the doubtful first`}</span>
        </div>
        <div class="row">
          <CommandButton command="review.back">Not right</CommandButton>
          <CommandButton command="review.right">Right</CommandButton>
          <CommandButton command="review.all" primary>{waiting.value.length < total.value ? `These ${waiting.value.length} are right` : "All are right"}</CommandButton>
        </div>
      </header>
      <div class="review-grid" ref={box} role="grid" aria-label="Images to look at" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))` }}>
        {waiting.value.slice(0, columns * rows).map((item, i) => <Tile key={`${item.kind}${item.image}`} item={item} index={i} />)}
        {total.value === 0 && <Nothing />}
      </div>
    </section>
  );
}

function Nothing(): JSX.Element {
  return (
    <div class="empty" data-testid="reviewed">
      <h1>All looked at</h1>
      <p class="dim">What is decided at once the next time comes here again.</p>
      <div class="row"><CommandButton command="review.close" primary>Back to Insight</CommandButton></div>
    </div>
  );
}

function Tile({ item, index: at }: { item: ReviewItem; index: number }): JSX.Element {
  const on = at === index.value;
  const [flag] = item.flags;
  return (
    <figure class="review-tile" role="gridcell" aria-selected={on} data-image={item.image} data-kind={item.kind} data-focused={on}
      aria-label={`${visible(item.filename)}${flag ? `, in doubt: ${visible(flag)}` : ""}`} onClick={() => (index.value = at)}>
      <div class="review-picture">{SHOWN.test(item.filename) || item.thumbUrl ? <img src={SHOWN.test(item.filename) ? item.url : item.thumbUrl} alt="" decoding="async" draggable={false} /> : <span class="dim">no preview</span>}</div>
      <figcaption>
        <span class="review-line"><Name text={item.filename} /><span class="dim">{item.batch === "" ? "your crop, again" : `${item.kind === "crop" ? "cropped" : "kept"}, ${percent(item.confidence)} sure`}</span></span>
        <span class={flag ? "review-flag" : "dim"} title={item.flags.map(visible).join("\n")}>{flag ? <><Icon name="flag" /> {capital(visible(flag))}{item.flags.length > 1 && ` and ${item.flags.length - 1} more`}</> : "Nothing in doubt"}</span>
      </figcaption>
    </figure>
  );
}
