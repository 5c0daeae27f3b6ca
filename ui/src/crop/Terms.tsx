/** How the box is scored: each term with its value and weight. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { CropCandidate, CropImage } from "../bridge.gen";
import { same, type Box } from "./geometry";
import { measured, measureSoon, taste } from "./taste";
import { TERMS } from "./words";

interface Props {
  view: CropImage;
  box: Box;
  candidate: CropCandidate | null; // the proposal that the box is
}

export function Terms({ view, box, candidate }: Props): JSX.Element {
  const table = useRef<HTMLElement>(null);
  useEffect(() => table.current?.scrollIntoView({ block: "nearest" }), []);
  useEffect(() => {
    if (!candidate) measureSoon(view.id, box);
  }, [view.id, box.join(), candidate?.id]);
  const own = measured.value?.image === view.id ? measured.value : null;
  const told = candidate ?? own;
  const resting = candidate !== null || (own !== null && same(own.box, box));
  return (
    <section ref={table} class="crop-terms" data-testid="terms" data-resting={resting} aria-label="How the box is scored">
      <h2>Score {told ? <b>{told.score.toFixed(2)}</b> : <span class="dim">being measured</span>}</h2>
      <table>
        <thead>
          <tr class="dim"><th scope="col">Term</th><th scope="col">Value</th><th scope="col">Weight</th></tr>
        </thead>
        <tbody>
          {TERMS.map((t) => <Row key={t.name} {...t} value={told?.terms[t.name] ?? null} />)}
        </tbody>
      </table>
      <p class="dim">Values are from 0 to 1; − counts against. Weights: {(taste.value?.answers ?? 0) > 0 ? "as learned from your answers." : "those of the settings."}</p>
    </section>
  );
}

function Row({ name, words, against, value }: { name: string; words: string; against: boolean; value: number | null }): JSX.Element {
  const weight = taste.value?.weights.find((w) => w.term === name)?.now;
  return (
    <tr data-term={name}>
      <th scope="row">{words}</th>
      <td>{value === null ? "–" : value.toFixed(2)}</td>
      <td>{weight === undefined ? "–" : `${against ? "−" : ""}${Math.abs(weight).toFixed(2)}`}</td>
    </tr>
  );
}
