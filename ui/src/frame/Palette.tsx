/** Every command by name, with its key. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { allCommands, isReady, type Command } from "../commands";
import { overlay } from "../state";
import { keyLabel } from "./scopes";
import { Sheet } from "./Sheet";

const typed = signal("");
const at = signal(0);

/** Letters in order; better when they stand together or begin words. Null when they do not all occur. */
export function fuzzy(query: string, text: string): number | null {
  const q = query.toLowerCase().replaceAll(" ", "");
  const t = text.toLowerCase();
  let score = 0;
  let from = 0;
  let last = -2;
  for (const char of q) {
    const found = t.indexOf(char, from);
    if (found < 0) return null;
    if (found === last + 1) score += 3;
    if (found === 0 || t[found - 1] === " ") score += 2;
    score -= (found - from) * 0.05;
    last = found;
    from = found + 1;
  }
  return score;
}

function matches(): Command[] {
  return allCommands()
    .filter((c) => isReady(c) && c.id !== "palette.open")
    .map((c) => ({ c, score: fuzzy(typed.value, c.title()) }))
    .filter((x): x is { c: Command; score: number } => x.score !== null)
    .sort((a, b) => b.score - a.score)
    .map((x) => x.c);
}

export function Palette(): JSX.Element {
  useLayoutEffect(() => {
    typed.value = "";
    at.value = 0;
  }, []);
  const list = matches();
  const here = Math.min(at.value, list.length - 1);
  const run = (command: Command | undefined): void => {
    if (!command) return;
    overlay.value = null;
    command.run();
  };
  const key = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) at.value = (here + step + list.length) % Math.max(1, list.length);
    else if (event.key === "Enter") run(list[here]);
    else if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey)) overlay.value = null;
    else return;
    event.preventDefault();
    document.querySelector(`#palette-${at.value}`)?.scrollIntoView({ block: "nearest" });
  };
  return (
    <Sheet label="Commands" name="palette">
      <input
        data-autofocus
        class="palette-input"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={`palette-${here}`}
        aria-label="Command"
        placeholder="Type a command"
        value={typed.value}
        onInput={(e) => { typed.value = e.currentTarget.value; at.value = 0; }}
        onKeyDown={key}
      />
      <ul class="palette-list" id="palette-list" role="listbox" aria-label="Commands">
        {list.map((c, i) => (
          <li key={c.id} id={`palette-${i}`} role="option" aria-selected={i === here} data-palette={c.id} onPointerMove={() => void (at.value = i)} onClick={() => run(c)}>
            <span>{c.title()}</span>
            {keyLabel(c.id) && <kbd>{keyLabel(c.id)}</kbd>}
          </li>
        ))}
        {list.length === 0 && <li class="dim">No command has these letters.</li>}
      </ul>
    </Sheet>
  );
}
