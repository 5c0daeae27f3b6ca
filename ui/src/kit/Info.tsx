/** What is known about one image, line by line: how it was made, what a screen adds, where it lies. */
import type { ComponentChildren, JSX } from "preact";
import "./info.css";
import { stageName, visible } from "./words";

interface Known {
  filename: string;
  path: string;
  prompt: string;
  negative: string;
  seed: string;
  model: string;
  sampler: string;
  stage: number | null;
}

interface Props {
  image: Known | null;
  class?: string;
  children?: ComponentChildren; // the lines that only this screen has
}

export function Info({ image, class: more = "", children }: Props): JSX.Element {
  const name = `info ${more}`.trim();
  if (!image) return <aside class={name} aria-label="About the image" />;
  const told = image.prompt || image.negative || image.seed || image.model || image.sampler;
  return (
    <aside class={name} aria-label="About the image" data-testid="info">
      <dl>
        <Line name="File" value={image.filename} long />
        <Line name="Prompt" value={image.prompt} long />
        <Line name="Negative" value={image.negative} long />
        <Line name="Seed" value={image.seed} />
        <Line name="Model" value={image.model} />
        <Line name="Sampler" value={image.sampler} />
        {!told && <p class="dim none">No prompt, seed or model is stored with this image.</p>}
      </dl>
      <dl>
        <Line name="Stage" value={image.stage === null ? "none" : stageName(image.stage).replace("stage ", "")} />
        {children}
      </dl>
      <dl><Line name="Path" value={image.path} long /></dl>
    </aside>
  );
}

/** A name and what there is to say under it; nothing at all where there is nothing to say. */
export function Line({ name, value, long = false }: { name: string; value: string; long?: boolean }): JSX.Element | null {
  if (value === "") return null;
  return (
    <div class={long ? "info-row long" : "info-row"}>
      <dt class="dim">{name}</dt>
      <dd class="text" dir="auto">{visible(value)}</dd>
    </div>
  );
}
