/** What was decided at once, as many as the window holds: right as it is, or back to Cull or Crop. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ReviewItem } from "../bridge.gen";
import { runCommand } from "../commands";
import { fetchGroups } from "../cull/groups";
import { CommandButton } from "../kit/CommandButton";
import { Empty } from "../kit/Empty";
import { useSize } from "../kit/size";
import { percent, some } from "../kit/words";
import { scaleOf } from "../kit/zoom";
import { painted } from "../painted";
import { CloseUp } from "./CloseUp";
import { closeUp, room } from "./data";
import { closeZoom } from "./reviewing";
import { idOf, Tile } from "./Tile";
import { fillRoom, focused, index, loaded, page, pageNumber, seenNumber, total } from "./waiting";

const CELL = 300; // px
const ASKED = 32; // groups in one question
const PATIENCE = 2000; // ms: a picture that does not come holds nobody up longer
const size = signal({ width: 0, height: 0 });

export function Review(): JSX.Element {
  const ids = [...new Set(page.value.filter((i) => i.kind === "winner" && i.groupId).map((i) => i.groupId))];
  useEffect(() => {
    for (let at = 0; at < ids.length; at += ASKED) void fetchGroups(ids.slice(at, at + ASKED)).catch(() => undefined);
  }, [ids.join()]);
  return (
    <section class="review" data-testid="review" data-total={total.value} data-page={pageNumber.value} data-seen={seenNumber.value}>
      <Head />
      {total.value === 0 ? (loaded.value ? <Nothing /> : <p class="insight-wait dim" role="status">Reading what waits</p>) : closeUp.value && focused.value ? <CloseUp item={focused.value} /> : <Grid />}
    </section>
  );
}

function Head(): JSX.Element {
  return (
    <header class="cull-head">
      <div class="cull-title">
        <strong>Decided at once</strong>
        {total.value > 0 && <span class="dim">{some(total.value, "image waits", "images wait")} for a look, the doubtful first</span>}
      </div>
      {page.value.length > 0 && (
        <>
          {closeUp.value && <span class="dim zoom-word" aria-live="polite">{zoomWord()}</span>}
          <div class="row">
            <CommandButton command="review.back">Not right</CommandButton>
            <CommandButton command="review.right">Right</CommandButton>
            {closeUp.value ? <CommandButton command="review.page">Page</CommandButton> : <CommandButton command="review.all" primary>{page.value.length < total.value ? `These ${page.value.length} are right` : "All are right"}</CommandButton>}
          </div>
        </>
      )}
    </header>
  );
}

function zoomWord(): string {
  const view = closeZoom.view.value;
  if (view.mode === "fit") return "Fit";
  if (view.mode === "actual") return "100 %";
  return closeZoom.frame ? percent(scaleOf(view, closeZoom.frame) * window.devicePixelRatio) : "";
}

function Nothing(): JSX.Element {
  useEffect(() => void painted().then(() => (seenNumber.value = pageNumber.peek())), []);
  return (
    <div class="review-none" data-testid="reviewed">
      <Empty title="All looked at" text="What is decided at once the next time comes here again." command="review.leave" />
    </div>
  );
}

/** It has the focus, and says which of its images the keys are on. */
function Grid(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useSize(box, size);
  const { width, height } = size.value;
  const columns = Math.max(2, Math.floor(width / CELL));
  const rows = Math.max(1, Math.round(height / CELL));
  useLayoutEffect(() => box.current?.focus(), []);
  useEffect(() => {
    if (width === 0) return;
    room.value = { columns, rows };
    fillRoom();
  }, [columns, rows, width > 0]);
  useEffect(() => watchPage(box.current), [pageNumber.value]);
  const lines = Array.from({ length: Math.ceil(page.value.length / columns) }, (_, i) => page.value.slice(i * columns, (i + 1) * columns));
  const on = focused.value;
  return (
    <div
      class="review-grid"
      ref={box}
      role="grid"
      tabIndex={0}
      aria-label="Images to look at"
      aria-rowcount={lines.length}
      aria-colcount={columns}
      aria-activedescendant={on ? idOf(on) : undefined}
      style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))` }}
    >
      {lines.map((line, row) => (
        <div class="review-row" role="row" key={row}>{line.map((item, column) => <Cell key={idOf(item)} item={item} at={row * columns + column} />)}</div>
      ))}
    </div>
  );
}

const Cell = ({ item, at }: { item: ReviewItem; at: number }): JSX.Element => <Tile item={item} at={at} on={at === index.value} look={() => void runCommand("review.look")} />;

/** A page counts as seen once its pictures are painted; only then can it be said to be right. */
function watchPage(box: HTMLElement | null): () => void {
  const number = pageNumber.peek();
  let left = false;
  const pictures = [...(box?.querySelectorAll("img") ?? [])].map((img) => img.decode().catch(() => undefined));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  void Promise.race([Promise.all(pictures), late]).then(painted).then(() => {
    if (!left) seenNumber.value = number;
  });
  return () => void (left = true);
}
