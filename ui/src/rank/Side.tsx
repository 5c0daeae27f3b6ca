/** How sure the top is, what is still to do, what was just answered, and the best so far. */
import type { JSX } from "preact";
import type { Contender, RankStatus } from "../bridge.gen";
import { runCommand } from "../commands";
import { CommandButton } from "../kit/CommandButton";
import { Icon } from "../kit/Icon";
import { count, percent, some, visible } from "../kit/words";
import { Curve } from "./Curve";
import { last, setUp, type Last } from "./decide";
import { askAnew } from "./line";
import { blind, figures, keep, pace } from "./figures";
import { adviceOf, adviceWords, allFit, figureWords, learnedWords, leftWords, shareWords } from "./words";

export function Side(): JSX.Element {
  const f = figures.value;
  return (
    <aside class="rank-side" aria-label="How the ranking stands" data-testid="rank-side">
      {f && <Sure f={f} />}
      {f && <Field f={f} />}
      {f && f.learned !== "" && <p class="dim" data-testid="learned">{learnedWords(f)}</p>}
      {last.value && <LastAnswer of={last.value} />}
      {f && <Best f={f} />}
    </aside>
  );
}

function Sure({ f }: { f: RankStatus }): JSX.Element {
  const advice = adviceOf(f);
  const showShare = !allFit(f) && f.matches > 0;
  const done = f.stop && !allFit(f); // with nothing to choose from, nothing is reached
  return (
    <section class="sure" data-testid="sure" data-stop={done}>
      <p>
        {showShare && <strong class="big-figure">{percent(f.share)}</strong>} {shareWords(f)}
      </p>
      {!allFit(f) && <Curve of={f} />}
      <p class={done ? "stop" : ""} role="status">{done && <Icon name="check" />} {leftWords(f, pace.secondsEach())}</p>
      {advice && (
        <p class="advice">
          {adviceWords(f, advice)} <button data-advice={advice.up} onClick={() => void setUp(advice.up)}>Show {count(advice.up)}</button>
        </p>
      )}
      <Target f={f} />
      {done && <div class="row"><CommandButton command="screen.rankings" primary>See the rankings</CommandButton></div>}
    </section>
  );
}

interface FigureProps {
  id: string;
  label: string;
  unit: string;
  value: number;
  least: number;
  most: number;
  save: (value: number) => void;
}

function FigureInput({ id, label, unit, value, least, most, save }: FigureProps): JSX.Element {
  const typing = document.activeElement?.id === id; // newer figures do not touch what is being typed
  const change = (field: HTMLInputElement): void => {
    const wanted = Math.round(Number(field.value.replace(",", ".")));
    if (field.value.trim() === "" || !Number.isFinite(wanted)) field.value = String(value);
    else if (wanted !== value) {
      const kept = Math.min(most, Math.max(least, wanted));
      field.value = String(kept);
      save(kept);
    }
  };
  const key = (event: KeyboardEvent & { currentTarget: HTMLInputElement }): void => {
    if (event.key === "Escape") event.currentTarget.value = String(value);
    if (event.key === "Enter" || event.key === "Escape") event.currentTarget.blur();
    else return;
    event.stopPropagation();
  };
  return (
    <label class="target-field" for={id}>
      {label}
      <input id={id} type="number" inputMode="numeric" min={least} max={most} step={1} value={typing ? undefined : value} onChange={(e) => change(e.currentTarget)} onKeyDown={key} />
      {unit}
    </label>
  );
}

/** How many are wanted and how sure, in place. */
function Target({ f }: { f: RankStatus }): JSX.Element {
  const saved = (done: Promise<boolean>): void => void done.then((ok) => ok && askAnew());
  return (
    <div class="targets">
      <FigureInput id="rank-top" label="Top" unit="" value={f.top} least={1} most={100_000} save={(n) => saved(keep("top", n))} />
      <FigureInput id="rank-target" label="Good at" unit="%" value={Math.round(f.target * 100)} least={5} most={99} save={(n) => saved(keep("target", n / 100))} />
    </div>
  );
}

function Field({ f }: { f: RankStatus }): JSX.Element {
  const each = pace.secondsEach();
  const row = (name: string, value: string, title = ""): JSX.Element => (
    <div class="stat" title={title}>
      <dt class="dim">{name}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <dl class="stats" data-testid="stats">
      {f.judge !== "" && row("Judge", visible(f.judge))}
      {row("In the field", some(f.field, "image"), "Images neither missing nor rejected; of near-duplicates the keeper only")}
      {row("Looked at", `${count(f.looked)}${f.field > 0 ? ` (${percent(f.looked / f.field)})` : ""}`)}
      {row("Picks", `${count(f.matches)}${f.skips > 0 ? `, ${some(f.skips, "skip")}` : ""}`)}
      {each !== null && row("Pace", `${Math.round(60 / each)} a minute`)}
    </dl>
  );
}

const TITLES: Record<Last["answer"]["kind"], string> = { pick: "Chosen just now", draw: "Draw: equally good", skip: "Skipped: nothing changed", left: "" };

/** What was just answered, and what it did to the figures; while blind this is where they are first seen. */
function LastAnswer({ of: l }: { of: Last }): JSX.Element {
  return (
    <section data-testid="last" data-kind={l.answer.kind}>
      <h2>{TITLES[l.answer.kind]}</h2>
      <ul class="thumbs">
        {l.before.map((b, i) => {
          const a = l.after?.[i] ?? null;
          return (
            <li key={b.id} data-last={b.id} data-chosen={l.answer.winner === b.id} title={`${visible(b.filename)}: ${figureWords(a ?? b)}`}>
              <Thumb of={b} />
              <span class="thumb-figure">μ {(a ?? b).mu.toFixed(1)}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Best({ f }: { f: RankStatus }): JSX.Element | null {
  if (f.preview.length === 0 || f.matches === 0) return null;
  return (
    <section data-testid="best">
      <h2>Best so far</h2>
      {blind() ? (
        <p class="dim">Hidden while blind.</p>
      ) : (
        <ul class="thumbs">
          {f.preview.map((c, i) => (
            <li key={c.id}>
              <button class="plain thumb-button" aria-label={`${i + 1}: ${visible(c.filename)}, to the rankings`} title={`${visible(c.filename)}: ${figureWords(c)}${c.cropped ? ", cropped" : ""}`} onClick={() => runCommand("screen.rankings")}>
                <Thumb of={c} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Thumb({ of: c }: { of: Contender }): JSX.Element {
  return c.thumbUrl && !c.missing ? <img class="thumb" src={c.thumbUrl} alt="" draggable={false} decoding="async" /> : <span class="thumb thumb-none dim"><Icon name="gone" /></span>;
}
