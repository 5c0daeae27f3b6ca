/** What was learned from the answers, in words and numbers, and how well it goes. */
import type { JSX } from "preact";
import type { Taste } from "../bridge.gen";
import { Confirm } from "../duplicates/Confirm";
import { CommandButton } from "../kit/CommandButton";
import { capital, duration, percent, some, visible } from "../kit/words";
import { taste } from "./taste";
import { TERMS } from "./words";

export function TastePanel(): JSX.Element {
  const t = taste.value;
  return (
    <aside class="crop-side crop-taste" aria-label="What was learned" data-testid="taste">
      <h2>What was learned</h2>
      {t && <Learned t={t} />}
      {t && <Readouts t={t} />}
      {t && t.answers > 0 && <div class="row"><CommandButton command="crop.forget">Forget it</CommandButton></div>}
      <Confirm />
    </aside>
  );
}

function Learned({ t }: { t: Taste }): JSX.Element {
  const moved = t.weights.filter((w) => w.text !== "");
  if (t.answers === 0 && moved.length === 0) return <p class="dim">Nothing yet. Each crop you accept, change or exchange moves the proposals a little towards your taste.</p>;
  return (
    <>
      <p class="dim">From {some(t.answers, "answer")}. Only this library, only on this computer.</p>
      {moved.length === 0 && <p>Your answers agree with the proposals so far.</p>}
      <ul class="crop-learned">
        {moved.map((w) => (
          <li key={w.term} data-term={w.term}>
            {capital(visible(w.text))}
            <span class="dim"> {TERMS.find((term) => term.name === w.term)?.words ?? w.term}: {w.start.toFixed(2)} → {w.now.toFixed(2)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Readouts({ t }: { t: Taste }): JSX.Element {
  const minutes = t.secondsSaved;
  return (
    <dl class="crop-readouts">
      <Line name="Accepted as proposed" value={t.acceptRate === null ? "" : percent(t.acceptRate)} more={t.acceptRateBefore === null ? "" : `before: ${percent(t.acceptRateBefore)}`} />
      <Line name="Keys and drags an image" value={t.actions === null ? "" : t.actions.toFixed(1)} />
      <Line name="Sure proposals" value={t.easy === null ? "" : percent(t.easy)} />
      <Line name="Seconds an image" value={t.seconds === null ? "" : t.seconds.toFixed(1)} more={t.secondsUnassisted === null ? "" : `without help: ${t.secondsUnassisted.toFixed(1)}`} />
      {minutes !== null ? (
        <Line name={minutes >= 0 ? "Saved in 100 images" : "Lost in 100 images"} value={duration(Math.abs(minutes))} />
      ) : (
        t.answers > 0 && <p class="dim">What proposals save you is not measured. “Measure without help” in Settings shows every 20th picture bare.</p>
      )}
    </dl>
  );
}

function Line({ name, value, more = "" }: { name: string; value: string; more?: string }): JSX.Element | null {
  if (value === "") return null;
  return (
    <div class="crop-readout">
      <dt class="dim">{name}</dt>
      <dd><b>{value}</b>{more && <span class="dim"> {more}</span>}</dd>
    </div>
  );
}
