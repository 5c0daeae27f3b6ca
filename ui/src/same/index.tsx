/** Same?: two images side by side, and whether they belong together. Each answer binds the groups at once. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { SameImage } from "../bridge.gen";
import { CommandButton } from "../kit/CommandButton";
import { Empty } from "../kit/Empty";
import { Icon } from "../kit/Icon";
import type { Cell } from "../kit/layout";
import { Picture } from "../kit/Picture";
import { useSize } from "../kit/size";
import { capital, count, Name, percent, pixels, some, visible } from "../kit/words";
import { fitScale, scaleOf } from "../kit/zoom";
import { arrangeRows } from "../rank/layout";
import { job, status } from "../state";
import "./commands";
import { answered, current, done, finished, index, items, notice, total, waiting, type Pair, type Said } from "./list";
import { seen, zoom } from "./place";
import "./style.css";

const size = signal({ width: 0, height: 0 });
const rem = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

export function Same(): JSX.Element {
  if (!status.value) return <Empty title="No library is open" text="Add a folder of images to make one." command="source.add" />;
  const pair = current.value;
  return (
    <section class="same" data-pair={pair?.id ?? ""} data-seen={seen.value} data-finished={finished.value} data-together={pair?.together ?? ""}>
      {(pair || items.value.length > 0) && <Head />}
      {pair ? <><Deck pair={pair} /><Question pair={pair} /></> : finished.value ? <Nothing /> : <p class="same-wait dim" role="status">Looking for pairs in doubt</p>}
    </section>
  );
}

function Head(): JSX.Element {
  const all = total.value;
  const said = done.value.length;
  return (
    <header class="cull-head">
      <div class="cull-title">
        <strong>Pairs in doubt</strong>
        <span class="dim">{waiting.value === 0 ? "no pair waits" : some(waiting.value, "pair waits", "pairs wait")}{said > 0 && `, ${count(said)} answered`}</span>
      </div>
      <span class="dim zoom-word" aria-live="polite">{zoomWord()}</span>
      <div class="progress">
        <span><b>{count(Math.min(index.value + 1, all))}</b> of {count(all)}</span>
        <div class="rail" role="progressbar" aria-valuemin={0} aria-valuemax={all} aria-valuenow={said} aria-label="Answered">
          <i style={{ width: `${all ? (100 * said) / all : 0}%` }} />
          <b style={{ left: `${all ? (100 * Math.min(index.value + 0.5, all)) / all : 0}%` }} />
        </div>
      </div>
    </header>
  );
}

function zoomWord(): string {
  if (!current.value) return "";
  const { mode } = zoom.view.value;
  if (mode === "fit") return "Fit";
  if (mode === "actual") return "100 %";
  return zoom.frame ? percent(scaleOf(zoom.view.value, zoom.frame) * window.devicePixelRatio) : "";
}

function Deck({ pair }: { pair: Pair }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useSize(box, size);
  const two = [pair.one, pair.other];
  const aspects = two.map((i) => (i.width > 0 && i.height > 0 ? i.width / i.height : 1));
  const caption = Math.round(rem() * 1.75);
  const { cells } = arrangeRows(aspects, size.value.width, size.value.height, caption);
  return (
    <div class="same-deck" ref={box} role="group" aria-label="The two images">
      {size.value.width > 0 && two.map((image, i) => <One key={image.id} image={image} cell={cells[i] as Cell} caption={caption} lead={i === 0} number={i + 1} />)}
    </div>
  );
}

interface OneProps {
  image: SameImage;
  cell: Cell;
  caption: number;
  lead: boolean;
  number: number;
}

/** The room beside and below a whole picture in its box: its caption lies at the picture. */
function spare(image: SameImage, cell: Cell): { x: number; y: number } {
  if (zoom.view.value.mode !== "fit") return { x: 0, y: 0 };
  const [width, height] = [image.width || 1, image.height || 1];
  const scale = fitScale({ boxWidth: cell.width, boxHeight: cell.height, width, height });
  const half = (box: number, shown: number): number => Math.max(0, Math.floor((box - shown * scale) / 2));
  return { x: half(cell.width, width), y: half(cell.height, height) };
}

