/** From a key press to a command, by the keymap. */
import { commandOf, isReady } from "../commands";
import { EXCLUSIVE, KEYMAP, type Binding } from "../keymap";
import { keyPressed } from "../painted";
import { overlay, starting } from "../state";
import { isMac, scopesNow } from "./scopes";

/** The key as the keymap writes it. Digits go by place, so they work on layouts that shift them; letters go by what they type. */
export function pressed(event: KeyboardEvent, mac: boolean): string {
  let name = event.key;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (digit?.[1]) name = digit[1];
  else if (letter?.[1] && !/^[a-z]$/i.test(name)) name = letter[1]; // layouts without Latin letters
  else if (name === " ") name = "Space";
  else if (name.length === 1) name = name.toUpperCase();
  const typed = name.length === 1 && !digit && !/[A-Z]/.test(name); // "?", "+": the shift is part of the sign
  const parts = [];
  if (mac ? event.metaKey : event.ctrlKey) parts.push("Mod");
  if (event.altKey && name.startsWith("Arrow")) parts.push("Alt"); // elsewhere it types signs, or opens menus
  if (event.shiftKey && !typed) parts.push("Shift");
  return [...parts, name].join("+");
}

/** What a control that has the focus needs for itself. */
function belongsToControl(event: KeyboardEvent, name: string): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement) || name.startsWith("Mod+")) return false;
  if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target.isContentEditable) return name !== "F6";
  const control = target.closest("button, a, [role='tab'], [role='option']");
  return control !== null && ["Enter", "Space", "Tab", "Shift+Tab"].includes(name);
}

function find(name: string): Binding | null {
  for (const scope of scopesNow()) {
    const usable = (b: Binding): boolean => {
      const command = commandOf(b.command);
      return command !== undefined && isReady(command);
    };
    const binding = KEYMAP.find((b) => b.scope === scope && b.keys.includes(name) && usable(b));
    if (binding) return binding;
    if (EXCLUSIVE.has(scope) && !name.startsWith("Mod+")) return null;
  }
  return null;
}

export function watchKeys(): void {
  window.addEventListener("keydown", (event) => {
    if (event.isComposing || (event.altKey && !event.key.startsWith("Arrow")) || overlay.peek() === "palette" || overlay.peek() === "help") return;
    const name = pressed(event, isMac());
    if (belongsToControl(event, name)) {
      if (name === "Escape" && event.target instanceof HTMLElement) event.target.blur();
      return;
    }
    const binding = find(name);
    if (!binding || (starting.peek() && !binding.command.startsWith("screen."))) return; // nothing can be seen that it is about
    event.preventDefault();
    if (event.repeat && !REPEATS.test(binding.command)) return; // a key held down decides once
    keyPressed(event.timeStamp);
    commandOf(binding.command)?.run(name, event.timeStamp);
  });
  // a mouse click must not leave the focus on a button, or Enter and Space would press it again
  window.addEventListener("click", (event) => {
    const control = event.target instanceof Element ? event.target.closest("button") : null;
    if (control && event.detail > 0 && overlay.peek() === null) control.blur();
  });
}

const REPEATS = /^(crop\.(nudge|larger|smaller|muchLarger|muchSmaller|forward|backward)|check\.(move|jump|nextTag|previousTag)|sweep\.(move|jump)|large\.move|rankings\.(move|jump)|ranked\.(move|jump)|copies\.(move|forward|backward|next|previous)|sets\.(move|forward|backward)|staged\.move|cull\.(move|forward|backward|next|previous)|zoom\.(in|out)|insight\.scroll|review\.move)$/;
