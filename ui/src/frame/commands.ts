/** Commands that mean the same on every screen. */
import { batch } from "@preact/signals";
import { call } from "../bridge";
import type { Changed, Place } from "../bridge.gen";
import { define } from "../commands";
import { closeOne as closeOneOfCheck } from "../check/commands";
import { current as doubt } from "../check/list";
import { showInCheck } from "../check/place";
import { gridOpen, zoom as checkZoom } from "../check/view";
import { closeOne as closeOneOfCrop } from "../crop/commands";
import { current as cropping } from "../crop/list";
import { showInCrop } from "../crop/place";
import { zoom as cropZoom } from "../crop/work";
import { closeOne, cullFlag } from "../cull/commands";
import { zoom as cullZoom } from "../cull/focus";
import { current as culled, currentId, pageOpen } from "../cull/queue";
import { showWhere } from "../cull/place";
import { closeOne as closeOneOfCopies } from "../duplicates/commands";
import { copiesZoom } from "../duplicates/hints";
import { showInDuplicates } from "../duplicates/place";
import { closeOne as closeOneOfInsight, showInInsight } from "../insight/commands";
import { closeUp, reviewOpen } from "../insight/data";
import { closeZoom } from "../insight/reviewing";
import { focused as reviewed, showInReview } from "../insight/waiting";
import { seenOn, toggleSeen } from "../kit/sight";
import type { Zoom } from "../kit/zoom";
import { mutate } from "../mutate";
import { closeOne as closeOneOfRank, rankFlag, showInRank } from "../rank/commands";
import { travelled, travelling } from "../rank/decide";
import { now, zoom as rankZoom } from "../rank/matches";
import { rankingsFlag, showInRankings } from "../rankings/commands";
import { largeOpen as rankedOpen, largeZoom as rankedZoom } from "../rankings/enlarged";
import { closeOne as closeOneOfSame } from "../same/commands";
import { current as pair } from "../same/list";
import { showInSame, zoom as sameZoom } from "../same/place";
import { goBack, goTo, markStale, overlay, platform, screen, setStatus, status, complain, say, theme, toasts, version, type Tab, TAB_NAMES, TABS } from "../state";
import { sweepFlag, showInSweep } from "../sweep/commands";
import { largeOpen, largeZoom } from "../sweep/enlarged";

const toScreen = (name: Tab) => ({
  id: `screen.${name}`,
  title: () => `Go to ${TAB_NAMES[name]}`,
  short: () => TAB_NAMES[name].toLowerCase(),
  run: () => goTo(name),
});

const ZOOMS: Partial<Record<Tab, () => Zoom | null>> = {
  cull: () => (currentId.value !== null && !pageOpen.value ? cullZoom : null),
  sweep: () => (largeOpen.value ? largeZoom : null),
  rank: () => (now.value !== null ? rankZoom : null),
  crop: () => (cropping.value ? cropZoom : null),
  duplicates: copiesZoom,
  check: () => (doubt.value && !gridOpen.value ? checkZoom : null),
  same: () => (pair.value ? sameZoom : null),
  insight: () => (reviewOpen.value && closeUp.value && reviewed.value ? closeZoom : null),
  rankings: () => (rankedOpen.value ? rankedZoom : null),
};
const activeZoom = (): Zoom | null => ZOOMS[screen.value]?.() ?? null;
const canZoom = (): boolean => activeZoom() !== null;

async function travel(name: "history.undo" | "history.redo"): Promise<void> {
  travelling.value += 1; // until it is known which match comes back, no key decides one
  try {
    const changed = await mutate(name, {}, { own: "rank" });
    if (changed) await arrive(changed, name === "history.redo");
  } finally {
    travelling.value -= 1;
  }
}

async function arrive(changed: Changed, redo: boolean): Promise<void> {
  say(changed.label);
  if (screen.peek() === "insight" && (await showInReview(changed, redo))) return;
  if (changed.stale[0] === "insight") return showInInsight(changed);
  if (changed.stale[0] === "same") return showInSame(changed);
  if (changed.match.length > 0 && screen.peek() !== "rankings") return travelled(changed, redo);
  if (isAnswer(changed)) return showInCheck(changed, redo);
  if (changed.stale[0] === "crop" && !(screen.peek() === "cull" && isHere(changed.imageId))) return showInCrop(changed);
  markStale(["rank"]);
  if (changed.stale.includes("duplicates")) return showInDuplicates(changed);
  if (screen.peek() === "rank" && (await showInRank(changed))) return;
  if (screen.peek() === "sweep" && (await showInSweep(changed))) return;
  if (screen.peek() === "rankings" && (await showInRankings(changed))) return;
  await showWhere(changed);
}

