/** The quiet line at the bottom: the keys that matter now, and what just happened. */
import type { JSX } from "preact";
import { runCommand } from "../commands";
import { hintsNow } from "./hinting";
import { visible } from "../kit/words";
import { dismiss, toasts } from "../state";
import { keyLabel } from "./scopes";

export function Hints(): JSX.Element {
  const always = [
    { id: "help.keys", words: "keys" },
    { id: "palette.open", words: "commands" },
  ];
  const note = toasts.value.findLast((t) => t.kind === "note");
  return (
    <footer class="hints" aria-label="Keys that matter now">
      {hintsNow().map((h) => (
        <span key={h.id} data-hint={h.id}><kbd>{h.key}</kbd> {h.words}</span>
      ))}
      <span class="spring" />
      <span class="note ellipsis" role="status">{visible(note?.text ?? "")}</span>
      {note?.action && <button data-note="action" onClick={() => { note.action?.run(); dismiss(note.id); }}>{note.action.label}</button>}
      {always.map((a) => (
        <button key={a.id} class="plain" tabIndex={-1} onClick={() => runCommand(a.id)}><kbd>{keyLabel(a.id)}</kbd> {a.words}</button>
      ))}
    </footer>
  );
}
