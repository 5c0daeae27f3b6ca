/** How the focused image was made. */
import type { JSX } from "preact";
import { stageName, visible } from "../kit/words";
import { blind } from "./figures";
import { focused } from "./matches";
import { comparisonsWords } from "./words";

export function Info(): JSX.Element {
  const c = focused.value;
  const row = (name: string, value: string, long = false): JSX.Element | false =>
    value !== "" && (
      <div class={long ? "info-row long" : "info-row"} key={name}>
        <dt class="dim">{name}</dt>
        <dd class="text" dir="auto">{visible(value)}</dd>
      </div>
    );
  if (!c) return <aside class="info rank-side" aria-label="About the image" />;
  const told = c.prompt || c.negative || c.seed || c.model || c.sampler;
  return (
    <aside class="info rank-side" aria-label="About the image" data-testid="info">
      <dl>
        {row("File", c.filename, true)}
        {row("Prompt", c.prompt, true)}
        {row("Negative", c.negative, true)}
        {row("Seed", c.seed)}
        {row("Model", c.model)}
        {row("Sampler", c.sampler)}
        {!told && <p class="dim none">No prompt, seed or model is stored with this image.</p>}
      </dl>
      <dl>
        {row("Stage", c.stage === null ? "none" : stageName(c.stage).replace("stage ", ""))}
        {row("Size", c.width ? `${c.width} × ${c.height} px` : "")}
        {!blind() && row("Mu, sigma", `${c.mu.toFixed(2)}, ${c.sigma.toFixed(2)}`)}
        {!blind() && row("Compared", comparisonsWords(c.comparisons))}
        {c.groupSize > 1 && row("Group", `${c.groupSize} near-duplicates`)}
      </dl>
      <dl>{row("Path", c.path, true)}</dl>
    </aside>
  );
}
