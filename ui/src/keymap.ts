/** Key to command, screen by screen: the one table behind the keyboard, the `?` sheet, the palette and the hint line. */
import { reasons } from "./crop/words";
import { TAGS } from "./cull/tags";

export type Scope = "anywhere" | "library" | "cull" | "obvious" | "tags" | "sweep" | "large" | "rank" | "rankings" | "ranked" | "duplicates" | "sets" | "staged" | "difference" | "confirm" | "crop" | "reasons" | "check" | "checks" | "same" | "insight" | "review" | "close" | "settings" | "export";

export interface Binding {
  scope: Scope;
  keys: readonly string[]; // "U", "Shift+U", "Mod+K"; Mod is Cmd on a Mac and Ctrl elsewhere
  command: string;
  shown?: string; // how a range of keys is written
}

const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"] as const;
const REASON_KEYS = reasons().map((t) => t.letter);
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;
const key = (scope: Scope, keys: string, command: string): Binding => ({ scope, keys: keys.split(" "), command });

const zoomKeys = (scope: Scope): Binding[] => [
  key(scope, "Z", "zoom.cycle"),
  key(scope, "+ =", "zoom.in"),
  key(scope, "-", "zoom.out"),
];

const partKeys = (scope: Scope): Binding[] => [key(scope, "G", "copies.groups"), key(scope, "T", "copies.sets"), key(scope, "B", "copies.staged")];

