/** Answers that contradict each other, asked again: one match after another, before what would have come next. */
import { batch } from "@preact/signals";
import { mayWrite } from "../mutate";
import { complain, goTo, say } from "../state";
import { contenders } from "./contenders";
import { putAside, travelling } from "./decide";
import { figures } from "./figures";
import { fill, over } from "./line";
import { champion, made, next, show } from "./matches";
import { refresh } from "./refresh";

const NOTE = "Asked again: earlier answers about these contradict each other";

/** Go to the Rank screen with these; each is what one match is of. */
export async function askAgain(lists: readonly (readonly number[])[]): Promise<void> {
  if (!mayWrite()) return;
  goTo("rank");
  travelling.value += 1; // until these are there, no key decides what was on screen before
  try {
    await refresh();
    if (figures.peek()?.judge) return say("These answers are your own: choose yourself as the judge, then ask again.");
    const found = await Promise.all(lists.map((ids) => contenders(ids)));
    const asked = found.filter((images, i) => images.length === lists[i]?.length && !images.some((one) => one.missing));
    if (asked.length === 0) return say("Their images are no longer there.");
    batch(() => {
      champion.value = null;
      putAside();
      over.value = null;
      const [first, ...rest] = asked.map((images) => made(images, NOTE));
      next.value = [...rest, ...next.peek().filter((match) => match.note !== NOTE)]; // asked for twice is asked once
      show(first ?? null);
    });
    void fill();
  } catch (error) {
    complain(error);
  } finally {
    travelling.value -= 1;
  }
}
