/** Nothing here yet, and the next step. */
import type { JSX } from "preact";
import { commandOf } from "../commands";
import { CommandButton } from "./CommandButton";
import "./empty.css";

export function Empty({ title, text, command }: { title: string; text: string; command: string }): JSX.Element {
  return (
    <div class="empty" data-testid="empty">
      <h1>{title}</h1>
      <p class="dim">{text}</p>
      <div class="row">
        <CommandButton command={command} primary>{commandOf(command)?.title() ?? ""}</CommandButton>
      </div>
    </div>
  );
}
