/** Rank: one of a few, again and again, until the top is known well enough. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { call } from "../bridge";
import { savePlace } from "../cull/place";
import { visible } from "../kit/words";
import { complain, onStale, placeOf, status } from "../state";
import { infoOpen, panelOpen } from "./commands";
import { Deck } from "./Deck";
import { last, seenKey } from "./decide";
import { readFigures } from "./figures";
import { Head } from "./Head";
import { Info } from "./Info";
import { askAnew, fill, over, replace, trouble } from "./line";
import { answered, forgetAll, idsOf, now, patch, type Shown } from "./matches";
import { Nothing } from "./Nothing";
import { Side } from "./Side";
import "./style.css";

/** What the matches on screen and ahead were asked under; anything else of it, and they are asked anew. */
interface Under {
  library: string;
  judge: string;
  field: number;
  top: number;
  up: number;
}
let under: Under | null = null;

/** Something changed elsewhere, or a fit came to an end: read the figures anew, and see whether what is on screen still stands. */
async function refresh(): Promise<void> {
  const library = status.peek()?.library;
  if (library === undefined) return forgetAll();
  const f = await readFigures();
  if (!f) return;
  const before = under;
  under = { library, judge: f.judge, field: f.field, top: f.top, up: f.up };
  if (before?.library !== library || before.judge !== f.judge) {
    last.value = null;
    forgetAll();
    return askAnew();
  }
  const same = before.field === f.field && before.top === f.top && before.up === f.up;
  await mend(same, before.up === f.up);
}

/** Newer flags and figures for the match on screen; another match where images of it are gone. */
async function mend(same: boolean, sameUp: boolean): Promise<void> {
  const match = now.peek();
  if (!match) return same && !over.peek() && !trouble.peek() ? undefined : askAnew();
  try {
    const { images } = await call("rank.show", { ids: idsOf(match) });
    if (now.peek()?.key !== match.key) return;
    patch(images);
    if (answered.peek() === null && (images.length < match.images.length || !sameUp)) replace();
    else if (!same) askAnew();
  } catch (error) {
    complain(error);
  }
}

onStale("rank", () => void refresh());
placeOf.set("rank", () => {
  if (status.peek()) savePlace("rank");
});

/** For those who hear the screen. */
function said(match: Shown): string {
  const done = { pick: "Chosen.", draw: "Draw.", skip: "Skipped.", left: "" }[last.value?.answer.kind ?? "left"];
  return `${done} ${match.was ? "Taken back" : "Next"}: ${match.images.map((i, n) => `${n + 1} ${visible(i.filename)}`).join(", ")}.`;
}

export function Rank(): JSX.Element {
  const match = now.value;
  useEffect(() => void fill(), []);
  return (
    <section class="cull rank" data-match={match?.key ?? ""} data-seen={seenKey} data-answered={answered.value?.kind ?? ""} data-up={match?.images.length ?? 0}>
      <Head />
      <p class="hidden-text" aria-live="polite" data-testid="said">{match ? said(match) : ""}</p>
      <div class="cull-body">
        {match ? <Deck /> : <div class="deck"><Nothing /></div>}
        {infoOpen.value && match ? <Info /> : panelOpen.value && status.value && <Side />}
      </div>
    </section>
  );
}
