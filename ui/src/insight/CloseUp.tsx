/** One decision, looked at closely: the kept image and those it was kept over side by side, zoomed in step; or a crop, large. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ReviewItem } from "../bridge.gen";
import { Cell, type Style } from "../kit/Cell";
import { fitOnly } from "../kit/fitted";
import { Icon } from "../kit/Icon";
import { holdOnly } from "../kit/images";
import { arrange, type Cell as Place } from "../kit/layout";
import type { Source } from "../kit/Picture";
import { useSize } from "../kit/size";
import { capital, count, Name, pixels, visible } from "../kit/words";
import { place } from "../kit/zoom";
import { painted } from "../painted";
import { CropBox } from "./CropBox";
import { closeZoom } from "./reviewing";
import { doneWords, Doubt, othersOf } from "./Tile";
import { keyOf, seenClose } from "./waiting";

const MOST = 8; // others at once
const size = signal({ width: 0, height: 0 });
const rem = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

type Shown = Source & { id: number; filename: string };

const itself = (item: ReviewItem): Shown => ({
  id: item.image, url: item.url, thumbUrl: item.thumbUrl, displayable: /\.(png|jpe?g|webp|gif|bmp|avif)$/i.test(item.filename),
  missing: false, width: item.width, height: item.height, path: item.filename, filename: item.filename,
});

export function CloseUp({ item }: { item: ReviewItem }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useSize(box, size);
  const others = othersOf(item);
  const all: Shown[] = [itself(item), ...others.slice(0, MOST)];
  const urls = all.map((m) => m.url);
  useEffect(() => {
    fitOnly(new Set(urls));
    holdOnly(new Set(urls));
  }, [urls.join()]);
  useEffect(() => {
    closeZoom.fit();
    void painted().then(() => (seenClose.value = keyOf(item)));
  }, [keyOf(item)]);
  const { width, height } = size.value;
  const { cells, caption } = arrange(all.map((m) => (m.width > 0 && m.height > 0 ? m.width / m.height : 1)), width, height, () => Math.round(rem() * 3));
  return (
    <div class="review-close" ref={box} role="group" aria-label={`${visible(item.filename)}, ${doneWords(item)}`} data-close={item.image} data-testid="close">
      {width > 0 && all.map((image, i) => {
        const cell = cells[i];
        return cell && (
          <Cell key={image.id} image={image} number={i + 1} cell={cell} caption={caption} zoom={closeZoom} shown whole focused={i === 0} mark=""
            label={`${visible(image.filename)}, ${i === 0 ? doneWords(item) : "not kept"}`} focus={() => undefined}
            below={(style) => <Caption item={item} image={image} first={i === 0} style={style} />} />
        );
      })}
      {width > 0 && item.box && cells[0] && <Over item={item} cell={cells[0]} box={item.box} />}
      {others.length > MOST && <p class="review-more dim">{count(others.length - MOST)} more in Cull</p>}
    </div>
  );
}

function Caption({ item, image, first, style }: { item: ReviewItem; image: Shown; first: boolean; style: Style }): JSX.Element {
  return (
    <figcaption class="caption" style={style}>
      <div class="caption-line"><Name text={image.filename} />{first && <span class="marks"><span><Icon name="check" /> {capital(doneWords(item))}</span></span>}</div>
      <div class="caption-line">{first ? <Doubt item={item} /> : <span class="dim">{pixels(image)}</span>}</div>
    </figcaption>
  );
}

/** The crop on the picture, wherever that is zoomed to. */
function Over({ item, cell, box }: { item: ReviewItem; cell: Place; box: [number, number, number, number] }): JSX.Element {
  const at = place(closeZoom.view.value, { boxWidth: cell.width, boxHeight: cell.height, width: item.width || 1, height: item.height || 1 });
  return (
    <div class="review-over" style={{ left: `${cell.x}px`, top: `${cell.y}px`, width: `${cell.width}px`, height: `${cell.height}px` }}>
      <div style={{ position: "absolute", left: `${at.x}px`, top: `${at.y}px`, width: `${at.width}px`, height: `${at.height}px` }}><CropBox box={box} width={item.width} height={item.height} /></div>
    </div>
  );
}
