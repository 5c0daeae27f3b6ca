/** Crop: the best crop is proposed and a key accepts it; it never has another shape than its picture. */
import type { JSX } from "preact";
import { visible } from "../kit/words";
import "./commands";
import { Deck } from "./Deck";
import { seenId } from "./decide";
import { Head } from "./Head";
import { bare, current, finished, isDone, trios, which } from "./list";
import { Nothing } from "./Nothing";
import { sizeWords } from "./Overlay";
import { Reasons } from "./Reasons";
import { Side } from "./Side";
import "./style.css";
import { TastePanel } from "./TastePanel";
import { boxOf, choiceOf, focused, focusedId, tasteOpen, unassisted, usable } from "./work";
import { NAMES } from "./words";
import { status } from "../state";

/** For those who hear the screen. */
function said(): string {
  const view = focused.value;
  if (!usable(view)) return "";
  const box = boxOf(view, unassisted.value);
  return `${visible(view.filename)}: ${NAMES[choiceOf(view, box, unassisted.value)]}, ${sizeWords(view, box)}. ${visible(view.why)}`;
}

export function Crop(): JSX.Element {
  const entry = current.value;
  const view = focused.value;
  return (
    <section
      class="cull crop"
      data-entry={entry?.id ?? ""}
      data-focus={focusedId.value ?? ""}
      data-seen={seenId}
      data-done={entry ? isDone(entry) : false}
      data-choice={view ? choiceOf(view, boxOf(view, unassisted.value), unassisted.value) : ""}
      data-finished={finished.value}
      data-list={which.value}
      data-trios={trios.value}
    >
      {status.value && <Head />}
      <p class="hidden-text" aria-live="polite" data-testid="said">{said()}</p>
      <div class="cull-body">
        {entry && !bare.value ? <Deck /> : (finished.value || bare.value || !status.value) && <div class="deck"><Nothing /></div>}
        {tasteOpen.value ? <TastePanel /> : entry && !bare.value && <Side />}
      </div>
      <Reasons />
    </section>
  );
}
