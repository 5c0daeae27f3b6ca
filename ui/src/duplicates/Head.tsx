/** The parts of the screen, and what the last search found. */
import type { JSX } from "preact";
import { keyLabel } from "../frame/scopes";
import { CommandButton } from "../kit/CommandButton";
import { bytes, count, some, visible } from "../kit/words";
import { runCommand } from "../commands";
import { figures, groups } from "./copies";
import { part, PART_NAMES, PARTS, type Part } from "./part";
import { matches, setFigures } from "./matches";
import { staged } from "./batches";

const counts: Record<Part, () => number> = {
  groups: () => groups.left.value,
  sets: () => matches.left.value,
  staged: () => staged.value?.images ?? 0,
};

export function Head(): JSX.Element {
  return (
    <header class="cull-head copies-head">
      <div class="parts" role="tablist" aria-label="Parts of this screen">
        {PARTS.map((p) => (
          <button key={p} class="plain tab" role="tab" aria-selected={part.value === p} data-part={p} onClick={() => runCommand(`copies.${p}`)}>
            {PART_NAMES[p]}
            {counts[p]() > 0 && <span class="tab-count">{count(counts[p]())}</span>} <kbd>{keyLabel(`copies.${p}`)}</kbd>
          </button>
        ))}
      </div>
      <div class="copies-sum" data-testid="sum">
        {part.value === "groups" && <GroupSum />}
        {part.value === "sets" && <SetSum />}
        {part.value === "staged" && <StagedSum />}
      </div>
    </header>
  );
}

function GroupSum(): JSX.Element | null {
  const f = figures.value;
  if (!f?.run) return null;
  return (
    <>
      <span class="ellipsis">
        {f.total === 0 ? "No group open" : some(f.total, "group")} <span class="dim wide">of {some(f.run.images, "image")}</span>
        {f.total > 0 && <> <span class="dim">·</span> {count(f.going)} {f.going === 1 ? "goes" : "go"} <span class="dim">·</span> <b data-testid="freed">{bytes(f.bytes)}</b> freed</>}
        {f.run.outside > 0 && <span class="dim" title="Paths of the file that no source of this library holds; they are left alone and listed in the report"> · {some(f.run.outside, "path")} outside the sources</span>}
        {f.run.note && <span class="dim" title={visible(f.run.note)}> · {visible(f.run.note)}</span>}
      </span>
      {f.run.report && <CommandButton command="copies.report">CSV report</CommandButton>}
      <CommandButton command="copies.acceptAll">Accept all</CommandButton>
    </>
  );
}

function SetSum(): JSX.Element | null {
  const f = setFigures.value;
  if (!f?.searched) return null;
  return (
    <>
      <span class="ellipsis">
        {some(f.total, "match", "matches")} <span class="dim">·</span> <b>{bytes(f.bytes)}</b> freed
        {f.note && <span class="dim" title={visible(f.note)}> · {visible(f.note)}</span>}
      </span>
      {f.report && <CommandButton command="sets.report">Report</CommandButton>}
      <CommandButton command="sets.find">Find again</CommandButton>
      {f.total > 0 && <CommandButton command="sets.acceptAll">Accept all</CommandButton>}
    </>
  );
}

function StagedSum(): JSX.Element | null {
  const all = staged.value;
  if (!all || all.images === 0) return null;
  return (
    <>
      <span class="ellipsis">{some(all.images, "image")} set aside <span class="dim">·</span> <b>{bytes(all.bytes)}</b> <span class="dim">to be freed by approving</span></span>
      <CommandButton command="staged.restoreAll">Restore all</CommandButton>
    </>
  );
}
