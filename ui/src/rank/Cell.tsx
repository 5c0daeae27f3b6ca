/** One contender: its picture, its number, its figures. */
import type { JSX } from "preact";
import type { Contender } from "../bridge.gen";
import { Icon } from "../kit/Icon";
import type { Cell as Box } from "../kit/layout";
import { Picture } from "../kit/Picture";
import { Name, stageName, visible } from "../kit/words";
import { place, type Zoom } from "../kit/zoom";
import { choose } from "./decide";
import { blind } from "./figures";
import { answered, champion, focusId, type Shown } from "./matches";
import { comparisonsWords, figureWords } from "./words";

interface Props {
  image: Contender;
  match: Shown;
  number: number;
  cell: Box;
  caption: number;
  zoom: Zoom;
  shown: boolean;
  whole: boolean;
  focused: boolean;
}

type Mark = "chosen" | "was" | "champion" | "";
const MARK_WORDS: Record<Mark, string> = { chosen: "Chosen", was: "Was chosen", champion: "Champion", "": "" };

function markOf(id: number, match: Shown, shown: boolean): Mark {
  if (shown && answered.value?.winner === id) return "chosen";
  if (shown && match.was?.winner === id) return "was";
  return champion.value?.id === id ? "champion" : "";
}

export function Cell({ image, match, number, cell, caption, zoom, shown, whole, focused }: Props): JSX.Element {
  const mark = markOf(image.id, match, shown);
  const frame = { boxWidth: cell.width, boxHeight: cell.height, width: image.width || 1, height: image.height || 1 };
  const at = image.missing ? null : place(zoom.view.value, frame);
  // the outline hugs the picture; the caption keeps a readable width below it
  const top = at ? Math.max(0, at.y) : 0;
  const width = Math.min(cell.width, Math.max(at?.width ?? cell.width, 280));
  const height = Math.min(cell.height, at?.height ?? cell.height);
  const left = (cell.width - width) / 2;
  const said = [`${number}: ${visible(image.filename)}`, stageName(image.stage), blind() ? "" : figureWords(image), MARK_WORDS[mark], image.flagged ? "flagged" : ""];
  return (
    <figure
      class="cell rank-cell"
      data-image={image.id}
      data-number={number}
      data-shown={shown}
      data-focused={focused}
      data-mark={mark}
      inert={!shown}
      aria-hidden={!shown}
      style={{ "--x": `${cell.x}px`, "--y": `${cell.y}px`, width: `${cell.width}px`, height: `${cell.height + caption}px` }}
      onPointerDown={() => void (focusId.value = image.id)}
    >
      <Picture
        source={image}
        zoom={zoom}
        boxWidth={cell.width}
        boxHeight={cell.height}
        lead={focused}
        fit={shown ? "now" : "ahead"}
        whole={whole}
        label={said.filter(Boolean).join(", ")}
      />
      <Caption {...{ image, number, mark }} style={{ left: `${left}px`, width: `${width}px`, top: `${top + height}px`, height: `${caption}px` }} />
      {/* made anew when it changes its look: Chromium keeps the old one where place and look change at once */}
      <div key={`${focused} ${mark}`} class="ring" style={{ left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height + caption}px` }} />
    </figure>
  );
}

interface CaptionProps {
  image: Contender;
  number: number;
  mark: Mark;
  style: Record<string, string>;
}

function Caption({ image, number, mark, style }: CaptionProps): JSX.Element {
  return (
    <figcaption class="caption rank-caption" style={style}>
      <div class="caption-line">
        <button class="badge" tabIndex={0} onClick={(e) => choose(image.id, e.timeStamp)} aria-label={`Choose image ${number}`}>
          {number}
        </button>
        <Name text={image.filename} tail={10} />
        <span class="marks">
          {image.flagged && <span class="mark" title="Flagged for review" aria-label="Flagged"><Icon name="flag" solid /></span>}
          {mark && <span class={`mark mark-${mark}`}>{mark !== "champion" && <Icon name="check" />} {MARK_WORDS[mark]}</span>}
        </span>
      </div>
      <div class="caption-line facts dim">
        {!blind() && (
          <span class="rating" data-figures title="OpenSkill: mu is how good, sigma how unsure">
            μ {image.mu.toFixed(1)} σ {image.sigma.toFixed(1)}
          </span>
        )}
        {!blind() && <span data-figures title={`Compared: ${comparisonsWords(image.comparisons)}`} aria-label={comparisonsWords(image.comparisons)}>#{image.comparisons}</span>}
        {image.stage !== null && <span>{stageName(image.stage)}</span>}
        {image.groupSize > 1 && <span title={`It stands for a group of ${image.groupSize} near-duplicates`}>1 of {image.groupSize}</span>}
      </div>
    </figcaption>
  );
}
