/** Every command by its id: what the keys, the palette, the native menu and the buttons all run. */

export interface Command {
  id: string;
  /** As the palette and the `?` sheet name it; said anew each time it is shown. */
  title: () => string;
  /** As the `?` sheet names it, where the title says what would happen right now. */
  help?: string;
  /** As the hint line names it, where shorter. */
  short?: () => string;
  /** `key` is the key that was pressed, for commands bound to several; `at` is when, as events count (ms). */
  run: (key?: string, at?: number) => void;
  /** Whether it means anything now; keys and palette leave it out otherwise. */
  ready?: () => boolean;
}

const known = new Map<string, Command>();

export function define(...list: Command[]): void {
  for (const command of list) known.set(command.id, command);
}

export const commandOf = (id: string): Command | undefined => known.get(id);
export const allCommands = (): Command[] => [...known.values()];
export const isReady = (command: Command): boolean => command.ready?.() ?? true;

/** Run by name, as the palette and the native menu do. */
export function runCommand(id: string, key?: string): boolean {
  const command = known.get(id);
  if (!command || !isReady(command)) return false;
  command.run(key);
  return true;
}
