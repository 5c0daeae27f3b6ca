/** What can be taken out, each by one key; as what, and where to. */
import type { JSX } from "preact";
import { CommandButton } from "../kit/CommandButton";
import { count, some, visible } from "../kit/words";
import { by, judges } from "../rankings/judge";
import { standing } from "../rankings/state";
import { status } from "../state";
import { above, least, link, setLeast, setTop, startExport, target, top, type Link, type What } from "./state";

const LINKS: Record<Link, string> = { copy: "copies", hard: "hard links", symlink: "symbolic links" };

/** Enter in a field exports what it belongs to. */
const enter = (what: What) => (event: KeyboardEvent): void => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  event.stopPropagation();
  void startExport(what);
};

export function Choices({ again }: { again: boolean }): JSX.Element {
  const s = standing.value;
  const ranked = s !== null && s.matches > 0;
  return (
    <div class={again ? "choices again" : "choices"} data-testid="export-choices">
      {ranked && (
        <>
          <CommandButton command="export.top">The top</CommandButton>
          <label><input type="number" min="1" step="1" aria-label="How many of the best" data-export="top" value={top.value} onInput={(e) => setTop(e.currentTarget.valueAsNumber)} onKeyDown={enter("top")} /> <span class="dim">best of {some(s.field, "image")}{judges.value.length > 1 && `, ${by()}`}</span></label>
          <CommandButton command="export.score">By score</CommandButton>
          <label>
            <input type="number" step="0.1" aria-label="Least score" data-export="score" value={least.value} onInput={(e) => setLeast(e.currentTarget.valueAsNumber)} onKeyDown={enter("score")} />{" "}
            <span class="dim" data-testid="above">or more{above.value !== null && `: ${some(above.value, "image")}`}</span>
          </label>
        </>
      )}
      <CommandButton command="export.keepers">Keepers</CommandButton>
      <span class="dim">{count(status.value?.keepers ?? 0)}, the best of each group</span>
      {ranked && (
        <>
          <CommandButton command="export.csv">Rankings as CSV</CommandButton>
          <span class="dim">every image with its figures, for a spreadsheet</span>
        </>
      )}
      <span class="dim">as</span>
      <span class="row" role="radiogroup" aria-label="As">
        {(Object.keys(LINKS) as Link[]).map((l, i) => (
          <button key={l} role="radio" aria-checked={link.value === l} data-link={l} class="plain link" onClick={() => void (link.value = l)}>
            {LINKS[l]} <kbd>{i + 1}</kbd>
          </button>
        ))}
      </span>
      <span class="dim">to</span>
      <span class="row">
        <span class="text path-line" dir="ltr">{target.value ? visible(target.value) : "the library's own folder"}</span>
        <CommandButton command="export.elsewhere">Another folder</CommandButton>
        {target.value && <button class="plain" onClick={() => void (target.value = "")}>the library's own</button>}
      </span>
    </div>
  );
}
