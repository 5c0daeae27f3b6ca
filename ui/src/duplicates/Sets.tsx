/** Two sets that show the same, stage beside stage: the one that stays above, the redundant one below. */
import type { JSX } from "preact";
import { CommandButton } from "../kit/CommandButton";
import { Empty } from "../kit/Empty";
import { Icon } from "../kit/Icon";
import { bytes, capital, count, some, visible } from "../kit/words";
import { running } from "../state";
import type { SetMatch, SetSide } from "../bridge.gen";
import { infoOpen } from "./focus";
import { Info } from "./Info";
import { SetDeck } from "./SetDeck";
import { focusedImage, matches, setFigures } from "./matches";

export function Sets(): JSX.Element {
  if (!matches.loaded.value) return <div class="copies-body" />;
  if (running.value && matches.items.value.length === 0) return <div class="empty"><h1>Looking for sets</h1><p class="dim">Sets of other timestamps with the same stages are compared stage by stage.</p></div>;
  if (!setFigures.value?.searched) return <Empty title="Sets were not compared yet" text="Sets of another timestamp with exactly the same stages are compared stage by stage; where every stage shows the same, the whole redundant set can go." command="sets.find" />;
  if (matches.items.value.length === 0) return <Empty title="No set shows the same as another" text="How alike every stage has to be is in the settings." command="sets.find" />;
  const match = matches.current.value;
  return (
    <div class="copies-body">
      <div class="copies-main" data-match={match?.id ?? ""} data-done={matches.done.value.get(match?.id ?? "") ?? ""}>
        {match ? <Match match={match} /> : <Finished />}
      </div>
      {infoOpen.value && match && <Info image={focusedImage.value} />}
    </div>
  );
}

const METADATA = { same: "prompt and seed are the same", differs: "prompt or seed differ", unknown: "no prompt or seed to compare" } as const;
const DONE_WORDS = { accepted: "set aside; Undo or Staged brings it back", apart: "no duplicates; Undo takes that back" } as const;

function Match({ match }: { match: SetMatch }): JSX.Element {
  const done = matches.done.value.get(match.id);
  return (
    <>
      <header class="copies-group-head">
        <span><b>{count(matches.index.value + 1)}</b> <span class="dim">of {count(matches.whole.value)}</span></span>
        <span class="ellipsis" data-testid="set-reason" title={visible(match.reason)}>{capital(visible(match.reason))}</span>
        <span class={match.metadata === "differs" ? "doubt" : "dim"} data-metadata={match.metadata}>{match.metadata === "differs" && <Icon name="doubt" />} {METADATA[match.metadata]}</span>
        {done && <span class="status-word">{DONE_WORDS[done]}</span>}
        <span class="spring" />
        <CommandButton command="sets.flip">Flip</CommandButton>
        <CommandButton command="sets.accept" primary>Accept</CommandButton>
      </header>
      <div class="set-compare">
        <div class="set-sides">
          <Side side={match.stays} words="Stays" mark="stays" flipped={match.flipped} />
          <Side side={match.goes} words={done === "accepted" ? "Set aside" : "Goes"} mark={done === "accepted" ? "aside" : "goes"} flipped={match.flipped} />
        </div>
        <SetDeck />
      </div>
    </>
  );
}

function Side({ side, words, mark, flipped }: { side: SetSide; words: string; mark: string; flipped: boolean }): JSX.Element {
  return (
    <div class="set-side" data-side={mark}>
      <span class={`mark mark-${mark}`}><Icon name={mark === "stays" ? "check" : "away"} /> {words}</span>
      {flipped && <span class="dim">by you</span>}
      <span>{visible(side.timestamp)}</span>
      <span class="dim">{some(side.images.length, "image")}</span>
      <span class="dim">{bytes(side.bytes)}</span>
    </div>
  );
}

function Finished(): JSX.Element {
  const left = matches.left.value;
  return (
    <div class="empty" data-testid="sets-finished">
      <h1>{left === 0 ? "Every match is decided" : `${some(left, "match", "matches")} still open`}</h1>
      <p class="dim">What was set aside can be put back at any time.</p>
      <div class="row">
        {left > 0 && <CommandButton command="sets.next" primary>Go on with the open ones</CommandButton>}
        <CommandButton command="copies.staged" primary={left === 0}>See what was set aside</CommandButton>
        <CommandButton command="sets.backward">Back to the last match</CommandButton>
      </div>
    </div>
  );
}
