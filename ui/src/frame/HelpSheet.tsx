/** The keys of the screen, from the keymap itself. */
import type { JSX } from "preact";
import { commandOf } from "../commands";
import { KEYMAP, written, type Binding, type Scope } from "../keymap";
import { screen, TAB_NAMES, version } from "../state";
import { isMac } from "./scopes";
import { Sheet } from "./Sheet";

const PARTS: Record<string, { scope: Scope; title: string }[]> = {
  library: [{ scope: "library", title: "Library" }],
  cull: [{ scope: "cull", title: "Cull" }, { scope: "obvious", title: "On a page of clear groups" }, { scope: "tags", title: "While rejecting" }],
  sweep: [{ scope: "sweep", title: "Sweep" }, { scope: "large", title: "One image, large" }],
  rank: [{ scope: "rank", title: "Rank" }],
  rankings: [{ scope: "rankings", title: "Rankings" }, { scope: "ranked", title: "One image, large" }],
  crop: [{ scope: "crop", title: "Crop" }, { scope: "reasons", title: "While giving reasons" }],
  duplicates: [{ scope: "duplicates", title: "Groups" }, { scope: "difference", title: "Difference" }, { scope: "sets", title: "Sets" }, { scope: "staged", title: "Staged" }],
  check: [{ scope: "check", title: "Check" }, { scope: "checks", title: "In the grid" }],
  same: [{ scope: "same", title: "Same?" }],
  insight: [{ scope: "insight", title: "Insight" }, { scope: "review", title: "While looking at what was decided" }, { scope: "close", title: "Looking closely" }],
  settings: [],
};

export function HelpSheet(): JSX.Element {
  const parts = [...(PARTS[screen.value] ?? []), { scope: "anywhere" as const, title: "Everywhere" }];
  return (
    <Sheet label="Keys" name="help">
      <h2>Keys on {TAB_NAMES[screen.value]}</h2>
      <div class="key-columns">
        {parts.map((p) => (
          <section key={p.scope}>
            <h3 class="dim">{p.title}</h3>
            <dl class="key-list">{KEYMAP.filter((b) => b.scope === p.scope).map((b) => <Row key={b.command} binding={b} />)}</dl>
          </section>
        ))}
        {screen.value !== "settings" && screen.value !== "library" && screen.value !== "insight" && (
          <section>
            <h3 class="dim">Mouse</h3>
            <dl class="key-list">
              {screen.value === "crop" && <><dt><kbd>drag</kbd></dt><dd>Inside moves the box, at a handle sizes it</dd></>}
              <dt><kbd>wheel</kbd></dt><dd>Zoom at the pointer</dd>
              <dt><kbd>{screen.value === "crop" ? "Shift wheel" : "drag"}</kbd></dt><dd>{screen.value === "crop" ? "Pan; a drag outside the box too" : "Pan; Shift wheel too"}</dd>
              <dt><kbd>double click</kbd></dt><dd>100 % there, and back</dd>
            </dl>
          </section>
        )}
      </div>
      <p class="dim">Pickwise {version.value}. Everything stays on this computer.</p>
    </Sheet>
  );
}

function Row({ binding }: { binding: Binding }): JSX.Element {
  const keys = binding.shown ? [binding.shown] : binding.keys.filter((k) => k !== "=").map((k) => written(k, isMac()));
  return (
    <>
      <dt>{keys.map((k) => <kbd key={k}>{k}</kbd>)}</dt>
      <dd data-help={binding.command}>{commandOf(binding.command)?.help ?? commandOf(binding.command)?.title() ?? ""}</dd>
    </>
  );
}
