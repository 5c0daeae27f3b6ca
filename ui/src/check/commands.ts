/** What the keys do on the Check screen. */
import { define } from "../commands";
import { wordsOf } from "../cull/tags";
import { mayWrite, mutate } from "../mutate";
import { screen, status } from "../state";
import { ALL, current, list, note, saidOf, shownTags, tag, type Said } from "./list";
import { choose, onward, show, step } from "./place";
import { boxOf, closeUp, gridOpen, toggleCloseUp, zoom } from "./view";

/** Columns and rows of the grid. */
export const shape = { columns: 1, rows: 1 };

const here = (): boolean => screen.value === "check" && status.value !== null;
const onOne = (): boolean => here() && current.value !== null;
const some = (): boolean => here() && list.value.items.value.length > 0;

/** Said at once on screen, sent in order, and on to the next; the same answer again only goes on. */
function answer(said: Said): void {
  const doubt = current.peek();
  if (!doubt || !mayWrite()) return;
  if (saidOf(doubt) !== said) {
    const rollback = note(doubt, said);
    const of = tag.peek();
    const goThere = (): void => void choose(of).then(() => show(list.peek().items.peek().findIndex((d) => d.id === doubt.id)));
    void mutate("check.answer", { image: doubt.image, tag: doubt.tag, yes: said === "yes" }, { own: "check", rollback, goThere });
  }
  void onward();
}

function move(key = ""): void {
  const row = gridOpen.peek() ? shape.columns : 1;
  step({ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row }[key] ?? 0);
}

function jump(key = ""): void {
  const page = shape.columns * shape.rows;
  const [at, last] = [list.peek().index.peek(), list.peek().items.peek().length - 1];
  show(key === "Home" ? 0 : key === "End" ? last : Math.max(0, Math.min(last, at + (key === "PageUp" ? -page : page))));
}

/** The next tag at the side that has anything to tell, around the end; all of them first. */
function stepTag(by: 1 | -1): void {
  const names = [ALL, ...shownTags.peek().full.map((t) => t.tag)];
  void choose(names[(names.indexOf(tag.peek()) + by + names.length) % names.length] ?? ALL);
}

const said = (word: Said) => (): string => {
  const doubt = current.value;
  return doubt ? `${word === "yes" ? "Yes" : "No"}: ${word === "yes" ? "it shows" : "no"} ${wordsOf(doubt.tag)}` : word === "yes" ? "Yes, it shows it" : "No, it does not";
};

define(
  { id: "check.yes", help: "Yes, it shows it; and on", title: said("yes"), short: () => "yes", ready: onOne, run: () => answer("yes") },
  { id: "check.no", help: "No, it does not; and on", title: said("no"), short: () => "no", ready: onOne, run: () => answer("no") },
  { id: "check.skip", title: () => "Skip: it comes again later", short: () => "skip", ready: onOne, run: () => void onward() },
  { id: "check.move", title: () => "Back and forth, answered or not", short: () => "move", ready: some, run: move },
  { id: "check.jump", title: () => "A page on or back, first, last", ready: () => some() && gridOpen.value, run: jump },
  { id: "check.back", title: () => "Back to the last one", ready: () => some() && current.value === null, run: () => step(-1) },
  { id: "check.nextTag", title: () => "The next tag", short: () => "tag", ready: here, run: () => stepTag(1) },
  { id: "check.previousTag", title: () => "The tag before", ready: here, run: () => stepTag(-1) },
  { id: "check.all", title: () => "All tags together", short: () => "all tags", ready: () => here() && tag.value !== ALL, run: () => void choose(ALL) },
  { id: "check.box", help: "Into the box in doubt, and back", title: () => (closeUp.value ? "Out of the box in doubt" : "Into the box in doubt"), short: () => (closeUp.value ? "whole" : "close up"),
    ready: () => here() && !gridOpen.value && current.value !== null && (closeUp.value || boxOf(current.value) !== null), run: toggleCloseUp },
  { id: "check.grid", help: "All that waits in a grid, and back", title: () => (gridOpen.value ? "One at a time" : "All that waits in a grid"), short: () => (gridOpen.value ? "one" : "grid"), ready: some, run: () => void (gridOpen.value = !gridOpen.peek()) },
);

/** Escape on this screen first puts away what is open. */
export function closeOne(): boolean {
  if (gridOpen.peek()) return (gridOpen.value = false), true;
  if (zoom.view.peek().mode === "fit") return false;
  closeUp.value = false;
  zoom.fit();
  return true;
}
