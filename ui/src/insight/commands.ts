/** What the keys do on the Insight screen and in the review of batches. */
import { call } from "../bridge";
import type { Gate } from "../bridge.gen";
import { define } from "../commands";
import { ask } from "../duplicates/question";
import { savePlace } from "../cull/place";
import { mayWrite, mutate } from "../mutate";
import { complain, goTo, markStale, placeOf, running, say, screen, status } from "../state";
import type { Changed } from "../bridge.gen";
import { focused, gateOf, index, insight, pageSize, readReview, reload, reviewOpen, room, total, waiting } from "./data";
import { GATES, ready } from "./words";
import { some } from "../kit/words";

const here = (): boolean => screen.value === "insight" && status.value !== null && !reviewOpen.value;
const reviewing = (): boolean => screen.value === "insight" && reviewOpen.value;
const onOne = (): boolean => reviewing() && focused.value !== null;
const KINDS: readonly Gate["kind"][] = ["winner", "crop", "residual"];

export async function toggleGate(kind: Gate["kind"] | undefined): Promise<void> {
  const gate = kind && gateOf(kind);
  if (gate && (await mutate("learn.gate", { kind: gate.kind, shut: !gate.shut }, { own: "insight" }))) await reload();
}

const canPromote = (kind: "winner" | "crop"): boolean => here() && !running.value && (gateOf(kind)?.ready ?? 0) > 0;

function promote(kind: "winner" | "crop"): void {
  const gate = gateOf(kind);
  if (!gate || !mayWrite()) return;
  ask({
    title: `Decide ${ready(gate)} at once`,
    text: "Only what nobody decided, flagged or sent to crop. One undo takes all of it back, and you look at it afterwards, the doubtful first.",
    yes: "Decide",
    red: false,
    run: () => void call("learn.promote", { kind }).catch(complain),
  });
}

async function startJob(name: "learn.train" | "learn.back"): Promise<void> {
  if (mayWrite()) await call(name).catch(complain);
}

async function save(): Promise<void> {
  try {
    const { paths } = await call("insight.csv");
    say(`Saved ${some(paths.length, "file")} in the library's reports.`, { action: { label: "Show", run: () => void call("dialog.reveal", { path: paths[0] ?? "" }).catch(complain) } });
  } catch (error) {
    complain(error);
  }
}

export function openReview(): void {
  reviewOpen.value = true;
  index.value = 0;
  void readReview();
}

// ---- in the review

async function right(images: number[]): Promise<void> {
  if (images.length === 0 || !(await mutate("learn.reviewed", { images }, { own: "insight" }))) return;
  await reload();
}

async function back(): Promise<void> {
  const item = focused.peek();
  if (!item) return;
  // a crop of the person's own has no record yet: that it was looked at is said first
  if (item.batch === "" && !(await mutate("learn.reviewed", { images: [item.image] }, { own: "insight" }))) return;
  const done = item.kind === "crop" || !item.groupId
    ? await mutate("crop.send", { image: item.image, on: true }, { own: "insight" })
    : await mutate("cull.reopen", { groupId: item.groupId }, { own: "insight" });
  if (!done) return;
  say(item.kind === "crop" ? "It waits in Crop again, before the others." : "Its group waits in Cull again.");
  await reload();
}

function move(key = ""): void {
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -room.peek().columns, ArrowDown: room.peek().columns }[key] ?? 0;
  const to = index.peek() + by;
  if (to >= 0 && to < waiting.peek().length) index.value = to;
}

const some_ = (): string => (waiting.value.length < total.value ? `These ${waiting.value.length} are right` : "All are right");

define(
  { id: "insight.gate", help: "Shut a gate, or leave it to its record", title: () => "Shut or free a gate", short: () => "shut a gate", ready: here, run: (key) => void toggleGate(KINDS[Number(key) - 1]) },
  { id: "insight.shutWinner", title: () => gateWords("winner"), ready: here, run: () => void toggleGate("winner") },
  { id: "insight.shutCrop", title: () => gateWords("crop"), ready: here, run: () => void toggleGate("crop") },
  { id: "insight.shutResidual", title: () => gateWords("residual"), ready: here, run: () => void toggleGate("residual") },
  { id: "insight.promote", help: "Decide all sure groups at once, where the gate is open", title: () => promoteWords("winner"), short: () => "decide groups", ready: () => canPromote("winner"), run: () => promote("winner") },
  { id: "insight.promoteCrops", help: "Accept all sure crops at once, where the gate is open", title: () => promoteWords("crop"), short: () => "accept crops", ready: () => canPromote("crop"), run: () => promote("crop") },
  { id: "insight.review", title: () => "Look at what was decided at once", short: () => "review", ready: () => here() && (insight.value?.reviewing ?? 0) > 0, run: openReview },
  { id: "insight.csv", title: () => "Save all data as CSV", short: () => "CSV", ready: () => here() && insight.value !== null, run: () => void save() },
  { id: "insight.train", title: () => "Learn from everything decided so far", short: () => "learn", ready: () => here() && !running.value, run: () => void startJob("learn.train") },
  { id: "insight.back", title: () => "Go back to the model before", ready: () => here() && !running.value && (insight.value?.card?.earlier ?? 0) > 0, run: () => void startJob("learn.back") },
  { id: "review.move", title: () => "Move", short: () => "move", ready: onOne, run: move },
  { id: "review.right", help: "This one is right", title: () => "This one is right", short: () => "right", ready: onOne, run: () => void right(focused.peek() ? [focused.peek()!.image] : []) },
  { id: "review.all", help: "All that are shown are right", title: some_, short: () => "all right", ready: onOne, run: () => void right(waiting.peek().slice(0, pageSize()).map((i) => i.image)) },
  { id: "review.back", help: "Not right: back to Cull or Crop", title: () => (focused.value?.kind === "crop" ? "Crop it again" : "Reopen its group"), short: () => "not right", ready: onOne, run: () => void back() },
  { id: "review.close", title: () => "Back to Insight", short: () => "close", ready: reviewing, run: () => void closeOne() },
);

function gateWords(kind: Gate["kind"]): string {
  return `${gateOf(kind)?.shut ? "Leave to its record" : "Keep shut"}: ${GATES[kind].title.toLowerCase()}`;
}

function promoteWords(kind: "winner" | "crop"): string {
  const gate = gateOf(kind);
  const verb = kind === "winner" ? "Decide" : "Accept";
  return gate?.ready ? `${verb} ${ready(gate)} at once` : `${verb} ${kind === "winner" ? "groups" : "crops"} at once`;
}

/** Escape on this screen first closes the review. */
export function closeOne(): boolean {
  if (!reviewOpen.peek()) return false;
  reviewOpen.value = false;
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
