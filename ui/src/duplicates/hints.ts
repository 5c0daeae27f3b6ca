/** Where on this screen the person is: which keys are in force, the five that matter now, and what zooms. */
import type { Scope } from "../keymap";
import type { Zoom } from "../kit/zoom";
import { question } from "./question";
import { current, groups } from "./copies";
import { differenceOpen } from "./compare";
import { zoom } from "./focus";
import { part } from "./part";
import { matches, setZoom } from "./matches";

const SCOPES = { groups: "duplicates", sets: "sets", staged: "staged" } as const;

export function duplicatesScope(): Scope {
  if (question.value) return "confirm";
  return differenceOpen.value && part.value === "groups" ? "difference" : SCOPES[part.value];
}

export function hintedIn(): string[] {
  switch (duplicatesScope()) {
    case "confirm":
      return ["confirm.yes", "confirm.no"];
    case "difference":
      return ["copies.blink", "copies.brighter", "copies.flip", "zoom.cycle", "copies.differenceClose"];
    case "sets":
      if (!matches.current.value) return ["sets.find", "copies.groups", "copies.staged", "history.undo"];
      return ["sets.accept", "sets.flip", "sets.apart", "sets.acceptAll", "zoom.cycle"];
    case "staged":
      return ["staged.move", "staged.restore", "staged.restoreAll", "staged.approve", "copies.groups"];
    default:
      if (!current.value) return ["copies.find", "copies.czkawka", "copies.sets", "copies.staged", "history.undo"];
      if (groups.done.value.has(current.value.id)) return ["copies.accept", "copies.next", "copies.backward", "history.undo", "zoom.cycle"];
      return ["copies.accept", "copies.flip", "copies.split", "copies.apart", "copies.difference"];
  }
}

export function copiesZoom(): Zoom | null {
  if (part.value === "groups") return current.value ? zoom : null;
  return part.value === "sets" && matches.current.value ? setZoom : null;
}
