/** What the keys do on the Duplicates screen. */
import { call } from "../bridge";
import { define } from "../commands";
import { neighbour } from "../kit/layout";
import { complain, readOnly, running, screen, status } from "../state";
import { answer, question } from "./question";
import { current, figures, groups } from "./copies";
import { accept, acceptAll, digit, flip, setApart, split } from "./decide";
import { cellsNow } from "./Deck";
import { blink, differenceOpen, pair, stepGain } from "./compare";
import { focused, focusId, focusOn, infoOpen, onPage, page, pagesOf, zoom } from "./focus";
import { part, PART_NAMES, PART_TITLES, PARTS, type Part } from "./part";
import { step, toOpen } from "./place";
import { find, nextKeep, readCzkawka, run } from "./search";
import { acceptSet, acceptSets, findSets, flipSet, matches, moveInSet, setFigures, setsApart, stepMatch, toOpenMatch } from "./matches";
import { approve, batch, holds, moveBatch, restore, staged } from "./batches";
import { KEEP_WORDS } from "./words";
import { keep } from "./search";

const on = (which: Part): boolean => screen.value === "duplicates" && part.value === which && status.value !== null;
const here = (): boolean => on("groups") && current.value !== null;
const openHere = (): boolean => here() && !groups.done.value.has(groups.currentId.value ?? "");
const inList = (): boolean => on("groups") && groups.items.value.length > 0;
const mayStart = (): boolean => !running.value && !readOnly.value && (status.value?.images ?? 0) > 0;
const match = (): boolean => on("sets") && matches.current.value !== null;
const openMatch = (): boolean => match() && !matches.done.value.has(matches.currentId.value ?? "");

function move(key = ""): void {
  const group = current.peek();
  if (!group) return;
  const list = onPage(group, page.peek());
  const at = list.findIndex((m) => m.id === focusId.peek());
  const dx = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  const dy = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
  const over = dx > 0 && at === list.length - 1 ? 1 : dx < 0 && at === 1 && page.peek() > 0 ? -1 : 0;
  if (over) return turn(over);
  focusOn(list[neighbour(cellsNow(), at, dx, dy)]?.id ?? focusId.peek());
}

/** The next images of a large group; the keeper stays in sight. */
function turn(by: 1 | -1): void {
  const group = current.peek();
  if (!group) return;
  const to = page.peek() + by;
  if (to < 0 || to >= pagesOf(group)) return;
  page.value = to;
  focusId.value = onPage(group, to)[1]?.id ?? null;
}

function numbered(key = ""): void {
  const group = current.peek();
  const id = group && onPage(group, page.peek())[Number(key.slice(-1)) - 1]?.id;
  if (id !== undefined && id !== null) digit(id);
}

async function openReport(path: string | undefined): Promise<void> {
  if (!path) return;
  try {
    await call("dialog.reveal", { path });
  } catch (error) {
    complain(error);
  }
}

function toPart(next: Part): void {
  question.value = null;
  differenceOpen.value = false;
  part.value = next;
}

const focus = (selector: string): void => document.querySelector<HTMLElement>(selector)?.focus();
const flipWords = (): string => (focused.value?.stays ? "go" : "stay");

