/** Rank: one of a few, again and again, until the top is known well enough. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { savePlace } from "../cull/place";
import { visible } from "../kit/words";
import { onStale, placeOf, status } from "../state";
import { infoOpen, panelOpen } from "./commands";
import { Deck } from "./Deck";
import { last, seenKey } from "./decide";
import { Head } from "./Head";
import { Info } from "./Info";
import { fill } from "./line";
import { answered, now, type Shown } from "./matches";
import { Nothing } from "./Nothing";
import { refresh } from "./refresh";
import { Side } from "./Side";
import "./style.css";

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
