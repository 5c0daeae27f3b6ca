/** Which group this is, why it is here, and how far along the queue is. */
import type { JSX } from "preact";
import { count, duration, percent, some, visible } from "../kit/words";
import { scaleOf } from "../kit/zoom";
import { status } from "../state";
import { focusId, pageOf, PER_PAGE, zoom } from "./focus";
import { secondsEach } from "./pace";
import { chooseList } from "./commands";
import { standing } from "./learned";
import { current, index, items, ORDERS, pageOpen, SCOPE_NAMES, SCOPES, total, which, type Which } from "./queue";

const STATUS_WORDS = { review: "", auto: "by default", decided: "decided by you", rejected: "all rejected" } as const;

export function Header(): JSX.Element {
  const group = pageOpen.value ? null : current.value;
  const pages = group ? Math.ceil(group.members.length / PER_PAGE) : 1;
  return (
    <header class="cull-head">
      <div class="cull-title">
        {group && <strong class="ellipsis text" dir="ltr" title={visible(group.label)}>{visible(group.label)}</strong>}
        {group && STATUS_WORDS[group.status] && <span class="status-word">{STATUS_WORDS[group.status]}</span>}
        {group && pages > 1 && (
          <span class="dim">
            images {pageOf(group, focusId.value) * PER_PAGE + 1}–{Math.min(group.members.length, (pageOf(group, focusId.value) + 1) * PER_PAGE)} of {group.members.length}
          </span>
        )}
        {!group && pageOpen.value && <><strong>Obvious first</strong><span class="dim ellipsis">Look over the page, take out what is not so, accept the rest at once.</span></>}
        {group && standing(group) && <span class="status-word standing ellipsis" data-testid="standing" title={standing(group)}>{standing(group)}</span>}
        {group && <span class="dim ellipsis" data-reasons title={group.reasons.join(" · ")}>{group.reasons.join(" · ")}</span>}
      </div>
      {group && <span class="dim zoom-word" aria-live="polite">{zoomWord()}</span>}
      <ScopePicker />
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

function ScopePicker(): JSX.Element {
  const option = (s: Which): JSX.Element => <option key={s} value={s}>{SCOPE_NAMES[s]}</option>;
  return (
    <select class="scope" tabIndex={0} aria-label="Which groups to go through" value={which.value} onChange={(e) => { chooseList(e.currentTarget.value as Which); e.currentTarget.blur(); }}>
      <optgroup label="Which">{SCOPES.map(option)}</optgroup>
      <optgroup label="As was learned">{ORDERS.filter((o) => o !== "needs").map(option)}</optgroup>
    </select>
  );
}

function Progress(): JSX.Element | null {
  const n = Math.max(items.value.length, total.value);
  if (n === 0 || pageOpen.value) return null; // a page says itself how many are left
  const needs = status.value?.needsYou ?? 0;
  const each = secondsEach();
  const done = items.value.filter((i) => i.status !== "review").length;
  return (
    <div class="progress" title={each ? `${Math.round(60 / each)} groups a minute` : ""}>
      <span>
        <b>{count(Math.min(index.value + 1, n))}</b> of {count(n)}
        {which.value === "needs" && <span class="dim"> · {some(needs, "left", "left")}</span>}
        {each !== null && needs > 0 && <span class="dim pace"> · {Math.round(60 / each)} a minute · {duration(each * needs)}</span>}
      </span>
      <div class="rail" role="progressbar" aria-valuemin={0} aria-valuemax={n} aria-valuenow={done} aria-label="Groups gone through">
        <i style={{ width: `${n ? (100 * done) / n : 0}%` }} />
        <b style={{ left: `${n ? (100 * Math.min(index.value + 0.5, n)) / n : 0}%` }} />
      </div>
    </div>
  );
}
