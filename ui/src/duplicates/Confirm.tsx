/** The question before something large, below what it is about. */
import type { JSX } from "preact";
import { CommandButton } from "../kit/CommandButton";
import { question } from "./question";

export function Confirm(): JSX.Element | null {
  const q = question.value;
  if (!q) return null;
  return (
    <section class={q.red ? "copies-confirm red" : "copies-confirm"} role="alertdialog" aria-label={q.title} data-testid="confirm">
      <div>
        <strong>{q.title}?</strong>
        <p class="dim">{q.text}</p>
      </div>
      <div class="row">
        <CommandButton command="confirm.no">Cancel</CommandButton>
        <CommandButton command="confirm.yes" primary>{q.yes}</CommandButton>
      </div>
    </section>
  );
}
