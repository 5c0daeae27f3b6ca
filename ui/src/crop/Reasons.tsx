/** Say why, by letter, in place; Enter decides. */
import type { JSX } from "preact";
import { CommandButton } from "../kit/CommandButton";
import { toggleReason } from "./decide";
import { focused, reasoning, tagsOf } from "./work";
import { reasons } from "./words";

export function Reasons(): JSX.Element | null {
  const view = focused.value;
  if (!reasoning.value || !view) return null;
  const on = tagsOf(view);
  return (
    <section class="tag-strip" role="dialog" aria-label="Why this crop?" data-testid="reasons">
      <div class="tag-head">
        <strong>Why this crop?</strong>
        <span class="dim">Letters mark what it avoids, or what is wrong with it; none is fine too.</span>
        <span class="spring" />
        <CommandButton command="reasons.cancel">Cancel</CommandButton>
        <CommandButton command="reasons.accept" primary>Accept</CommandButton>
      </div>
      <div class="tag-row" role="group" aria-label="Reasons">
        {reasons().map((t) => (
          <button key={t.name} class="tag" tabIndex={-1} aria-pressed={on.includes(t.name)} data-tag={t.name} onClick={() => toggleReason(t.name)}>
            <kbd>{t.letter}</kbd> {t.words}
          </button>
        ))}
      </div>
    </section>
  );
}
