/** The image asked about, as large as the window allows, with the box of the doubt; below it the question. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { CommandButton } from "../kit/CommandButton";
import { Icon } from "../kit/Icon";
import { Picture } from "../kit/Picture";
import { useSize } from "../kit/size";
import { capital, Name, visible } from "../kit/words";
import { place } from "../kit/zoom";
import { current, list, saidOf, type Doubt, type Said } from "./list";
import { aim, boxOf, frameOf, size, zoom } from "./view";
import { cueWords, question } from "./words";

export function One(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useSize(box, size);
  const doubt = current.value;
  const { width, height } = size.value;
  useLayoutEffect(() => aim(), [width, height]);
  return (
    <div class="check-one">
      <div class="check-stage" ref={box}>
        {doubt && width > 0 && (
          <>
            <Picture key={doubt.image} source={{ ...doubt, id: doubt.image, path: doubt.filename }} zoom={zoom} boxWidth={width} boxHeight={height} lead label={`${question(doubt.tag)} ${visible(doubt.filename)}`} />
            <Where doubt={doubt} />
          </>
        )}
        {!doubt && list.value.loaded.value === false && <p class="hidden-text" role="status">Reading what waits</p>}
      </div>
      {doubt && <Question doubt={doubt} />}
    </div>
  );
}

/** The box of the doubt, twice: a broad line of the other brightness below, so that it is seen on every picture. */
function Where({ doubt }: { doubt: Doubt }): JSX.Element | null {
  const box = boxOf(doubt);
  if (!box || doubt.missing) return null;
  const at = place(zoom.view.value, frameOf(doubt));
  const [left, top, right, bottom] = box;
  const shape = { x: at.x + left * at.scale, y: at.y + top * at.scale, width: (right - left) * at.scale, height: (bottom - top) * at.scale };
  return (
    <svg class="check-box" aria-hidden="true" data-testid="doubt-box">
      <rect class="under" {...shape} />
      <rect {...shape} />
    </svg>
  );
}

const SAID: Record<Said, string> = { yes: "You said yes", no: "You said no" };

function Question({ doubt }: { doubt: Doubt }): JSX.Element {
  const said = saidOf(doubt);
  return (
    <div class="check-question" data-said={said ?? ""} data-testid="question">
      <div class="check-words">
        <p class="check-line">
          <strong class="check-ask">{question(doubt.tag)}</strong>
          {said && <span class="check-said" role="status"><Icon name={said === "yes" ? "check" : "cross"} /> {SAID[said]}</span>}
          <span class="dim check-facts" title="0 nothing to see, 1 as wrong as can be">{cueWords(doubt.cue)} · score {doubt.score.toFixed(2)}</span>
          <span class="dim check-file"><Name text={doubt.filename} /></span>
        </p>
        <p class="check-why text" title={visible(doubt.text)}>{capital(visible(doubt.text))}</p>
      </div>
      <div class="check-answers">
        <CommandButton command="check.yes">Yes</CommandButton>
        <CommandButton command="check.no">No</CommandButton>
        <CommandButton command="check.skip">Skip</CommandButton>
      </div>
    </div>
  );
}
