/** What the keys do on the Insight screen; those of the review are in `reviewing`. */
import { batch, signal } from "@preact/signals";
import { call } from "../bridge";
import type { Changed, Gate } from "../bridge.gen";
import { define } from "../commands";
import { savePlace } from "../cull/place";
import { ask } from "../duplicates/question";
import { some } from "../kit/words";
import { mayWrite, mutate } from "../mutate";
import { complain, goTo, markStale, placeOf, running, say, screen, status } from "../state";
import { closeUp, gateOf, insight, reload, reviewOpen, scrolled } from "./data";
import { once } from "./once";
import { hintedInReview } from "./reviewing";
import { beginReview, loaded, total } from "./waiting";
import { GATES, ready, standing } from "./words";

const here = (): boolean => screen.value === "insight" && status.value !== null && !reviewOpen.value;
const KINDS: readonly Gate["kind"][] = ["winner", "crop", "residual"];
const BUSY = "A job is running: wait until it has ended.";

export function toggleGate(kind: Gate["kind"] | undefined): Promise<void> {
  return once(`gate ${kind}`, async () => {
    const gate = kind && gateOf(kind);
    if (gate && (await mutate("learn.gate", { kind: gate.kind, shut: !gate.shut }, { own: "insight" }))) await reload();
  });
}

// ---- many at once

type Bulk = "winner" | "crop";
const canPromote = (kind: Bulk): boolean => !running.value && (gateOf(kind)?.ready ?? 0) > 0;

function promote(kind: Bulk): void {
  const gate = gateOf(kind);
  if (!gate || !mayWrite()) return;
  if (running.peek()) return say(BUSY);
  if (gate.ready === 0) return say(gate.open ? standing(gate) : `${GATES[kind].title}: shut. ${standing(gate)}`);
  ask({
    title: promoteWords(kind),
    text: "Only what nobody decided, flagged, sent to crop or found something wrong in. One undo takes all of it back, and you look at it afterwards, the doubtful first.",
    yes: VERBS[kind],
    red: false,
    run: () => void call("learn.promote", { kind }).catch(complain),
  });
}

const VERBS: Record<Bulk, string> = { winner: "Decide", crop: "Accept" };

function promoteWords(kind: Bulk): string {
  const gate = gateOf(kind);
  return `${VERBS[kind]} ${gate?.ready ? ready(gate) : kind === "winner" ? "groups" : "crops"} at once`;
}

// ---- the model and its data

function startJob(name: "learn.train" | "learn.back"): void {
  if (!mayWrite()) return;
  if (running.peek()) return say(BUSY);
  if (name === "learn.back" && !insight.peek()?.card?.earlier) return say("There is no model before this one.");
  void once(name, () => call(name).catch(complain));
}

const saved = signal(""); // the first of the files written last

const save = (): Promise<void> => once("csv", async () => {
  try {
    const { paths } = await call("insight.csv");
    saved.value = paths[0] ?? "";
    say(`Saved ${some(paths.length, "file")} in the library's reports.`, { action: { label: "Show", run: reveal } });
  } catch (error) {
    complain(error);
  }
});

const reveal = (): void => void call("dialog.reveal", { path: saved.peek() }).catch(complain);

// ---- moving

function openReview(): void {
  if (!insight.peek()?.reviewing) return say("Nothing that was decided at once waits for a look.");
  beginReview();
}

const LINE = 80; // px

function scroll(key = ""): void {
  const { box } = scrolled;
  if (!box) return;
  const page = Math.max(LINE, box.clientHeight - LINE);
  box.scrollTop += { ArrowUp: -LINE, ArrowDown: LINE, PageUp: -page, PageDown: page, Home: -box.scrollHeight, End: box.scrollHeight }[key] ?? 0;
}

define(
  { id: "insight.gate", help: "Shut a gate, or leave it to its record", title: () => "Shut or free a gate", short: () => "shut a gate", ready: here, run: (key) => void toggleGate(KINDS[Number(key) - 1]) },
  { id: "insight.shutWinner", title: () => gateWords("winner"), ready: here, run: () => void toggleGate("winner") },
  { id: "insight.shutCrop", title: () => gateWords("crop"), ready: here, run: () => void toggleGate("crop") },
  { id: "insight.shutResidual", title: () => gateWords("residual"), ready: here, run: () => void toggleGate("residual") },
  { id: "insight.promote", help: "Decide all sure groups at once, where the gate is open", title: () => promoteWords("winner"), short: () => "decide groups", ready: here, run: () => promote("winner") },
  { id: "insight.promoteCrops", help: "Accept all sure crops at once, where the gate is open", title: () => promoteWords("crop"), short: () => "accept crops", ready: here, run: () => promote("crop") },
  { id: "insight.review", title: () => "Look at what was decided at once", short: () => "review", ready: here, run: openReview },
  { id: "insight.csv", title: () => "Save all data as CSV", short: () => "CSV", ready: () => here() && insight.value !== null, run: () => void save() },
  { id: "insight.reveal", title: () => "Show the saved CSV files", short: () => "show files", ready: () => here() && saved.value !== "", run: reveal },
  { id: "insight.train", title: () => "Learn from everything decided so far", short: () => "learn", ready: here, run: () => startJob("learn.train") },
  { id: "insight.back", title: () => "Go back to the model before", ready: here, run: () => startJob("learn.back") },
  { id: "insight.scroll", title: () => "Scroll", short: () => "scroll", ready: () => here() && insight.value !== null, run: scroll },
);

function gateWords(kind: Gate["kind"]): string {
  return `${gateOf(kind)?.shut ? "Leave to its record" : "Keep shut"}: ${GATES[kind].title.toLowerCase()}`;
}

/** The keys that do something now. */
export function hintedInInsight(): string[] {
  if (reviewOpen.value) return hintedInReview();
  const wanted: [boolean, string][] = [
    [canPromote("winner"), "insight.promote"], [canPromote("crop"), "insight.promoteCrops"],
    [(insight.value?.reviewing ?? 0) > 0, "insight.review"], [true, "insight.again"], [true, "insight.gate"],
    [!running.value, "insight.train"], [saved.value === "", "insight.csv"], [true, "insight.reveal"],
  ];
  return wanted.flatMap(([now, id]) => (now ? [id] : []));
}

/** Escape on this screen closes one picture first, then the review. */
export function closeOne(): boolean {
  if (!reviewOpen.peek()) return false;
  if (closeUp.peek()) closeUp.value = false;
  else {
    const now = insight.peek();
    batch(() => {
      if (now && loaded.peek()) insight.value = { ...now, reviewing: total.peek() }; // the rest when it is read
      reviewOpen.value = false;
    });
    void reload();
  }
  return true;
}

/** After Undo and Redo of what was done here. */
export function showInInsight(changed: Changed): void {
  goTo("insight");
  markStale(changed.stale);
}

// every decision on any screen may change what is shown
placeOf.set("insight", () => {
  savePlace("insight");
  void reload();
});