define(
  ...PARTS.map((p) => ({ id: `copies.${p}`, title: () => PART_TITLES[p], short: () => PART_NAMES[p].toLowerCase(), ready: () => screen.value === "duplicates" && status.value !== null, run: () => toPart(p) })),
  { id: "copies.find", help: "Search for copies by the rule above", title: () => (run.value ? "Search again for copies" : "Search for copies"), short: () => "search", ready: () => on("groups") && mayStart(), run: () => void find() },
  { id: "copies.rule", title: () => "Change what counts as a copy", short: () => "rule", ready: () => on("groups"), run: () => focus("#copies-by") },
  { id: "copies.keep", help: "Who stays: try the next rule on all groups", title: () => `Try another rule of who stays (now: ${KEEP_WORDS[keep.value]})`, short: () => "who stays", ready: () => on("groups") && mayStart(), run: nextKeep },
  { id: "copies.czkawka", title: () => "Read a result of Czkawka", short: () => "Czkawka", ready: () => on("groups") && mayStart(), run: () => void readCzkawka() },
  { id: "copies.report", title: () => "Show the CSV report", short: () => "report", ready: () => on("groups") && Boolean(run.value?.report), run: () => void openReport(run.peek()?.report) },
  { id: "copies.digit", help: "Focus that image; once more: stay or go", title: () => "Focus an image; once more flips it", short: () => "focus", ready: openHere, run: numbered },
  { id: "copies.move", title: () => "Move between the images", short: () => "move", ready: here, run: move },
  { id: "copies.flip", help: "Let the focused image stay or go, whatever the rule says", title: () => `Let the focused image ${flipWords()}`, short: flipWords, ready: openHere, run: () => flip() },
  { id: "copies.split", title: () => "Split off: this one is no copy of the others", short: () => "split", ready: openHere, run: split },
  { id: "copies.apart", title: () => "Not duplicates: none of these are copies of each other", short: () => "not duplicates", ready: openHere, run: setApart },
  { id: "copies.accept", title: () => "Accept: set aside what goes, and go on", short: () => (openHere() ? "accept" : "go on"), ready: here, run: accept },
  { id: "copies.acceptAll", help: "Accept all groups, once you have seen the figures", title: () => "Accept all groups", short: () => "accept all", ready: () => on("groups") && !running.value && (figures.value?.going ?? 0) > 0, run: acceptAll },
  { id: "copies.difference", title: () => "Difference from the keeper", short: () => "difference", ready: () => here() && pair.value !== null, run: () => void (differenceOpen.value = true) },
  { id: "copies.differenceClose", title: () => "Back to the images", short: () => "back", ready: () => differenceOpen.value, run: () => void (differenceOpen.value = false) },
  { id: "copies.blink", help: "Held: both in turn, in the same place", title: () => "Blink between the two", short: () => "held: blink", ready: () => differenceOpen.value, run: (key) => { if (key) blink(); } },
  { id: "copies.brighter", title: () => "Show the difference stronger", short: () => "stronger", ready: () => differenceOpen.value, run: () => stepGain(1) },
  { id: "copies.darker", title: () => "Show the difference weaker", ready: () => differenceOpen.value, run: () => stepGain(-1) },
  { id: "copies.next", title: () => "Next open group", short: () => "next", ready: inList, run: () => toOpen(1) },
  { id: "copies.previous", title: () => "Previous open group", ready: inList, run: () => toOpen(-1) },
  { id: "copies.forward", title: () => "Next group in the list, decided or not", short: () => "forward", ready: () => inList() && groups.index.value < groups.items.value.length, run: () => step(1) },
  { id: "copies.backward", title: () => "Previous group in the list, decided or not", short: () => "back one", ready: () => inList() && groups.index.value > 0, run: () => step(-1) },
  { id: "copies.page", help: "A large group: its next images", title: () => "Next images of this group", ready: () => here() && current.value !== null && pagesOf(current.value) > 1, run: () => { const g = current.peek(); if (g) turn(page.peek() + 1 < pagesOf(g) ? 1 : (-page.peek() as -1)); } },
  { id: "copies.info", help: "Prompt, seed and figures", title: () => `${infoOpen.value ? "Hide" : "Show"} prompt, seed and figures`, short: () => "prompt", ready: () => here() || match(), run: () => void (infoOpen.value = !infoOpen.value) },
  { id: "sets.find", title: () => "Compare the sets", short: () => "compare sets", ready: () => on("sets") && mayStart(), run: () => void findSets() },
  { id: "sets.move", title: () => "Move between the images", short: () => "move", ready: match, run: moveInSet },
  { id: "sets.accept", title: () => "Accept: set aside the redundant set, and go on", short: () => (openMatch() ? "accept" : "go on"), ready: match, run: acceptSet },
  { id: "sets.acceptAll", help: "Accept all matches, once you have seen the figures", title: () => "Accept all matches", short: () => "accept all", ready: () => on("sets") && !running.value && (setFigures.value?.total ?? 0) > 0, run: acceptSets },
  { id: "sets.flip", title: () => "Let the other set stay", short: () => "flip", ready: openMatch, run: flipSet },
  { id: "sets.apart", title: () => "Not duplicates: these sets both stay", short: () => "not duplicates", ready: openMatch, run: setsApart },
  { id: "sets.next", title: () => "Next open match", short: () => "next", ready: () => on("sets") && matches.items.value.length > 0, run: () => toOpenMatch(1) },
  { id: "sets.previous", title: () => "Previous open match", ready: () => on("sets") && matches.items.value.length > 0, run: () => toOpenMatch(-1) },
  { id: "sets.forward", title: () => "Next match, decided or not", ready: match, run: () => stepMatch(1) },
  { id: "sets.backward", title: () => "Previous match, decided or not", short: () => "back one", ready: () => on("sets") && matches.index.value > 0, run: () => stepMatch(-1) },
  { id: "sets.report", title: () => "Show the report of the sets", short: () => "report", ready: () => on("sets") && Boolean(setFigures.value?.report), run: () => void openReport(setFigures.peek()?.report) },
  { id: "staged.move", title: () => "Move between the batches", short: () => "move", ready: () => on("staged") && batch.value !== null, run: (key) => moveBatch(key === "ArrowUp" ? -1 : 1) },
  { id: "staged.restore", title: () => "Restore this batch: everything back where it was", short: () => "restore", ready: () => on("staged") && !running.value && holds(batch.value), run: () => restore(batch.peek()?.id ?? "") },
  { id: "staged.restoreAll", title: () => "Restore every batch", short: () => "restore all", ready: () => on("staged") && !running.value && (staged.value?.images ?? 0) > 0, run: () => restore("") },
  { id: "staged.approve", help: "Approve this batch: to the system's Trash, after a question", title: () => "Approve this batch: to the system's Trash", short: () => "to the Trash", ready: () => on("staged") && !running.value && holds(batch.value), run: approve },
  { id: "confirm.yes", title: () => question.value?.yes ?? "Yes", short: () => (question.value?.yes ?? "").toLowerCase(), ready: () => question.value !== null, run: () => answer(true) },
  { id: "confirm.no", title: () => "Cancel", short: () => "cancel", ready: () => question.value !== null, run: () => answer(false) },
);

/** Escape on this screen first puts away what is open. */
export function closeOne(): boolean {
  if (zoom.view.peek().mode !== "fit") return zoom.fit(), true;
  if (infoOpen.peek()) return (infoOpen.value = false), true;
  return false;
}
