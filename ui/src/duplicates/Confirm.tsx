/** The question before something large, below what it is about. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { CommandButton } from "../kit/CommandButton";
import { question, type Question } from "./question";

export function Confirm(): JSX.Element | null {
  const q = question.value;
  return q && <Asked q={q} />;
}

/** It has the focus while it is open; what cannot be taken back is not under Space at once. */
function Asked({ q }: { q: Question }): JSX.Element {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    (q.red ? box.current : box.current?.querySelector<HTMLElement>("[data-command='confirm.yes']"))?.focus();
    return () => before instanceof HTMLElement && before.focus();
  }, [q]);
  return (
    <section ref={box} class={q.red ? "copies-confirm red" : "copies-confirm"} role="alertdialog" tabIndex={-1} aria-label={`${q.title}?`} aria-describedby="confirm-text" data-testid="confirm"
      onKeyDown={(event) => {
        if (event.repeat) event.preventDefault(); // the key that asked is still held
        else if (event.key === "Tab") around(event);
      }}>
      <div>
        <strong>{q.title}?</strong>
        <p class="dim" id="confirm-text">{q.text}</p>
      </div>
      <div class="row">
        <CommandButton command="confirm.no">Cancel</CommandButton>
        <CommandButton command="confirm.yes" primary>{q.yes}</CommandButton>
      </div>
    </section>
  );
}

/** The focus goes round between the answers, and not behind the question. */
function around(event: KeyboardEvent): void {
  const answers = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("button:not(:disabled)")];
  const at = answers.findIndex((a) => a === document.activeElement);
  const next = event.shiftKey ? (at <= 0 ? answers.length : at) - 1 : (at + 1) % answers.length;
  event.preventDefault();
  answers[next]?.focus();
}
