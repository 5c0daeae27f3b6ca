/** Which picture this is, which list, one or three at once, and how far along. */
import type { JSX } from "preact";
import { runCommand } from "../commands";
import { keyLabel } from "../frame/scopes";
import { Icon } from "../kit/Icon";
import { count, duration, percent, visible } from "../kit/words";
import { scaleOf } from "../kit/zoom";
import { pace } from "./decide";
import { bare, current, isDone, list, LIST_NAMES, trios, which, type Which } from "./list";
import { choose } from "./place";
import { focused, zoom } from "./work";

const NUMBERS: Record<number, string> = { 2: "two", 3: "three", 4: "four" };

export function Head(): JSX.Element {
  const entry = bare.value ? null : current.value;
  const view = focused.value;
  const three = (entry?.images.length ?? 1) > 1;
  return (
    <header class="cull-head crop-head">
      <div class="cull-title">
        {entry && <strong class="ellipsis text" dir="ltr" title={visible(view?.path ?? entry.filename)}>{three ? `Keep one of ${NUMBERS[entry.images.length] ?? entry.images.length}, cropped` : visible(view?.filename ?? entry.filename)}</strong>}
        {entry && isDone(entry) && <span class="status-word">decided</span>}
        {entry?.askedFor && <span class="dim">you sent it here</span>}
      </div>
      {entry && <span class="dim zoom-word" aria-live="polite">{zoomWord()}</span>}
      <button class="toggle" aria-pressed={trios.value} data-command="crop.trios" onClick={() => runCommand("crop.trios")}>
        {trios.value && <Icon name="check" />} Three at once <kbd>{keyLabel("crop.trios")}</kbd>
      </button>
      <select class="scope" tabIndex={0} aria-label="Which pictures to go through" value={which.value} onChange={(e) => { choose(e.currentTarget.value as Which); e.currentTarget.blur(); }}>
        {(["waiting", "done"] as const).map((w) => <option key={w} value={w}>{LIST_NAMES[w]}</option>)}
      </select>
      <Progress />
    </header>
  );
}

function zoomWord(): string {
  const { mode } = zoom.view.value;
  if (mode === "fit") return "Fit";
  if (mode === "actual") return "100 %";
  return zoom.frame ? percent(scaleOf(zoom.view.value, zoom.frame) * window.devicePixelRatio) : "";
}

function Progress(): JSX.Element {
  const own = list.value;
  const n = own.whole.value;
  const left = which.value === "waiting" ? own.left.value : 0;
  const done = n - own.left.value;
  const each = pace.secondsEach();
  return (
    <div class="progress" data-testid="progress">
      <span>
        <b>{count(Math.min(own.index.value + 1, n))}</b> of {count(n)}
        {left > 0 && <span class="dim"> · {count(left)} left</span>}
        {each !== null && left > 0 && <span class="dim pace"> · {Math.round(60 / each)} a minute · {duration(each * left)}</span>}
      </span>
      <div class="rail" role="progressbar" aria-valuemin={0} aria-valuemax={n} aria-valuenow={done} aria-label="Pictures decided">
        <i style={{ width: `${n ? (100 * done) / n : 0}%` }} />
        <b style={{ left: `${n ? (100 * Math.min(own.index.value + 0.5, n)) / n : 0}%` }} />
      </div>
    </div>
  );
}
