/** Everything known about the focused image: how it was made, what was measured. */
import type { JSX } from "preact";
import { bytes, percent, stageName, visible } from "../kit/words";
import { focused } from "./focus";
import { wordsOf } from "./tags";

export function Info(): JSX.Element {
  const m = focused.value;
  const row = (name: string, value: string, long = false): JSX.Element | false =>
    value !== "" && (
      <div class={long ? "info-row long" : "info-row"} key={name}>
        <dt class="dim">{name}</dt>
        <dd class="text" dir="auto">{visible(value)}</dd>
      </div>
    );
  if (!m) return <aside class="info" aria-label="About the image" />;
  const made = m.prompt || m.negative || m.seed || m.model || m.sampler;
  return (
    <aside class="info" aria-label="About the image" data-testid="info">
      <dl>
        {row("File", m.filename, true)}
        {row("Prompt", m.prompt, true)}
        {row("Negative", m.negative, true)}
        {row("Seed", m.seed)}
        {row("Model", m.model)}
        {row("Sampler", m.sampler)}
        {!made && <p class="dim none">No prompt, seed or model is stored with this image.</p>}
      </dl>
      <dl>
        {row("Stage", m.stage === null ? "none" : stageName(m.stage).replace("stage ", ""))}
        {row("Score", m.score.toFixed(2))}
        {row("Quality", percent(m.quality))}
        {row("Sharpest edges", m.blurPx > 0 ? `${m.blurPx.toFixed(1)} px wide` : "nothing to judge by")}
        {row("Noise", `${m.noise.toFixed(1)} grey levels`)}
        {row("Brightness", percent(m.brightness))}
        {row("Size", m.width ? `${m.width} × ${m.height} px` : "")}
        {row("File size", bytes(m.sizeBytes))}
        {row("Format", m.format)}
        {row("Taken", m.takenAt.replace("T", " "))}
        {row("Proposed as", m.reason ? `${m.decision}: ${m.reason}` : m.decision, true)}
        {row("Defects", m.defects.map((d) => d.text || d.name).join("\n"), true)}
        {row("Tags", m.tags.map(wordsOf).join(", "), true)}
      </dl>
      <dl>{row("Path", m.path, true)}</dl>
    </aside>
  );
}