/** On Cull an image that was sent to be cropped is shown with its mark. */
const isHere = (image: number): boolean => culled.peek()?.members.some((m) => m.id === image) ?? false;

/** What Check was told: it names that screen first among the stale ones. */
const isAnswer = (changed: Changed): boolean => changed.imageId !== 0 && changed.stale[0] === "check";

const FLAGS: Partial<Record<Tab, typeof cullFlag>> = { sweep: sweepFlag, rank: rankFlag, rankings: rankingsFlag };
const flagging = (): typeof cullFlag => FLAGS[screen.value] ?? cullFlag;

/** Move between the bar and the screen below it. */
function moveFocus(): void {
  const bar = document.querySelector<HTMLElement>(".bar [aria-current='page']");
  const inBar = document.activeElement?.closest(".bar");
  if (inBar && document.activeElement instanceof HTMLElement) document.activeElement.blur();
  else bar?.focus();
}

/** Escape: one thing at a time, the innermost first. */
function back(): void {
  if (overlay.peek()) overlay.value = null;
  else if (toasts.peek().some((t) => t.kind === "error")) toasts.value = [];
  else if (screen.peek() === "cull" && closeOne()) return;
  else if (screen.peek() === "rank" && closeOneOfRank()) return;
  else if (screen.peek() === "duplicates" && closeOneOfCopies()) return;
  else if (screen.peek() === "crop" && closeOneOfCrop()) return;
  else if (screen.peek() === "check" && closeOneOfCheck()) return;
  else if (screen.peek() === "same" && closeOneOfSame()) return;
  else if (screen.peek() === "insight" && closeOneOfInsight()) return;
  else if (screen.peek() !== "library") goBack();
}

define(
  ...TABS.map(toScreen),
  { id: "screen.back", title: () => "Back", short: () => "back", run: back },
  { id: "history.undo", help: "Undo, everywhere and without end", title: () => (status.value?.undo ? `Undo: ${status.value.undo}` : "Undo"), short: () => "undo", ready: () => Boolean(status.value), run: () => void travel("history.undo") },
  { id: "history.redo", help: "Redo", title: () => (status.value?.redo ? `Redo: ${status.value.redo}` : "Redo"), short: () => "redo", ready: () => Boolean(status.value), run: () => void travel("history.redo") },
  { id: "zoom.cycle", title: () => "Zoom: fit, 100 %, free", short: () => "zoom", ready: canZoom, run: () => activeZoom()?.cycle() },
  { id: "zoom.in", title: () => "Zoom in", ready: canZoom, run: () => activeZoom()?.step(1) },
  { id: "zoom.out", title: () => "Zoom out", ready: canZoom, run: () => activeZoom()?.step(-1) },
  { id: "seen.toggle", help: "What was seen: hands, faces, poses, what looks wrong", title: () => `${seenOn.value ? "Hide" : "Show"} what was seen`, short: () => "seen", ready: canZoom, run: toggleSeen },
  { id: "image.flag", help: "Flag for a second look, or take the flag off", title: () => (flagging().on() ? "Take the flag off" : "Flag for a second look"), short: () => "flag", ready: () => flagging().ready(), run: () => flagging().run() },
  { id: "palette.open", title: () => "All commands", short: () => "commands", run: () => void (overlay.value = overlay.peek() === "palette" ? null : "palette") },
  { id: "help.keys", title: () => "Keys of this screen", short: () => "keys", run: () => void (overlay.value = "help") },
  { id: "frame.focus", title: () => "Move between the bar and the screen", run: moveFocus },
);

/** Ask the engine what to show first, and go back to where the person was. */
export async function start(): Promise<(Omit<Place, "screen"> & { screen: Tab }) | null> {
  try {
    const hello = await call("app.hello");
    batch(() => {
      version.value = hello.version;
      platform.value = hello.platform;
      theme.value = hello.theme;
      setStatus(hello.status);
    });
    if (!hello.status || !hello.place || hello.place.screen === "export") return null;
    return { ...hello.place, screen: hello.place.screen };
  } catch (error) {
    complain(error);
    return null;
  }
}