function One({ image, cell, caption, lead, number }: OneProps): JSX.Element {
  const { x, y } = spare(image, cell);
  return (
    <figure class="same-cell" style={{ left: `${cell.x}px`, top: `${cell.y}px`, width: `${cell.width}px` }} data-image={image.id}>
      <Picture source={{ ...image, missing: false, path: image.filename }} zoom={zoom} boxWidth={cell.width} boxHeight={cell.height} lead={lead} label={`${number}: ${visible(image.filename)}`} />
      <figcaption class="same-caption" style={{ height: `${caption}px`, margin: `0 ${x}px`, transform: `translateY(${-y}px)` }}>
        <Name text={image.filename} />
        <span class="dim">{pixels(image)}</span>
      </figcaption>
    </figure>
  );
}

const SAID: Record<Said, string> = { yes: "You said yes", no: "You said no", unsure: "You could not say" };
const ICON = { yes: "check", no: "cross", unsure: "same" } as const;
const togetherWords = (pair: Pair): string => (pair.together ? "In one group now" : "In two groups now");

/** What is known of the answer: that it was given, that a later one overrules it, or that others decide the pair. */
function answerWords(pair: Pair): string {
  if (pair.said) return pair.overruled ? `${SAID[pair.said]}; overruled since` : SAID[pair.said];
  return pair.waits ? "" : "Your other answers decide this pair";
}

function Question({ pair }: { pair: Pair }): JSX.Element {
  const words = answerWords(pair);
  return (
    <div class="same-question" data-said={pair.overruled ? "" : (pair.said ?? "")} data-overruled={pair.overruled} data-testid="question">
      <div class="same-words">
        <p class="same-line">
          <strong class="same-ask">Same person, same family?</strong>
          {words && <span class="same-said" data-testid="said"><Icon name={pair.said ? ICON[pair.said] : "same"} /> {words}</span>}
          <span class="dim" data-testid="together">{togetherWords(pair)}</span>
          {pair.chance !== null && <span class="dim" title="How likely they belong together, by what they look like and what you answered">chance {percent(pair.chance)}</span>}
        </p>
        {notice.value ? <Notice /> : <p class="same-why text dim" title={visible(pair.why)}>{capital(visible(pair.why)) || "Nothing tells yet how alike they are"}</p>}
      </div>
      <p class="hidden-text" role="status">{`Pair ${index.value + 1} of ${total.value}: ${visible(pair.one.filename)} and ${visible(pair.other.filename)}. ${togetherWords(pair)}. ${words}`}</p>
      <div class="same-answers">
        <CommandButton command="same.yes">Yes</CommandButton>
        <CommandButton command="same.no">No</CommandButton>
        <CommandButton command="same.unsure">Cannot say</CommandButton>
      </div>
    </div>
  );
}

/** What the last answer overrules, until the next one. */
function Notice(): JSX.Element {
  return (
    <p class="same-notice" role="status" data-testid="notice">
      <span class="text" title={visible(notice.value)}>{visible(notice.value)}</span>
      <CommandButton command="history.undo">Undo</CommandButton>
    </p>
  );
}

/** No pair waits: what was said, and where to go on. */
function Nothing(): JSX.Element {
  if (status.value?.images === 0) return <Empty title="No pair is in doubt yet" text="Add a folder of images first." command="source.add" />;
  const said = done.value;
  const of = (which: Said): number => said.filter((s) => s === which).length;
  const now = `You said yes to ${count(of("yes"))} and no to ${count(of("no"))}${of("unsure") ? `; ${count(of("unsure"))} could not be told` : ""}.`;
  const before = answered.value > 0 ? `${some(answered.value, "pair was", "pairs were")} answered so far.` : "";
  return (
    <div class="empty" data-testid="finished">
      <h1>{said.length > 0 ? "Every pair is answered" : "No pair is in doubt"}</h1>
      <p class="dim">
        {said.length > 0 ? now : before}{" "}
        {job.value?.state === "running" ? "A job is running; pairs in doubt come here when it ends." : "Nothing else is in doubt by what the images look like. The groups follow your answers."}
      </p>
      {notice.value && <Notice />}
      <div class="row">
        <CommandButton command="screen.cull" primary>Go to Cull</CommandButton>
        {items.value.length > 0 && <CommandButton command="same.back">Back to the last pair</CommandButton>}
      </div>
    </div>
  );
}
