/** One contender: its picture, its number, its figures. */
import type { JSX } from "preact";
import type { Contender } from "../bridge.gen";
import { Cell as Framed, type Lying, type Style } from "../kit/Cell";
import { Cropped } from "../kit/Cropped";
import { Icon } from "../kit/Icon";
import { Name, stageName, visible } from "../kit/words";
import { choose } from "./decide";
import { blind } from "./figures";
import { answered, champion, focusId, type Shown } from "./matches";
import { comparisonsWords, figureWords } from "./words";

interface Props extends Lying {
  image: Contender;
  match: Shown;
}

type Mark = "chosen" | "was" | "champion" | "";
const MARK_WORDS: Record<Mark, string> = { chosen: "Chosen", was: "Was chosen", champion: "Champion", "": "" };

function markOf(id: number, match: Shown, shown: boolean): Mark {
  if (shown && answered.value?.winner === id) return "chosen";
  if (shown && match.was?.winner === id) return "was";
  return champion.value?.id === id ? "champion" : "";
}

export function Cell({ image, match, ...lying }: Props): JSX.Element {
  const { number, shown } = lying;
  const mark = markOf(image.id, match, shown);
  const said = [`${number}: ${visible(image.filename)}`, stageName(image.stage), blind() ? "" : figureWords(image), MARK_WORDS[mark], image.flagged ? "flagged" : "", image.cropped ? "cropped" : ""];
  return (
    <Framed
      {...lying}
      image={image}
      mark={mark}
      label={said.filter(Boolean).join(", ")}
      below={(style) => <Caption {...{ image, number, mark, style }} />}
      figure={{ class: "cell rank-cell", "data-number": number, "data-shown": shown, inert: !shown, "aria-hidden": !shown }}
      focus={() => void (focusId.value = image.id)}
    />
  );
}

interface CaptionProps {
  image: Contender;
  number: number;
  mark: Mark;
  style: Style;
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
          <Cropped image={image} />
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
