/** Cull: one group at a time, exceptions first. */
import type { JSX } from "preact";
import { Empty } from "../kit/Empty";
import { CommandButton } from "../kit/CommandButton";
import { count, some } from "../kit/words";
import { onStale, status } from "../state";
import "./commands";
import { Deck } from "./Deck";
import { infoOpen } from "./focus";
import { refetchAll } from "./groups";
import { Header } from "./Header";
import { Info } from "./Info";
import { ahead } from "./place";
import { Page } from "./obvious/Page";
import { current, currentId, index, items, loaded, ORDERS, pageOpen, reloadInPlace, SCOPE_NAMES, which, why } from "./queue";
import "./style.css";
import { TagStrip } from "./TagStrip";

onStale("cull", () => {
  const near = [currentId.peek(), ...ahead.peek()].filter((id): id is string => id !== null);
  void reloadInPlace().then(() => refetchAll(near)).catch(() => undefined);
});

export function Cull(): JSX.Element {
  const finished = loaded.value && index.value >= items.value.length;
  return (
    <section class="cull" data-group={current.value?.id ?? ""} data-status={current.value?.status ?? ""} data-finished={finished}>
      <Header />
      <div class="cull-body">
        {pageOpen.value ? <Page /> : finished ? <Finished /> : <Deck />}
        {infoOpen.value && !finished && !pageOpen.value && <Info />}
      </div>
      <TagStrip />
    </section>
  );
}

function Finished(): JSX.Element {
  const s = status.value;
  if (!s || s.groups === 0) {
    return <Empty title="No groups yet" text="Add a folder of images; near-identical ones are grouped, and the doubtful groups come here." command="source.add" />;
  }
  if (why.value && items.value.length === 0 && which.value !== "needs" && ORDERS.some((o) => o === which.value)) {
    return <Empty title={`${SCOPE_NAMES[which.value]}: not yet`} text={why.value} command="cull.plainOrder" />;
  }
  if (which.value !== "needs" && items.value.length === 0) {
    return <Empty title="No groups in this list" text="Choose another list above, or press L." command="cull.scope" />;
  }
  return (
    <div class="empty" data-testid="finished">
      <h1>{s.needsYou === 0 ? "No group needs you" : `${some(s.needsYou, "group")} still ${s.needsYou === 1 ? "needs" : "need"} you`}</h1>
      <p class="dim">
        {count(s.keepers)} keepers of {count(s.images)} images in {some(s.groups, "group")}; {count(s.decided)} decided by you. {s.needsYou === 0 && "Look over all keepers once, then export them."}
      </p>
      <div class="row">
        <CommandButton command="cull.finish" primary>{s.needsYou ? "Go through them" : "Sweep the keepers"}</CommandButton>
        <CommandButton command="export.keepers">Export keepers</CommandButton>
        {items.value.length > 0 && <CommandButton command="cull.backward">Back to the last group</CommandButton>}
      </div>
    </div>
  );
}
