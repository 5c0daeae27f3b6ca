/** What the keys do on the Same? screen. */
import { define } from "../commands";
import { mayWrite, mutate } from "../mutate";
import { screen, status } from "../state";
import { current, items, note, notice, reload, type Said } from "./list";
import { onward, seen, show, step, zoom } from "./place";

const here = (): boolean => screen.value === "same" && status.value !== null;
const onOne = (): boolean => here() && current.value !== null;

const SAME: Record<Said, boolean | null> = { yes: true, no: false, unsure: null };

const OVERRULES = "This overrules ";

/** Said at once on screen, sent in order, and on to the next; the same answer again only goes on. */
function answer(said: Said): void {
  const pair = current.peek();
  if (!pair || seen.peek() !== pair.id || !mayWrite()) return; // a second press in one moment meets a pair nobody saw
  if (pair.said !== said || pair.overruled) {
    const rollback = note(pair, said);
    const goThere = (): void => show(items.peek().findIndex((p) => p.id === pair.id));
    void mutate("same.answer", { one: pair.one.id, other: pair.other.id, same: SAME[said] }, { own: "same", rollback, goThere }).then((changed) => {
      const at = changed?.label.indexOf(OVERRULES) ?? -1;
      if (changed && at >= 0) notice.value = changed.label.slice(at);
      void reload();
    });
  }
  onward();
}

define(
  { id: "same.yes", help: "Yes, they belong together; and on", title: () => "Yes: they belong together", short: () => "same", ready: onOne, run: () => answer("yes") },
  { id: "same.no", help: "No, they do not; and on", title: () => "No: they do not belong together", short: () => "not", ready: onOne, run: () => answer("no") },
  { id: "same.unsure", help: "Cannot say: not asked again", title: () => "Cannot say: this pair is not asked again", short: () => "cannot say", ready: onOne, run: () => answer("unsure") },
  { id: "same.move", title: () => "Back and forth, answered or not", short: () => "move", ready: () => here() && items.value.length > 0, run: (key) => step(key === "ArrowLeft" ? -1 : 1) },
  { id: "same.back", title: () => "Back to the last pair", short: () => "back", ready: () => here() && current.value === null && items.value.length > 0, run: () => step(-1) },
);

/** Escape on this screen first goes back to the whole pictures. */
export function closeOne(): boolean {
  if (zoom.view.peek().mode === "fit") return false;
  return zoom.fit(), true;
}
