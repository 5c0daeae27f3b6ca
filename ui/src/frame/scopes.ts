/** Which parts of the keymap are in force now, innermost first. */
import { gridOpen } from "../check/view";
import { reasoning } from "../crop/work";
import { tagging } from "../cull/decide";
import { pageOpen } from "../cull/queue";
import { duplicatesScope } from "../duplicates/hints";
import { question } from "../duplicates/question";
import { closeUp, reviewOpen } from "../insight/data";
import { focused } from "../insight/waiting";
import { KEYMAP, keyOf, written, type Scope } from "../keymap";
import { largeOpen as rankedOpen } from "../rankings/enlarged";
import { overlay, platform, screen } from "../state";
import { largeOpen } from "../sweep/enlarged";

export const isMac = (): boolean => platform.value === "darwin";

export function scopesNow(): Scope[] {
  if (overlay.value === "export") return ["export", "anywhere"];
  if (screen.value === "cull" && tagging.value) return ["tags", "anywhere"];
  if (screen.value === "cull" && pageOpen.value) return ["obvious", "anywhere"];
  if (screen.value === "sweep" && largeOpen.value) return ["large", "anywhere"];
  if (screen.value === "rankings" && rankedOpen.value) return ["ranked", "anywhere"];
  if (screen.value === "check" && gridOpen.value) return ["checks", "anywhere"];
  if ((screen.value === "crop" || screen.value === "insight") && question.value) return ["confirm", "anywhere"];
  if (screen.value === "crop" && reasoning.value) return ["reasons", "anywhere"];
  if (screen.value === "insight" && reviewOpen.value) return [closeUp.value && focused.value ? "close" : "review", "anywhere"];
  if (screen.value === "duplicates") return [duplicatesScope(), "anywhere"];
  return [screen.value, "anywhere"];
}

/** The key of a command where the person is now; any screen's when it has none here. */
export function keyLabel(command: string): string {
  const here = keyOf(command, scopesNow(), isMac());
  if (here) return here;
  const other = KEYMAP.find((b) => b.command === command && (b.scope === "anywhere" || b.scope === screen.value));
  return other ? (other.shown ?? written(other.keys[0] ?? "", isMac())) : "";
}