export const KEYMAP: readonly Binding[] = [
  key("anywhere", "Mod+1", "screen.library"),
  key("anywhere", "Mod+2", "screen.cull"),
  key("anywhere", "Mod+3", "screen.sweep"),
  key("anywhere", "Mod+4", "screen.rank"),
  key("anywhere", "Mod+5", "screen.rankings"),
  key("anywhere", "Mod+6", "screen.crop"),
  key("anywhere", "Mod+7", "screen.duplicates"),
  key("anywhere", "Mod+8", "screen.check"),
  key("anywhere", "Mod+9 Mod+,", "screen.settings"),
  key("anywhere", "Mod+0", "screen.same"),
  key("anywhere", "Mod+I", "screen.insight"),
  key("anywhere", "Mod+O", "source.add"),
  key("anywhere", "U Mod+Z", "history.undo"),
  key("anywhere", "Shift+U Mod+Shift+Z Mod+Y", "history.redo"),
  key("anywhere", "E", "export.keepers"),
  key("anywhere", "Mod+K", "palette.open"),
  key("anywhere", "?", "help.keys"),
  key("anywhere", "F6", "frame.focus"),
  key("anywhere", "Escape", "screen.back"),

  key("library", "Enter", "library.next"),
  key("library", "R", "library.rescan"),
  key("library", "L", "vision.look"),
  key("library", "G", "screen.sweep"),

  { scope: "cull", keys: DIGITS, command: "cull.choose", shown: "1 … 9" },
  { scope: "cull", keys: DIGITS.map((d) => `Shift+${d}`), command: "cull.also", shown: "Shift 1 … 9" },
  key("cull", "Enter", "cull.accept"),
  key("cull", "Enter", "cull.finish"),
  key("cull", "Space", "cull.skip"),
  key("cull", "X", "cull.reject"),
  key("cull", "Shift+X", "cull.rejectAll"),
  key("cull", "F", "image.flag"),
  key("cull", "C", "cull.crop"),
  key("cull", "O", "cull.reopen"),
  key("cull", "Tab", "cull.next"),
  key("cull", "Shift+Tab", "cull.previous"),
  key("cull", "Shift+ArrowRight PageDown", "cull.forward"),
  key("cull", "Shift+ArrowLeft PageUp", "cull.backward"),
  { scope: "cull", keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], command: "cull.move", shown: "← ↑ → ↓" },
  ...zoomKeys("cull"),
  key("cull", "V", "seen.toggle"),
  key("cull", "I", "image.info"),
  key("cull", "L", "cull.scope"),
  key("cull", "R", "cull.learned"),
  key("cull", "S", "cull.order"),
  key("cull", "Shift+S", "cull.orderBack"),
  key("cull", "P", "obvious.page"),
  key("cull", "G", "screen.sweep"),
  key("cull", "[", "obvious.lessSure"),
  key("cull", "]", "obvious.surer"),

  key("obvious", "Enter", "obvious.accept"),
  key("obvious", "Enter", "cull.plainOrder"),
  { scope: "obvious", keys: ARROWS, command: "obvious.move", shown: "← ↑ → ↓" },
  key("obvious", "X", "obvious.out"),
  key("obvious", "Z Space", "obvious.look"),
  key("obvious", "[", "obvious.lessSure"),
  key("obvious", "]", "obvious.surer"),
  key("obvious", "B", "obvious.back"),
  key("obvious", "L", "cull.scope"),
  key("obvious", "S", "cull.order"),
  key("obvious", "Shift+S", "cull.orderBack"),
  key("obvious", "G", "screen.sweep"),

  { scope: "tags", keys: TAGS.map((t) => t.letter), command: "tags.toggle", shown: "letter" },
  key("tags", "Enter X", "tags.confirm"),
  key("tags", "Escape", "tags.cancel"),

  { scope: "sweep", keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], command: "sweep.move", shown: "← ↑ → ↓" },
  { scope: "sweep", keys: ["PageUp", "PageDown", "Home", "End"], command: "sweep.jump", shown: "PgUp PgDn Home End" },
  key("sweep", "X", "sweep.throwOut"),
  key("sweep", "O", "sweep.reopen"),
  key("sweep", "F", "image.flag"),
  key("sweep", "Enter Z", "sweep.large"),
  key("sweep", "+ =", "sweep.bigger"),
  key("sweep", "-", "sweep.smaller"),
  key("sweep", "G", "screen.cull"),

  { scope: "large", keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], command: "large.move", shown: "← →" },
  key("large", "X", "sweep.throwOut"),
  key("large", "O", "sweep.reopen"),
  key("large", "F", "image.flag"),
  ...zoomKeys("large"),
  key("large", "V", "seen.toggle"),
  key("large", "Escape Enter", "large.close"),

  { scope: "rank", keys: DIGITS, command: "rank.choose", shown: "1 … 9" },
  { scope: "rank", keys: ["ArrowLeft", "ArrowRight"], command: "rank.side", shown: "← →" },
  { scope: "rank", keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], command: "rank.move", shown: "← ↑ → ↓" },
  key("rank", "Enter", "rank.pick"),
  key("rank", "S", "rank.skip"),
  key("rank", "D", "rank.draw"),
  key("rank", "P", "rank.champion"),
  key("rank", "F", "image.flag"),
  key("rank", "N", "rank.more"),
  key("rank", "Shift+N", "rank.fewer"),
  key("rank", "B", "rank.blind"),
  key("rank", "I", "rank.info"),
  key("rank", "T", "rank.target"),
  key("rank", "H", "rank.panel"),
  key("rank", "J", "rank.judge"),
  ...zoomKeys("rank"),
  key("rank", "V", "seen.toggle"),
  key("rank", "R", "library.rescan"),
  key("rank", "G", "screen.rankings"),

  { scope: "rankings", keys: ["ArrowUp", "ArrowDown"], command: "rankings.move", shown: "↑ ↓" },
  { scope: "rankings", keys: ["PageUp", "PageDown", "Home", "End"], command: "rankings.jump", shown: "PgUp PgDn Home End" },
  key("rankings", "Enter Z", "rankings.large"),
  key("rankings", "/ Mod+F", "rankings.find"),
  key("rankings", "V", "rankings.only"),
  key("rankings", "Escape", "rankings.clear"),
  key("rankings", "S", "rankings.sort"),
  key("rankings", "Shift+S", "rankings.sortBack"),
  key("rankings", "D", "rankings.turn"),
  key("rankings", "H", "rankings.histogram"),
  key("rankings", "T", "rankings.cut"),
  key("rankings", "J", "rankings.judge"),
  key("rankings", "F", "image.flag"),
  key("rankings", "E", "export.choose"),
  key("rankings", "G", "screen.rank"),

  { scope: "ranked", keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], command: "ranked.move", shown: "← →" },
  { scope: "ranked", keys: ["PageUp", "PageDown", "Home", "End"], command: "ranked.jump", shown: "PgUp PgDn Home End" },
  key("ranked", "F", "image.flag"),
  ...zoomKeys("ranked"),
  key("ranked", "V", "seen.toggle"),
  key("ranked", "Escape Enter", "ranked.close"),

  { scope: "duplicates", keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], command: "copies.move", shown: "← ↑ → ↓" },
  { scope: "duplicates", keys: DIGITS, command: "copies.digit", shown: "1 … 9" },
  key("duplicates", "Space K", "copies.flip"),
  key("duplicates", "S", "copies.split"),
  key("duplicates", "N", "copies.apart"),
  key("duplicates", "Enter", "copies.accept"),
  key("duplicates", "Shift+Enter", "copies.acceptAll"),
  key("duplicates", "D", "copies.difference"),
  key("duplicates", "Tab", "copies.next"),
  key("duplicates", "Shift+Tab", "copies.previous"),
  key("duplicates", "Shift+ArrowRight PageDown", "copies.forward"),
  key("duplicates", "Shift+ArrowLeft PageUp", "copies.backward"),
  key("duplicates", "P", "copies.page"),
  key("duplicates", "I", "copies.info"),
  ...zoomKeys("duplicates"),
  key("duplicates", "V", "seen.toggle"),
  key("duplicates", "F", "copies.find"),
  key("duplicates", "W", "copies.keep"),
  key("duplicates", "/", "copies.rule"),
  key("duplicates", "C", "copies.czkawka"),
  key("duplicates", "O", "copies.report"),
  ...partKeys("duplicates"),

  { scope: "difference", keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], command: "copies.move", shown: "← →" },
  key("difference", "B", "copies.blink"),
  key("difference", "]", "copies.brighter"),
  key("difference", "[", "copies.darker"),
  key("difference", "Space K", "copies.flip"),
  ...zoomKeys("difference"),
  key("difference", "D Escape", "copies.differenceClose"),

  { scope: "sets", keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], command: "sets.move", shown: "← ↑ → ↓" },
  key("sets", "Enter", "sets.accept"),
  key("sets", "Shift+Enter", "sets.acceptAll"),
  key("sets", "F", "sets.flip"),
  key("sets", "N", "sets.apart"),
  key("sets", "Tab", "sets.next"),
  key("sets", "Shift+Tab", "sets.previous"),
  key("sets", "Shift+ArrowRight PageDown", "sets.forward"),
  key("sets", "Shift+ArrowLeft PageUp", "sets.backward"),
  key("sets", "I", "copies.info"),
  ...zoomKeys("sets"),
  key("sets", "V", "seen.toggle"),
  key("sets", "C", "sets.find"),
  key("sets", "O", "sets.report"),
  ...partKeys("sets"),

  { scope: "staged", keys: ["ArrowUp", "ArrowDown"], command: "staged.move", shown: "↑ ↓" },
  key("staged", "R", "staged.restore"),
  key("staged", "Shift+R", "staged.restoreAll"),
  key("staged", "A Delete Backspace", "staged.approve"),
  ...partKeys("staged"),

  key("confirm", "Enter", "confirm.yes"),
  key("confirm", "Escape", "confirm.no"),

  key("crop", "Enter", "crop.accept"),
  key("crop", "Enter", "crop.next"),
  { scope: "crop", keys: ["1", "2", "3", "4"], command: "crop.choose", shown: "1 2 3" },
  key("crop", "Tab Shift+Tab", "crop.cycle"),
  { scope: "crop", keys: ARROWS.flatMap((a) => [a, `Shift+${a}`, `Alt+${a}`]), command: "crop.nudge", shown: "← ↑ → ↓" },
  key("crop", "+ =", "crop.larger"),
  key("crop", "-", "crop.smaller"),
  key("crop", "] *", "crop.muchLarger"),
  key("crop", "[ _", "crop.muchSmaller"),
  key("crop", "0 Backspace", "crop.reset"),
  key("crop", "W", "crop.whole"),
  key("crop", "T", "crop.reasons"),
  key("crop", "N Space", "crop.skip"),
  key("crop", "B PageUp", "crop.backward"),
  key("crop", "Shift+N PageDown", "crop.forward"),
  key("crop", "O", "crop.overlay"),
  key("crop", "V", "seen.toggle"),
  key("crop", "Z", "zoom.cycle"),
  key("crop", "I", "crop.info"),
  key("crop", "P", "crop.taste"),
  key("crop", "M", "crop.trios"),
  key("crop", "L", "crop.scope"),
  key("crop", "R", "crop.propose"),
  key("crop", "C", "crop.cut"),

  { scope: "reasons", keys: REASON_KEYS, command: "reasons.toggle", shown: "letter" },
  key("reasons", "Enter", "reasons.accept"),
  key("reasons", "T", "reasons.keep"),
  key("reasons", "Escape", "reasons.cancel"),

  key("check", "Y Enter", "check.yes"),
  key("check", "N", "check.no"),
  key("check", "Space Tab", "check.skip"),
  { scope: "check", keys: ["ArrowLeft", "ArrowRight"], command: "check.move", shown: "← →" },
  key("check", "ArrowDown ]", "check.nextTag"),
  key("check", "ArrowUp [", "check.previousTag"),
  key("check", "A", "check.all"),
  key("check", "B", "check.box"),
  key("check", "G", "check.grid"),
  ...zoomKeys("check"),
  key("check", "V", "seen.toggle"),
  key("check", "L", "vision.look"),
  key("check", "Backspace", "check.back"),

  { scope: "checks", keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], command: "check.move", shown: "← ↑ → ↓" },
  { scope: "checks", keys: ["PageUp", "PageDown", "Home", "End"], command: "check.jump", shown: "PgUp PgDn Home End" },
  key("checks", "Y", "check.yes"),
  key("checks", "N", "check.no"),
  key("checks", "Space Tab", "check.skip"),
  key("checks", "]", "check.nextTag"),
  key("checks", "[", "check.previousTag"),
  key("checks", "A", "check.all"),
  key("checks", "Enter G", "check.grid"),

  key("same", "Y", "same.yes"),
  key("same", "N", "same.no"),
  key("same", "Space S", "same.unsure"),
  { scope: "same", keys: ["ArrowLeft", "ArrowRight"], command: "same.move", shown: "← →" },
  ...zoomKeys("same"),
  key("same", "V", "seen.toggle"),
  key("same", "Backspace", "same.back"),
  key("same", "G", "screen.cull"),

  { scope: "insight", keys: ["1", "2", "3"], command: "insight.gate", shown: "1 2 3" },
  key("insight", "P", "insight.promote"),
  key("insight", "Shift+P", "insight.promoteCrops"),
  key("insight", "R", "insight.review"),
  key("insight", "C", "insight.again"),
  key("insight", "D", "insight.doubted"),
  key("insight", "T", "insight.train"),
  key("insight", "B", "insight.back"),
  key("insight", "S", "insight.csv"),
  key("insight", "O", "insight.reveal"),
  { scope: "insight", keys: ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"], command: "insight.scroll", shown: "↑ ↓ PgUp PgDn" },

  { scope: "review", keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], command: "review.move", shown: "← ↑ → ↓" },
  key("review", "Y", "review.right"),
  key("review", "Enter", "review.all"),
  key("review", "X", "review.back"),
  key("review", "Z Space", "review.look"),
  key("review", "Escape", "review.close"),
  key("review", "Enter", "review.leave"),

  { scope: "close", keys: ARROWS, command: "review.move", shown: "← →" },
  key("close", "Y", "review.right"),
  key("close", "X", "review.back"),
  ...zoomKeys("close"),
  key("close", "V", "seen.toggle"),
  key("close", "Escape Space", "review.page"),

  key("export", "T", "export.top"),
  key("export", "S", "export.score"),
  key("export", "K", "export.keepers"),
  key("export", "C", "export.csv"),
  { scope: "export", keys: ["1", "2", "3"], command: "export.link", shown: "1 2 3" },
  key("export", "O", "export.elsewhere"),
  key("export", "Enter", "export.reveal"),
  key("export", "Escape", "export.close"),
];

/** Scopes that let no unmodified key through to the ones below. */
export const EXCLUSIVE: ReadonlySet<Scope> = new Set<Scope>(["tags", "reasons", "confirm", "difference", "export"]);

const MAC: Record<string, string> = { Mod: "⌘", Shift: "⇧", Alt: "⌥" };
const PC: Record<string, string> = { Mod: "Ctrl", Shift: "Shift" };
const NAMES: Record<string, string> = {
  Escape: "Esc", Space: "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", PageUp: "PgUp", PageDown: "PgDn",
};

/** "Mod+Shift+Z" as this system writes it: "⌘ ⇧ Z", "Ctrl Shift Z". */
export function written(keys: string, mac: boolean): string {
  if (keys === "+") return "+";
  const parts = keys.split("+").map((p) => (mac ? MAC : PC)[p] ?? NAMES[p] ?? p);
  return parts.join(mac ? "" : " ");
}

/** The key to show for a command, in the first of these scopes that has one. */
export function keyOf(command: string, scopes: readonly Scope[], mac: boolean): string {
  for (const scope of scopes) {
    const found = KEYMAP.find((b) => b.scope === scope && b.command === command);
    if (found) return found.shown ?? written(found.keys[0] ?? "", mac);
  }
  return "";
}
