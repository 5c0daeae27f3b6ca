/** Above the table: how many, how sure, the filters, and how the strengths are spread. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { CommandButton } from "../kit/CommandButton";
import { JudgePicker } from "../kit/JudgePicker";
import { barOf, Histogram } from "../kit/Histogram";
import { count, percent, some, stageName, visible } from "../kit/words";
import { keyLabel } from "../frame/scopes";
import { allFit, shareWords } from "../rank/words";
import { signed } from "./cells";
import { choices, judgeOpen, judges, whose } from "./judge";
import { total } from "./pages";
import { filtered, ONLY, ONLY_ORDER, query, sharedRoot, SORTS, type Only, type Query } from "./query";
import { change, facets, jumpBelow, row, standing } from "./state";

export function Head(): JSX.Element {
  const s = standing.value;
  return (
    <header class="rankings-head">
      <div class="cull-title">
        <strong data-testid="rows">{some(total.value, "image")}{filtered.value ? " shown" : ""}</strong>
        {query.value.sort !== "rank" && <span class="dim">by {SORTS[query.value.sort].label}</span>}
        {s && s.matches > 0 && (
          <span class="dim ellipsis" data-testid="standing" title="From the picks so far: how much of the true top is expected in the one shown">
            {some(s.matches, "pick")}{query.value.everyone && ` of ${some(judges.value.length, "judge")}`} · {allFit(s) ? shareWords(s) : <>about <b>{percent(s.share)}</b> of the true top {count(s.top)} is in the one shown{s.stop && " · you can stop"}</>}
          </span>
        )}
      </div>
      {judges.value.length > 1 && <JudgePicker command="rankings.judge" open={judgeOpen} label="Whose rankings" shown={query.value.everyone ? "Everyone" : whose()} choices={choices()} />}
      <CommandButton command="export.choose">Export</CommandButton>
    </header>
  );
}

const TYPING = 120; // milliseconds of rest before what was typed is looked for
const typed = signal("");
let waiting = 0;

function look(text: string, now = false): void {
  typed.value = text;
  clearTimeout(waiting);
  const send = (): void => void (query.peek().text !== text && change({ ...query.peek(), text }, text === "" ? (row.peek()?.id ?? "top") : "top"));
  if (now) send();
  else waiting = window.setTimeout(send, TYPING);
}

/** Enter and the arrow go on to the rows; Escape empties the field, then leaves it. */
function typing(event: KeyboardEvent): void {
  const field = event.currentTarget as HTMLInputElement;
  if (event.key === "Escape" && field.value !== "") look("", true);
  else if (event.key === "Enter" || event.key === "ArrowDown" || event.key === "Escape") {
    if (event.key !== "Escape") look(field.value, true);
    field.blur();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

const set = (more: Partial<Query>): void => change({ ...query.peek(), ...more });

export function Filters(): JSX.Element {
  const { text, folder, stage, only } = query.value;
  const f = facets.value;
  const root = sharedRoot(f?.folders ?? []);
  if (text === "" && typed.peek() !== "" && document.activeElement?.getAttribute("data-filter") !== "text") typed.value = "";
  return (
    <div class="filters" role="search" aria-label="Filter the rankings">
      <label class="find">
        <span class="hidden-text">Find by name, folder or prompt</span>
        <input data-filter="text" type="text" spellcheck={false} autocomplete="off" placeholder="Find by name, folder or prompt" value={typed.value} onInput={(e) => look(e.currentTarget.value)} onKeyDown={typing} />
        {typed.value === "" && <kbd>{keyLabel("rankings.find")}</kbd>}
      </label>
      <select data-filter="only" aria-label="Which images" value={only} onChange={(e) => set({ only: e.currentTarget.value as Only })}>
        {ONLY_ORDER.map((o) => <option key={o} value={o}>{ONLY[o](count(standing.value?.top ?? 0))}</option>)}
      </select>
      <select data-filter="folder" aria-label="Folder" value={folder} onChange={(e) => set({ folder: e.currentTarget.value })}>
        <option value="">All folders</option>
        {f?.folders.map((path) => <option key={path} value={path}>{visible(path.slice(root.length)) || visible(path)}</option>)}
      </select>
      <select data-filter="stage" aria-label="Stage" value={stage === null ? "" : String(stage)} onChange={(e) => set({ stage: e.currentTarget.value === "" ? null : Number(e.currentTarget.value) })}>
        <option value="">All stages</option>
        {f?.stages.map((n) => <option key={n} value={String(n)}>{stageName(n)}</option>)}
      </select>
      {filtered.value && <CommandButton command="rankings.clear">Show all</CommandButton>}
    </div>
  );
}

export function Strengths(): JSX.Element | null {
  const h = facets.value?.histogram;
  if (!h || h.counts.length === 0) return null;
  const top = `top ${count(standing.value?.top ?? 0)}`;
  const mark = row.value && row.value.comparisons > 0 ? row.value.strength : null;
  const unseen = h.uncompared > 0 ? ` · ${some(h.uncompared, "image")} never compared ${h.uncompared === 1 ? "is" : "are"} left out` : "";
  return (
    <Histogram
      edges={h.edges}
      counts={h.counts}
      cut={h.cut}
      cutLabel={h.cut !== null && barOf(h.edges, h.cut) > 0 ? top : ""}
      mark={mark}
      label={`Strength of the compared images${unseen}`}
      describe={(from, to, n) => `strength ${signed(from)} to ${signed(to)}: ${some(n, "image")}`}
      format={signed}
      onPick={(bar) => void jumpBelow(bar >= h.counts.length - 1 ? Infinity : (h.edges[bar + 1] ?? 0))}
    />
  );
}
