/** Beside the picture: the proposals as they would look, and what is known of the box. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { CropCandidate, CropImage } from "../bridge.gen";
import { wordsOf } from "../cull/tags";
import { keyLabel } from "../frame/scopes";
import { CommandButton } from "../kit/CommandButton";
import { Icon } from "../kit/Icon";
import { capital, count, percent, visible } from "../kit/words";
import { offer, toggleReason } from "./decide";
import { ratioError, shareOf, whole, widthOf, type Box } from "./geometry";
import { current } from "./list";
import { Terms } from "./Terms";
import { boxOf, choiceOf, focusAt, focused, infoOpen, offered, pointed, tagsOf, unassisted, usable, type Choice } from "./work";
import { NAMES, sorted } from "./words";

export function Side(): JSX.Element {
  const view = focused.value;
  useEffect(() => () => void (pointed.value = null), []);
  return (
    <aside class="crop-side" aria-label="Crops" data-testid="crop-side">
      {usable(view) && <About view={view} />}
      {view && !usable(view) && <p class="dim">Nothing can be cropped here. <kbd>{keyLabel("crop.skip")}</kbd> goes on.</p>}
    </aside>
  );
}

function About({ view }: { view: CropImage }): JSX.Element {
  const bare = unassisted.value;
  const box = boxOf(view, bare);
  const choice = choiceOf(view, box, bare);
  const all = offered(view, bare);
  const three = (current.value?.images.length ?? 1) > 1;
  const own = choice === "nudged" || (choice === "full" && all.length > 0);
  return (
    <>
      <Figures view={view} box={box} />
      <Notice view={view} bare={bare} />
      {three && all.length > 1 && <p class="dim">Crops of image {focusAt.value + 1} <kbd>{keyLabel("crop.cycle")}</kbd></p>}
      {all.length > 0 && (
        <ul class="crop-offers" aria-label="Proposals">
          {all.map((c, i) => <li key={c.id}><Offer view={view} candidate={c} sign={three ? "" : String(i + 1)} on={choice === c.id} at={i} /></li>)}
        </ul>
      )}
      {(own || all.length === 0) && <Own view={view} box={box} name={NAMES[choice]} />}
      <Facts view={bare ? { ...view, keepOut: [] } : view} box={box} choice={choice} />
      <Reasons view={view} />
      {infoOpen.value && <Terms view={view} box={box} candidate={all.find((c) => c.id === choice) ?? null} />}
    </>
  );
}

/** What is out of the ordinary about it, and what to do. */
function Notice({ view, bare }: { view: CropImage; bare: boolean }): JSX.Element | null {
  if (bare) {
    return (
      <section class="crop-notice" data-testid="unassisted">
        <strong>Without a proposal</strong>
        <p>Every 20th picture is shown bare, to learn what the proposals save you. Draw the crop as you like it: <kbd>{keyLabel("crop.smaller")}</kbd> and the arrows, or the handles.</p>
      </section>
    );
  }
  if (view.candidates.length === 0) {
    return (
      <section class="crop-notice" data-testid="unproposed">
        <strong>Not proposed yet</strong>
        <p>You can draw the crop yourself, or let Pickwise propose one.</p>
        <div class="row"><CommandButton command="crop.propose">Propose crops</CommandButton></div>
      </section>
    );
  }
  if (view.clean) return null;
  return (
    <section class="crop-notice" role="status" data-testid="no-clean-crop">
      <strong><Icon name="doubt" /> No clean crop</strong>
      <p>{capital(visible(view.why))}</p>
      <p class="dim">Accept what is shown, draw your own, or keep the whole picture <kbd>{keyLabel("crop.whole")}</kbd> and say why <kbd>{keyLabel("crop.reasons")}</kbd>.</p>
    </section>
  );
}

interface OfferProps {
  view: CropImage;
  candidate: CropCandidate;
  sign: string;
  on: boolean;
  at: number;
}

function Offer({ view, candidate, sign, on, at }: OfferProps): JSX.Element {
  return (
    <button
      class="crop-offer"
      aria-pressed={on}
      tabIndex={-1}
      data-offer={candidate.id}
      onClick={() => offer(at)}
      onPointerEnter={() => void (pointed.value = on ? null : candidate)}
      onPointerLeave={() => void (pointed.value = null)}
    >
      <Preview view={view} box={candidate.box} />
      <span class="crop-told">
        <span class="crop-name">{sign && <kbd>{sign}</kbd>} <b>{NAMES[candidate.id]}</b></span>
        <span class="crop-note" title={visible(candidate.note)}>{capital(visible(candidate.note))}</span>
        <span class="dim">{percent(shareOf(view, candidate.box))}</span>
      </span>
    </button>
  );
}

