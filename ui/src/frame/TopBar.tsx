/** Where you are, what is running, what can be taken back, that it is saved. */
import type { JSX } from "preact";
import { runCommand } from "../commands";
import { JobLine } from "./JobLine";
import { goTo, readOnly, screen, status, TAB_NAMES, TABS, unsaved, type Tab } from "../state";
import { count, visible } from "../kit/words";
import { keyLabel } from "./scopes";

function badgeOf(tab: Tab): number {
  return tab === "cull" ? (status.value?.needsYou ?? 0) : tab === "sweep" ? (status.value?.keepers ?? 0) : 0;
}

export function TopBar(): JSX.Element {
  return (
    <header class="bar">
      <nav class="tabs" aria-label="Screens">
        {TABS.map((tab) => (
          <button
            key={tab}
            class="plain tab"
            aria-current={screen.value === tab ? "page" : undefined}
            title={keyLabel(`screen.${tab}`)}
            data-tab={tab}
            onClick={() => goTo(tab)}
          >
            {TAB_NAMES[tab]}
            {badgeOf(tab) > 0 && <span class={tab === "cull" ? "tab-count needs" : "tab-count"}>{count(badgeOf(tab))}</span>}
          </button>
        ))}
      </nav>
      <JobLine />
      <Past />
    </header>
  );
}

function Past(): JSX.Element | null {
  const s = status.value;
  if (!s) return null;
  const step = (command: string, words: string, label: string): JSX.Element => (
    <button class="plain past" disabled={label === ""} data-command={command} title={label ? `${words}: ${visible(label)}` : `Nothing to ${words.toLowerCase()}`} onClick={() => runCommand(command)}>
      <span class="past-words">{words}{label && <span class="dim past-label"> {visible(label)}</span>}</span> <kbd>{keyLabel(command)}</kbd>
    </button>
  );
  return (
    <div class="past-group">
      {step("history.undo", "Undo", s.undo)}
      {step("history.redo", "Redo", s.redo)}
      <span class="dim saved" data-saved={!readOnly.value && unsaved.value === 0}>{readOnly.value ? "Read only" : "Saved"}</span>
    </div>
  );
}

export function ReadOnlyBanner(): JSX.Element | null {
  const s = status.value;
  if (!s?.readOnly) return null;
  return (
    <p class="banner" role="status" data-testid="read-only">
      <strong>Read only.</strong> {s.holder ? `${visible(s.holder)} holds this library.` : "Another program holds this library."} You can look; nothing is changed until it is
      closed there and opened again here.
    </p>
  );
}
