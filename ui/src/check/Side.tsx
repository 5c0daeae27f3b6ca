/** The tags: how many images wait, what was said, and how the detector of each stands. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { CheckTag } from "../bridge.gen";
import { wordsOf } from "../cull/tags";
import { CommandButton } from "../kit/CommandButton";
import { capital, count, some } from "../kit/words";
import { status } from "../state";
import { ALL, looked, shownTags, tag, tags, together } from "./list";
import { choose } from "./place";
import { detector, shortState } from "./words";

export function Side(): JSX.Element {
  const { full, empty } = shownTags.value;
  const all = together.value;
  return (
    <aside class="check-side" aria-label="Tags" data-testid="check-side">
      <div class="check-tags">
        <p class="check-row check-head dim" aria-hidden="true"><span /><span>wait</span><span>yes</span><span>no</span></p>
        <div role="listbox" aria-label="Tags to ask about">
          <Row name={ALL} words="All tags" waiting={all.waiting} yes={all.yes} no={all.no} />
          {full.map((t) => <Row key={t.tag} name={t.tag} words={wordsOf(t.tag)} waiting={t.waiting} yes={t.yes} no={t.no} state={t} />)}
        </div>
        {empty.length > 0 && <p class="dim check-none">Nothing seen or said yet: {empty.map((t) => wordsOf(t.tag)).join(", ")}.</p>}
      </div>
      <About />
    </aside>
  );
}

/** Fits its column. */
const short = (n: number): string => (n < 10_000 ? count(n) : `${count(Math.floor(n / 1000))}k`);

interface RowProps {
  name: string;
  words: string;
  waiting: number;
  yes: number;
  no: number;
  state?: CheckTag;
}

function Row({ name, words, waiting, yes, no, state }: RowProps): JSX.Element {
  const on = tag.value === name;
  const row = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => void (on && row.current?.scrollIntoView({ block: "nearest" })), [on]);
  return (
    <button
      class="plain check-row"
      ref={row}
      role="option"
      tabIndex={-1}
      aria-selected={on}
      aria-label={`${words}: ${count(waiting)} wait, ${count(yes)} yes, ${count(no)} no${state ? `; ${shortState(state)}` : ""}`}
      data-tag-row={name}
      onClick={() => void choose(name)}
    >
      <span class="ellipsis">{capital(words)}</span>
      <b>{short(waiting)}</b>
      <span>{short(yes)}</span>
      <span>{short(no)}</span>
      {state && <span class="dim check-state" data-learned={state.learned}>{shortState(state)}</span>}
    </button>
  );
}

/** The chosen tag's detector in sentences, and how far the looking is. */
function About(): JSX.Element {
  const chosen = tags.value.find((t) => t.tag === tag.value);
  const images = status.value?.images ?? 0;
  const rest = Math.max(0, images - looked.value);
  return (
    <section class="check-about" data-testid="check-about">
      {chosen ? detector(chosen).map((line) => <p key={line}>{line}</p>) : <p>Each answer teaches the detector of its tag, and so do tags given in Cull. Nothing is rejected here.</p>}
      {rest > 0 && (
        <p>
          <span class="dim">{some(rest, "image")} not looked at yet.</span> <CommandButton command="vision.look">Look</CommandButton>
        </p>
      )}
    </section>
  );
}