function Own({ view, box, name }: { view: CropImage; box: Box; name: string }): JSX.Element {
  return (
    <div class="crop-offer" data-on="true" data-testid="own">
      <Preview view={view} box={box} />
      <span class="crop-told">
        <span class="crop-name"><b>{name}</b></span>
        <span class="dim">{percent(shareOf(view, box))}</span>
        {view.candidates.length > 0 && !unassisted.value && <span class="dim"><kbd>{keyLabel("crop.reset")}</kbd> back to the proposal</span>}
      </span>
    </div>
  );
}

const THUMB = 512; // the longest side of a thumbnail
const WIDEST = 136; // px of a preview, about

/** The crop as it would be: the same picture, moved and clipped by the window. */
function Preview({ view, box }: { view: CropImage; box: Box }): JSX.Element {
  const w = widthOf(box) || 1;
  const h = box[3] - box[1] || 1;
  const inThumb = w * Math.min(1, THUMB / Math.max(view.width, view.height));
  const enough = view.thumbUrl !== "" && inThumb >= WIDEST * window.devicePixelRatio;
  const layer = { width: `${(100 * view.width) / w}%`, height: `${(100 * view.height) / h}%`, left: `${(-100 * box[0]) / w}%`, top: `${(-100 * box[1]) / h}%` };
  return (
    <span class="crop-preview" style={{ "--aspect": String(view.width / view.height) }}>
      {view.thumbUrl && <img src={view.thumbUrl} style={layer} alt="" draggable={false} />}
      {!enough && view.displayable && <img src={view.url} style={layer} alt="" draggable={false} decoding="async" />}
    </span>
  );
}

/** Always in sight: how large, how much of the picture, where. */
function Figures({ view, box }: { view: CropImage; box: Box }): JSX.Element {
  const off = ratioError(view, widthOf(box));
  return (
    <section class="crop-facts crop-now">
      <p class="crop-figures" data-testid="figures">
        <b>{count(widthOf(box))} × {count(box[3] - box[1])}</b>, {percent(shareOf(view, box))}
        {shareOf(view, box) < 1 && <span class="dim"> · at {count(box[0])}, {count(box[1])}</span>}
      </p>
      {off > 0 && <p class="dim" title="No whole-pixel size near it has exactly the picture's ratio">{off.toFixed(2)} px off the ratio</p>}
    </section>
  );
}

function Facts({ view, box, choice }: { view: CropImage; box: Box; choice: Choice }): JSX.Element {
  const parts = sorted(view, box);
  return (
    <section class="crop-facts">
      {parts.out.length > 0 && <p data-testid="leaves-out"><Icon name="check" /> Leaves out: {parts.out.join(", ")}</p>}
      {parts.in.length > 0 && <p data-testid="still-shows"><Icon name="doubt" /> Still shows: {parts.in.join(", ")}</p>}
      {choice === "best" && (
        <p class="dim" title="How sure the proposal is, from 0 to 100 %">
          {view.clean && `${capital(visible(view.why))} `}<span class="crop-sure">{percent(view.confidence)} sure</span>
        </p>
      )}
      {view.choice !== null && <p class="status-word" data-testid="was"><Icon name="check" /> {wasWords(view)}</p>}
    </section>
  );
}

const wasWords = (view: CropImage): string => {
  const what = view.choice === "full" ? "left whole" : view.box && widthOf(view.box) === widthOf(whole(view)) ? "left whole" : "cropped";
  return `Decided: ${what}${view.copied ? ", copy written" : ""}`;
};

function Reasons({ view }: { view: CropImage }): JSX.Element | null {
  const tags = tagsOf(view);
  if (tags.length === 0) return null;
  return (
    <section class="crop-tags" aria-label="Reasons">
      {tags.map((t) => <button key={t} class="tag" tabIndex={-1} aria-pressed="true" title="Take it away" onClick={() => toggleReason(t)}>{wordsOf(t)}</button>)}
    </section>
  );
}
