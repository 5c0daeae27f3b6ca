/** The library at a glance: what became of its images and its groups, drawn to scale. */
import type { JSX } from "preact";
import type { Status } from "../bridge.gen";
import { count } from "../kit/words";

interface Part {
  name: string;
  value: number;
  kind: string;
}

export function Balance({ s }: { s: Status }): JSX.Element {
  const settled = Math.max(0, s.groups - s.needsYou - s.decided);
  const groups: Part[] = [
    { name: "decided by you", value: s.decided, kind: "accent" },
    { name: "by default", value: settled, kind: "plain" },
    { name: "need you", value: s.needsYou, kind: "hatch" },
  ];
  const images: Part[] = [
    { name: "keepers", value: s.keepers, kind: "accent" },
    { name: "other images", value: Math.max(0, s.images - s.keepers), kind: "plain" },
    { name: "missing", value: s.missing, kind: "hatch" },
    { name: "quarantined", value: s.quarantined, kind: "outline" },
  ];
  return (
    <section class="balance">
      <Bar title="Groups" total={s.groups} parts={groups} />
      <Bar title="Images" total={s.images + s.missing + s.quarantined} parts={images} />
    </section>
  );
}

function Bar({ title, total, parts }: { title: string; total: number; parts: Part[] }): JSX.Element {
  const shown = parts.filter((p) => p.value > 0);
  return (
    <div class="bar-chart">
      <p><strong>{title}</strong> <span class="figure" data-count={title.toLowerCase()}>{count(total)}</span></p>
      <div class="bar-parts" role="img" aria-label={shown.map((p) => `${count(p.value)} ${p.name}`).join(", ")}>
        {shown.map((p) => <i key={p.name} class={`part part-${p.kind}`} style={{ flexGrow: p.value }} />)}
      </div>
      <ul class="bar-key">
        {parts.map((p) => (
          <li key={p.name} class={p.value === 0 ? "dim" : ""}>
            <i class={`part part-${p.kind}`} /> <span class="figure" data-count={p.name}>{count(p.value)}</span> {p.name}
          </li>
        ))}
      </ul>
    </div>
  );
}
