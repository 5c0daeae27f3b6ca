/** What the keys do while looking at what was decided at once. */
import type { ReviewItem } from "../bridge.gen";
import { define, runCommand } from "../commands";
import { Zoom } from "../kit/zoom";
import { mayWrite, mutate } from "../mutate";
import { say, screen } from "../state";
import { closeUp, reviewOpen, room } from "./data";
import { focused, focusOn, index, page, pageSize, take, total, unseen } from "./waiting";

/** Of the image that is looked at closely and those beside it. */
export const closeZoom = new Zoom();

const here = (): boolean => screen.value === "insight" && reviewOpen.value;
const onOne = (): boolean => here() && focused.value !== null;

/** What is to be said of it, once its page was seen; says so where nothing waits. */
function able(): boolean {
  if (page.peek().length === 0) say("Nothing waits for a look.");
  return page.peek().length > 0 && !unseen.peek() && mayWrite();
}

function right(items: readonly ReviewItem[]): void {
  if (!able()) return;
  const of = (kind: ReviewItem["kind"]): number[] => items.filter((i) => i.kind === kind).map((i) => i.image);
  const done = take(items);
  void mutate("learn.reviewed", { images: of("winner"), crops: of("crop") }, { own: "insight" }).then((changed) => done(changed !== null));
}

function one(): readonly ReviewItem[] {
  const item = focused.peek();
  return item ? [item] : [];
}

async function back(): Promise<void> {
  const item = focused.peek();
  if (!able() || !item) return;
  const done = take([item]);
  const crop = item.kind === "crop" || !item.groupId;
  const changed = crop
    ? await mutate("crop.send", { image: item.image, on: true }, { own: "insight" })
    : await mutate("cull.reopen", { groupId: item.groupId }, { own: "insight" });
  done(changed !== null);
  if (changed) say(crop ? "It waits in Crop again, before the others." : "Its group waits in Cull again.");
}

function move(key = ""): void {
  const row = closeUp.peek() ? 1 : room.peek().columns;
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row }[key] ?? 0;
  focusOn(index.peek() + by);
}

function look(): void {
  if (page.peek().length === 0) return say("Nothing waits for a look.");
  closeZoom.fit();
  closeUp.value = true;
}

const allWords = (): string => (page.value.length < total.value ? `These ${page.value.length} are right` : "All are right");

define(
  { id: "review.move", title: () => "Move", short: () => "move", ready: onOne, run: move },
  { id: "review.look", title: () => "Look closely, at the others of its group too", short: () => "look closely", ready: here, run: look },
  { id: "review.page", title: () => "Back to the page", short: () => "back to the page", ready: () => here() && closeUp.value, run: () => void (closeUp.value = false) },
  { id: "review.right", help: "This one is right", title: () => "This one is right", short: () => "right", ready: here, run: () => right(one()) },
  { id: "review.all", help: "All that are shown are right", title: allWords, short: () => "all right", ready: onOne, run: () => right(page.peek().slice(0, pageSize())) },
  { id: "review.back", help: "Not right: back to Cull or Crop", title: () => (focused.value?.kind === "crop" ? "Crop it again" : "Reopen its group"), short: () => "not right", ready: here, run: () => void back() },
  { id: "review.leave", title: () => "Back to Insight", ready: () => here() && page.value.length === 0 && !unseen.value, run: () => void runCommand("screen.back") },
  { id: "review.close", title: () => "Back to Insight", short: () => "close", ready: here, run: () => void runCommand("screen.back") },
);

export function hintedInReview(): string[] {
  if (!focused.value) return ["review.close", "history.undo"];
  if (closeUp.value) return ["review.move", "review.right", "review.back", "zoom.cycle", "review.page"];
  return ["review.move", "review.right", "review.all", "review.back", "review.look", "review.close"];
}
