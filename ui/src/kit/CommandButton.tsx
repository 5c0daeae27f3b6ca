/** A button that runs a command and shows its key. */
import type { ComponentChildren, JSX } from "preact";
import { commandOf, isReady, runCommand } from "../commands";
import { keyLabel } from "../frame/scopes";

interface Props {
  command: string;
  primary?: boolean;
  children: ComponentChildren;
}

export function CommandButton({ command, primary = false, children }: Props): JSX.Element {
  const known = commandOf(command);
  const label = keyLabel(command);
  return (
    <button class={primary ? "primary" : ""} disabled={!known || !isReady(known)} data-command={command} onClick={() => runCommand(command)}>
      {children} {label && <kbd>{label}</kbd>}
    </button>
  );
}
