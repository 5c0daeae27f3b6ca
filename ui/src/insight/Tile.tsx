/** One decision to look at: the image that was kept with the others of its group small beside it, or how it was cropped. */
import type { JSX } from "preact";
import type { MemberView, ReviewItem } from "../bridge.gen";
import { groupSignal } from "../cull/groups";
import { Icon } from "../kit/Icon";
import { capital, count, Name, percent, visible } from "../kit/words";
import { CropBox } from "./CropBox";
import { focusOn } from "./waiting";

const OTHERS = 4; // shown small
const ENOUGH = 1.1; // device pixels a pixel of the window: a picture here is hardly larger than its thumbnail
const SHOWN = /\.(png|jpe?g|webp|gif|bmp|avif)$/i;

export const idOf = (item: ReviewItem): string => `review-${item.kind}-${item.image}`;

export const doneWords = (item: ReviewItem): string =>
  item.batch === "" ? "your crop, again" : `${item.kind === "crop" ? "cropped" : "kept"}, ${percent(item.confidence)} sure`;

/** The others that it was kept over, the best first. */
export function othersOf(item: ReviewItem): MemberView[] {
  if (item.kind !== "winner" || !item.groupId) return [];
  return (groupSignal(item.groupId).value?.members ?? []).filter((m) => m.id !== item.image && !m.missing);
}

interface Props {
  item: ReviewItem;
  at: number;
  on: boolean;
  look: () => void;
}

export function Tile({ item, at, on, look }: Props): JSX.Element {
  const [flag] = item.flags;
  const others = othersOf(item);
  const over = others.length > 0 ? `, over ${count(others.length)} more` : "";
  return (
    <figure class="review-tile" id={idOf(item)} role="gridcell" aria-selected={on} data-image={item.image} data-kind={item.kind} data-focused={on}
      aria-label={`${visible(item.filename)}, ${doneWords(item)}${over}${flag ? `, in doubt: ${visible(flag)}` : ""}`}
      onClick={() => focusOn(at)} onDblClick={() => { focusOn(at); look(); }}>
      <div class="review-pictures" data-wide={item.width > 1.2 * item.height}>
        <div class="review-kept"><Shown item={item} /></div>
        {others.length > 0 && (
          <div class="review-others" data-count={Math.min(others.length, OTHERS)}>
            {others.slice(0, OTHERS).map((m) => <div class="review-other" key={m.id} data-other={m.id}>{m.thumbUrl ? <img src={m.thumbUrl} alt="" decoding="async" draggable={false} /> : <span class="dim">no preview</span>}</div>)}
          </div>
        )}
      </div>
      <figcaption>
        <span class="review-line"><Name text={item.filename} /><span class="dim">{doneWords(item)}</span></span>
        <span class="review-line">
          <Doubt item={item} />
          {others.length > OTHERS && <span class="dim">{count(others.length - OTHERS)} more</span>}
        </span>
      </figcaption>
    </figure>
  );
}

export function Doubt({ item }: { item: ReviewItem }): JSX.Element {
  const [flag] = item.flags;
  const more = item.flags.length - 1;
  if (!flag) return <span class="dim">Nothing in doubt</span>;
  return <span class="ellipsis" title={item.flags.map(visible).join("\n")}><Icon name="flag" /> {capital(visible(more ? flag.replace(/\.$/, "") : flag))}{more > 0 && `, and ${count(more)} more`}</span>;
}

function Shown({ item }: { item: ReviewItem }): JSX.Element {
  // a page of whole files would take long to decode; looked at closely it is the file itself
  const enough = item.thumbUrl !== "" && window.devicePixelRatio <= ENOUGH;
  const url = SHOWN.test(item.filename) && !enough ? item.url : item.thumbUrl;
  if (!url) return <span class="dim">no preview</span>;
  return (
    <>
      <img src={url} alt="" decoding="async" draggable={false} />
      {item.box && <CropBox box={item.box} width={item.width} height={item.height} />}
    </>
  );
}
