/** What is asked and why, how many at once, the champion, blind or not, and how it goes. */
import type { JSX } from "preact";
import { runCommand as run } from "../commands";
import { keyLabel } from "../frame/scopes";
import { CommandButton } from "../kit/CommandButton";
import { Icon } from "../kit/Icon";
import { JudgePicker, judgeName } from "../kit/JudgePicker";
import { count, percent, visible } from "../kit/words";
import { scaleOf } from "../kit/zoom";
import { say } from "../state";
import { UPS, setUp } from "./decide";
import { blind, figures, pace } from "./figures";
import { judgeOpen, judges, rankAs, rankAsTyped } from "./judge";
import { champion, now, zoom } from "./matches";

export function Head(): JSX.Element {
  const match = now.value;
  return (
    <header class="cull-head rank-head">
      <div class="cull-title">
        {match && <strong>{match.was ? "Choose again" : "Choose the best"}</strong>}
        {match && <span class="dim ellipsis" data-note title={visible(noteNow())}>{visible(noteNow())}</span>}
      </div>
      {match && <span class="dim zoom-word" aria-live="polite">{zoomWord()}</span>}
      {champion.value && <CommandButton command="rank.champion">Unpin champion</CommandButton>}
      <UpPicker />
      <button class="toggle" aria-pressed={blind()} data-command="rank.blind" onClick={() => run("rank.blind")}>
        {blind() && <Icon name="check" />} Blind <kbd>{keyLabel("rank.blind")}</kbd>
      </button>
      <Judge />
      <Progress />
    </header>
  );
}

/** Why these; while blind not, since it says where they stand. */
function noteNow(): string {
  const match = now.value;
  if (!match) return "";
  if (!match.was) return blind() ? "" : match.note;
  const { kind, winner } = match.was;
  if (kind === "pick") return `Taken back: you had chosen ${match.images.findIndex((i) => i.id === winner) + 1}`;
  return kind === "draw" ? "Taken back: you had called it a draw" : kind === "skip" ? "Taken back: you had skipped it" : match.note;
}

function zoomWord(): string {
  const { mode } = zoom.view.value;
  if (mode === "fit") return "Fit";
  if (mode === "actual") return "100 %";
  return zoom.frame ? percent(scaleOf(zoom.view.value, zoom.frame) * window.devicePixelRatio) : "";
}

function UpPicker(): JSX.Element {
  const up = figures.value?.up ?? 0;
  return (
    <div class="ups" role="group" aria-label="Images at once">
      {UPS.map((n) => (
        <button key={n} class="up" data-up={n} aria-pressed={n === up} aria-label={`${n} images at once`} disabled={!figures.value} onClick={() => void setUp(n)}>{n}</button>
      ))}
      <span class="dim">at once <kbd>{keyLabel("rank.more")}</kbd></span>
    </div>
  );
}

function Judge(): JSX.Element | null {
  const f = figures.value;
  if (!f) return null;
  const choices = judges.value.map((name) => ({ label: judgeName(name), on: name === f.judge, choose: () => void rankAs(name).then((wrong) => wrong && say(wrong, { kind: "error" })) }));
  return <JudgePicker command="rank.judge" open={judgeOpen} label="Whose picks" shown={judgeName(f.judge)} choices={choices} onName={rankAsTyped} />;
}

function Progress(): JSX.Element {
  const f = figures.value;
  const each = pace.secondsEach();
  return (
    <span class="rank-progress" data-testid="picks">
      <b>{count(f?.matches ?? 0)}</b> {f?.matches === 1 ? "pick" : "picks"}
      {each !== null && <span class="dim"> · {Math.round(60 / each)} a minute</span>}
    </span>
  );
}
