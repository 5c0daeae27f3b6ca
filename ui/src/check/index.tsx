/** Check: images that may show what a tag names, one at a time, strongest first. A yes or no teaches that tag's detector. */
import type { JSX } from "preact";
import { wordsOf } from "../cull/tags";
import { CommandButton } from "../kit/CommandButton";
import { Empty } from "../kit/Empty";
import { capital, count, percent, some } from "../kit/words";
import { scaleOf } from "../kit/zoom";
import { running, status } from "../state";
import "./commands";
import { Grid } from "./Grid";
import { ALL, asked, current, finished, list, looked, tag, tags, together } from "./list";
import { One } from "./One";
import { Side } from "./Side";
import "./style.css";
import { gridOpen, zoom } from "./view";

export function Check(): JSX.Element {
  if (!status.value) return <Empty title="No library is open" text="Add a folder of images to make one." command="source.add" />;
  if (asked.value && looked.value === 0 && together.value.waiting === 0) return <Unlooked />;
  return (
    <section class="check" data-image={current.value?.image ?? ""} data-tag={current.value?.tag ?? ""} data-list={tag.value} data-finished={finished.value}>
      <Header />
      <div class="cull-body">
        {finished.value && !(gridOpen.value && list.value.items.value.length > 0) ? <Finished /> : gridOpen.value ? <Grid /> : <One />}
        <Side />
      </div>
    </section>
  );
}

function Unlooked(): JSX.Element {
  if (status.value?.images === 0) return <Empty title="Nothing to check yet" text="Add a folder of images first." command="source.add" />;
  const text = running.value
    ? "A job is running. What looks wrong comes here once every image was looked at."
    : "Look at every image once: hands, faces, poses and what looks wrong in them. It runs in the background, and what it doubts comes here.";
  return <Empty title="Nothing was looked at yet" text={text} command="vision.look" />;
}

function Header(): JSX.Element {
  const { whole, left, index } = list.value;
  const answered = whole.value - left.value;
  const here = Math.min(index.value + 1, whole.value);
  return (
    <header class="cull-head">
      <div class="cull-title">
        <strong class="ellipsis">{tag.value === ALL ? "What looks wrong" : capital(wordsOf(tag.value))}</strong>
        <span class="dim">{left.value === 0 ? "nothing waits" : some(left.value, "doubt waits", "doubts wait")}{answered > 0 && `, ${count(answered)} answered`}</span>
      </div>
      <span class="dim zoom-word" aria-live="polite">{zoomWord()}</span>
      {whole.value > 0 && <div class="progress">
        <span><b>{count(here)}</b> of {count(whole.value)}</span>
        <div class="rail" role="progressbar" aria-valuemin={0} aria-valuemax={whole.value} aria-valuenow={answered} aria-label="Answered">
          <i style={{ width: `${whole.value ? (100 * answered) / whole.value : 0}%` }} />
          <b style={{ left: `${whole.value ? (100 * Math.min(index.value + 0.5, whole.value)) / whole.value : 0}%` }} />
        </div>
      </div>}
    </header>
  );
}

function zoomWord(): string {
  if (gridOpen.value || !current.value) return "";
  const { mode } = zoom.view.value;
  if (mode === "fit") return "Fit";
  if (mode === "actual") return "100 %";
  return zoom.frame ? percent(scaleOf(zoom.view.value, zoom.frame) * window.devicePixelRatio) : "";
}

/** Nothing waits in this list: what was said, and where to go on. */
function Finished(): JSX.Element {
  const { waiting } = together.value;
  const { yes, no } = tags.value.find((t) => t.tag === tag.value) ?? together.value;
  const done = [...list.value.done.value.values()];
  const yeses = done.filter((said) => said === "yes").length;
  const title = done.length > 0 && list.value.left.value === 0 ? "All answered" : tag.value === ALL ? "Nothing waits" : `No image waits for ${wordsOf(tag.value)}`;
  const now = done.length > 0 ? `You said yes to ${count(yeses)} and no to ${count(done.length - yeses)}.` : yes + no > 0 ? `So far ${count(yes)} yes and ${count(no)} no are known.` : "";
  return (
    <div class="empty" data-testid="finished">
      <h1>{title}</h1>
      <p class="dim">
        {now} {waiting > 0 ? `${some(waiting, "doubt waits", "doubts wait")} under other tags.` : `${some(looked.value, "image")} looked at; nothing else in them looks wrong enough to ask about.`}
      </p>
      <div class="row">
        {waiting > 0 ? <CommandButton command="check.all" primary>All tags together</CommandButton> : <CommandButton command="screen.cull" primary>Go to Cull</CommandButton>}
        {list.value.items.value.length > 0 && <CommandButton command="check.back">Back to the last one</CommandButton>}
      </div>
    </div>
  );
}
