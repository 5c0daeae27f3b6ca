/** Groups of copies: the rule, the list at the side, and one group at a time. */
import type { JSX } from "preact";
import { CommandButton } from "../kit/CommandButton";
import { Empty } from "../kit/Empty";
import { bytes, count, percent, some } from "../kit/words";
import { scaleOf } from "../kit/zoom";
import { job, running } from "../state";
import { current, figures, groups } from "./copies";
import { Deck } from "./Deck";
import { differenceOpen } from "./compare";
import { Difference } from "./Difference";
import { goingWords } from "./facts";
import { focused, infoOpen, page, pagesOf, rangeOf, zoom } from "./focus";
import { Info } from "./Info";
import { List } from "./List";
import { Rule } from "./Rule";
import { staged } from "./batches";

export function Groups(): JSX.Element {
  return (
    <>
      <Rule />
      <Body />
    </>
  );
}

function Body(): JSX.Element {
  const run = figures.value?.run;
  if (!groups.loaded.value) return <div class="copies-body" />;
  if (!run) {
    return running.value
      ? <Note title="Looking for copies" text="The groups come here as soon as they are found. Nothing moves until you accept it." />
      : <Empty title="No search yet" text="Choose above what counts as a copy and who stays, then search. Nothing moves until you accept it." command="copies.find" />;
  }
  if (running.value && job.value?.kind === "stage") return <Note title="Setting aside" text="Each image goes with its companions. It can be taken back at any time." />;
  if (run.groups === 0) return <NothingFound images={run.images} />;
  if (groups.items.value.length === 0) return <Finished />;
  const finished = groups.currentId.value === null;
  return (
    <div class="copies-body">
      <List />
      <div class="copies-main" data-group={groups.currentId.value ?? ""} data-done={groups.done.value.get(groups.currentId.value ?? "") ?? ""} data-finished={finished}>
        {finished ? <Finished /> : <><GroupHead /><Deck /></>}
        {differenceOpen.value && !finished && <Difference />}
      </div>
      {infoOpen.value && !finished && <Info image={focused.value} />}
    </div>
  );
}

function Note({ title, text }: { title: string; text: string }): JSX.Element {
  return <div class="empty"><h1>{title}</h1><p class="dim">{text}</p></div>;
}

const DONE_WORDS = { accepted: "set aside; Undo or Staged brings it back", apart: "no duplicates; Undo takes that back" } as const;

function GroupHead(): JSX.Element {
  const group = current.value;
  const done = group && groups.done.value.get(group.id);
  const going = group?.members.filter((m) => !m.stays).length ?? 0;
  const [from, to] = group ? rangeOf(group, page.value) : [0, 0];
  return (
    <header class="copies-group-head">
      <span><b>{count(groups.index.value + 1)}</b> <span class="dim">of {count(groups.whole.value)}</span></span>
      {group && <span class="ellipsis">{goingWords(group.members.length, going)}{going > 0 && <span class="dim"> · {bytes(group.bytes)} freed</span>}</span>}
      {done && <span class="status-word">{DONE_WORDS[done]}</span>}
      {group && pagesOf(group) > 1 && <span class="dim">the keeper and images {from}–{to}</span>}
      <span class="spring" />
      <span class="dim wide">{zoomWord()}</span>
      <span class="group-buttons">
        <span class="wide"><CommandButton command="copies.difference">Difference</CommandButton></span>
        <CommandButton command="copies.apart">Not duplicates</CommandButton>
        <CommandButton command="copies.accept" primary>{done ? "Go on" : "Accept"}</CommandButton>
      </span>
    </header>
  );
}

function zoomWord(): string {
  const { mode } = zoom.view.value;
  if (mode === "fit") return "Fit";
  return mode === "actual" ? "100 %" : zoom.frame ? percent(scaleOf(zoom.view.value, zoom.frame) * window.devicePixelRatio) : "";
}

function NothingFound({ images }: { images: number }): JSX.Element {
  return (
    <div class="empty" data-testid="no-copies">
      <h1>No copies found</h1>
      <p class="dim">{some(images, "image")} looked at. A wider number above finds more; so does another way, and turned or mirrored copies are found when asked.</p>
      <div class="row">
        <CommandButton command="copies.rule" primary>Change the rule</CommandButton>
        <CommandButton command="copies.sets">Look for whole sets</CommandButton>
        {(staged.value?.images ?? 0) > 0 && <CommandButton command="copies.staged">See what was set aside</CommandButton>}
      </div>
    </div>
  );
}

function Finished(): JSX.Element {
  const left = groups.left.value;
  const all = staged.value;
  return (
    <div class="empty" data-testid="copies-finished">
      <h1>{left === 0 ? "No group is open" : `${some(left, "group")} still open`}</h1>
      <p class="dim">{all && all.images > 0 ? `${some(all.images, "image")} set aside, ${bytes(all.bytes)}. They can be put back at any time, or approved: then they go to the system's Trash.` : "Nothing was set aside."}</p>
      <div class="row">
        {left > 0 && <CommandButton command="copies.next" primary>Go on with the open ones</CommandButton>}
        {(all?.images ?? 0) > 0 && <CommandButton command="copies.staged" primary={left === 0}>See what was set aside</CommandButton>}
        {left === 0 && <CommandButton command="copies.sets">Look for whole sets</CommandButton>}
        {groups.items.value.length > 0 && <CommandButton command="copies.backward">Back to the last group</CommandButton>}
      </div>
    </div>
  );
}
