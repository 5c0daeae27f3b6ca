/** The images of two sets in two rows, a column a stage; the next match lies ready below the window. */
import { signal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { CopyView, SetMatch } from "../bridge.gen";
import { Cell } from "../kit/Cell";
import { Cropped } from "../kit/Cropped";
import { fitOnly, fittedNow } from "../kit/fitted";
import { holdOnly } from "../kit/images";
import { useSize } from "../kit/size";
import { Zoom } from "../kit/zoom";
import { bytes, Name, pixels, stageName, visible } from "../kit/words";
import { matches, setFocus, setZoom } from "./matches";
import { alike } from "./words";

const atRest = new Zoom();
const size = signal({ width: 0, height: 0 });
const GAP = 4;

const urlsOf = (match: SetMatch | undefined): string[] => (match ? [...match.stays.images, ...match.goes.images].map((m) => m.url) : []);

export function SetDeck(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useSize(box, size);
  const at = matches.index.value;
  const list = matches.items.value;
  const shown = [list[at], list[at + 1]].filter((m): m is SetMatch => m !== undefined);
  useSignalEffect(() => {
    const here = matches.items.value[matches.index.value];
    const urls = [...urlsOf(here), ...urlsOf(matches.items.value[matches.index.value + 1])];
    const now = new Set(urlsOf(here));
    fitOnly(new Set(urls));
    holdOnly(new Set(urls.filter((url) => now.has(url) || fittedNow(url)?.state.value !== "ready")));
  });
  return (
    <div class="deck" ref={box}>
      {size.value.width > 0 && shown.map((match, i) => <Layer key={match.id} match={match} shown={i === 0} but={i === 0 ? NONE : new Set(urlsOf(shown[0]))} />)}
    </div>
  );
}

const NONE: ReadonlySet<string> = new Set();

/** `but` are pictures that are shown already: one set may stay against several. */
function Layer({ match, shown, but }: { match: SetMatch; shown: boolean; but: ReadonlySet<string> }): JSX.Element {
  const { width, height } = size.value;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const caption = Math.round(rem * 1.75);
  const between = Math.round(rem * 1.5);
  const n = Math.max(1, match.stages.length);
  const w = Math.floor((width - GAP * (n - 1)) / n);
  const h = Math.max(24, Math.floor((height - between) / 2) - caption);
  const cell = (column: number, row: 0 | 1) => ({ x: column * (w + GAP), y: row * (h + caption + between), width: w, height: h });
  return (
    <div class="layer-group" data-shown={shown} inert={!shown} aria-hidden={!shown}>
      {match.stages.map((stage, column) => (
        <p key={column} class="set-between" data-stage={stage} style={{ left: `${column * (w + GAP)}px`, top: `${h + caption}px`, width: `${w}px`, height: `${between}px` }}>
          <b>{stageName(stage)}</b> <span class="dim" title={match.measure === "cosine" ? "Cosine of both images" : "Share of equal pHash bits"}>{alike(match.similarity[column] ?? 0)} alike</span>
        </p>
      ))}
      {([match.stays, match.goes] as const).map((side, row) =>
        side.images.map((image, column) => !but.has(image.url) && (
          <Image key={image.id} image={image} row={row as 0 | 1} column={column} number={row * n + column + 1} cell={cell(column, row as 0 | 1)} caption={caption} shown={shown} />
        )),
      )}
    </div>
  );
}

interface ImageProps {
  image: CopyView;
  row: 0 | 1;
  column: number;
  number: number;
  cell: { x: number; y: number; width: number; height: number };
  caption: number;
  shown: boolean;
}

function Image({ image, row, column, number, cell, caption, shown }: ImageProps): JSX.Element {
  const { row: r, column: c } = setFocus.value;
  const focused = shown && r === row && c === column;
  return (
    <Cell
      image={{ ...image, missing: false }}
      number={number}
      cell={cell}
      caption={caption}
      zoom={shown ? setZoom : atRest}
      shown={shown}
      whole={false}
      focused={focused}
      mark={row === 0 ? "stays" : "goes"}
      label={`${stageName(image.stage)}, ${visible(image.filename)}, ${row === 0 ? "stays" : "goes"}`}
      below={(style) => (
        <figcaption class="caption" style={style} title={pixels(image)}>
          <div class="caption-line"><Name text={image.filename} tail={12} /> <span class="marks dim"><Cropped image={image} /> {bytes(image.sizeBytes)}</span></div>
        </figcaption>
      )}
      figure={{ class: "cell copy" }}
      focus={() => void (setFocus.value = { row, column })}
    />
  );
}
