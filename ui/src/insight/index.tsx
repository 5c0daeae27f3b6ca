/** Insight: the gates and what they allow first, then how good the recommendations are and what the work took. */
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Confirm } from "../duplicates/Confirm";
import { CommandButton } from "../kit/CommandButton";
import { Empty } from "../kit/Empty";
import { percent, some } from "../kit/words";
import { status } from "../state";
import "./commands";
import { insight, reviewOpen, scrolled } from "./data";
import { Gates } from "./Gates";
import { Cycles } from "./Cycles";
import { Likes } from "./Likes";
import { Plots } from "./Plots";
import { Review } from "./Review";
import "./style.css";

export function Insight(): JSX.Element {
  if (!status.value) return <Empty title="No library is open" text="Add a folder of images to make one." command="source.add" />;
  if (reviewOpen.value) return <Review />;
  const found = insight.value;
  if (!found) return <p class="insight-wait dim" role="status">Reading the record</p>;
  return (
    <section class="insight" data-testid="insight">
      <Scroll>
        <Gates />
        <div class="insight-lines">
          <Waiting n={found.reviewing} />
          <Model />
        </div>
        <Cycles />
        <Plots />
        <Likes />
      </Scroll>
      <Confirm />
    </section>
  );
}

/** It stands where it stood before the review or another screen. */
function Scroll({ children }: { children: ComponentChildren }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = scrolled.top;
    scrolled.box = box.current;
    return () => void (scrolled.box = null);
  }, []);
  return <div class="insight-scroll" ref={box} onScroll={(event) => void (scrolled.top = event.currentTarget.scrollTop)}>{children}</div>;
}

/** Always there, so that nothing below moves when a batch ends. */
function Waiting({ n }: { n: number }): JSX.Element {
  return (
    <div class="insight-line" data-testid="waiting">
      {n > 0 ? <span><strong>{some(n, "image")}</strong> decided at once or drawn by chance {n === 1 ? "waits" : "wait"} for a look.</span> : <span class="dim">Nothing that was decided at once waits for a look.</span>}
      {n > 0 && <CommandButton command="insight.review" primary>Look</CommandButton>}
    </div>
  );
}

/** The model in use, or what is missing for one. */
function Model(): JSX.Element | null {
  const found = insight.value;
  if (!found) return null;
  const { card } = found;
  const right = card?.accuracy == null ? "" : `, right in ${percent(card.accuracy)} of held-out pairs`;
  const apart = card?.calibrationError == null ? "" : `; its confidence is off by ${percent(card.calibrationError)}`;
  return (
    <div class="insight-line" data-testid="model">
      {card ? (
        <span>
          <strong>Learned</strong> from {some(card.pairs, "pair")} of {some(card.families, "family", "families")} on {card.at.slice(0, 10)}{right}{apart}.
          {found.contradictions > 0 && ` ${some(found.contradictions, "decision")} of yours ${found.contradictions === 1 ? "is" : "are"} contradicted by the others.`}
        </span>
      ) : <span>{found.why || "Nothing was learned yet."} Decide on in Cull: it begins by itself once there is enough.</span>}
      <div class="row">
        {card && card.earlier > 0 && <CommandButton command="insight.back">Model before</CommandButton>}
        <CommandButton command="insight.train">Learn now</CommandButton>
        <CommandButton command="insight.csv">CSV</CommandButton>
      </div>
    </div>
  );
}
