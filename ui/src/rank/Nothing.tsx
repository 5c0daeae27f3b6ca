/** No match to show, and the next step. */
import type { JSX } from "preact";
import { CommandButton } from "../kit/CommandButton";
import { Empty } from "../kit/Empty";
import { count, some, visible } from "../kit/words";
import { JobPanel } from "../library/JobPanel";
import { running, status } from "../state";
import { figures } from "./figures";
import { askAnew, over, trouble } from "./line";
import { champion } from "./matches";

export function Nothing(): JSX.Element {
  const s = status.value;
  const f = figures.value;
  if (!s) return <Empty title="No library is open" text="Add a folder of images to make one." command="source.add" />;
  if (trouble.value) return <Trouble text={trouble.value.message} hint={trouble.value.hint} />;
  if (s.images === 0 || (f && f.field < 2 && running.value)) {
    return running.value ? <Reading /> : <Empty title="No images yet" text="Add a folder of images; the best of them are found by choosing one of a few, again and again." command="source.add" />;
  }
  if (f && f.field < 2) {
    return s.needsYou > 0
      ? <Empty title="Cull first" text={`${f.field === 0 ? "No image is" : "Only one image is"} left to rank: the others are rejected, missing or not yet decided.`} command="screen.cull" />
      : <Empty title="Too few images to compare" text="Ranking needs two images that are neither missing nor rejected. Add a folder, or reopen a group on Sweep." command="source.add" />;
  }
  if (over.value === null) return <p class="dim choosing">Choosing the first images</p>; // seen only where that takes long
  return <NothingLeft note={over.value} />;
}

function NothingLeft({ note }: { note: string }): JSX.Element {
  const f = figures.value;
  return (
    <div class="empty" data-testid="nothing-left">
      <h1>{champion.value ? "The champion has met them all" : "Nothing left to ask"}</h1>
      <p class="dim">{visible(note)} {f && `${some(f.matches, "pick")} over ${some(f.field, "image")} so far.`}</p>
      <div class="row">
        {champion.value && <button class="primary" onClick={unpin}>Go on without a champion</button>}
        <CommandButton command="screen.rankings" primary={!champion.value}>See the rankings</CommandButton>
        {f && f.up > 2 && <CommandButton command="rank.fewer">Fewer at once (now {count(f.up)})</CommandButton>}
        <CommandButton command="history.undo">Undo</CommandButton>
      </div>
    </div>
  );
}

function unpin(): void {
  champion.value = null;
  askAnew();
}

function Trouble({ text, hint }: { text: string; hint: string }): JSX.Element {
  return (
    <div class="empty" role="alert" data-testid="rank-trouble">
      <h1>The next images could not be chosen</h1>
      <p>{visible(text)} <span class="dim">{visible(hint)}</span></p>
      <div class="row"><button class="primary" onClick={askAnew}>Try again</button></div>
    </div>
  );
}

function Reading(): JSX.Element {
  return (
    <div class="empty" data-testid="reading">
      <h1>Reading your images</h1>
      <p class="dim">Ranking can begin as soon as they are read.</p>
      <JobPanel />
    </div>
  );
}
