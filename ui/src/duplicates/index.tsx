/** Duplicates: groups of copies, whole sets, and what was set aside. */
import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { Empty } from "../kit/Empty";
import { complain, onStale, screen, status } from "../state";
import "./commands";
import { Confirm } from "./Confirm";
import { fetchViews, groups } from "./copies";
import { Groups } from "./Groups";
import { Head } from "./Head";
import { part } from "./part";
import { ahead } from "./place";
import { takeRule } from "./search";
import { matches } from "./matches";
import { Sets } from "./Sets";
import { batchAt, readStaged } from "./batches";
import { Staged } from "./Staged";
import "./style.css";

/** Read what changed elsewhere: the list, the groups in sight, the sets, and what is set aside. */
async function refresh(): Promise<void> {
  try {
    await groups.reload();
    await takeRule();
    const near = [groups.currentId.peek(), ...ahead.peek()].filter((id): id is string => id !== null && !groups.done.peek().has(id));
    await Promise.all([fetchViews(near, true), matches.reload(), readStaged()]);
  } catch (error) {
    complain(error);
  }
}

onStale("duplicates", () => void refresh());

// the shelf is looked at: newest batch first, as it is now
effect(() => {
  if (screen.value !== "duplicates" || part.value !== "staged") return;
  batchAt.value = 0;
  void readStaged(false);
});

export function Duplicates(): JSX.Element {
  const s = status.value;
  if (!s) return <Empty title="No library is open" text="Add a folder of images to make one." command="source.add" />;
  if (s.images === 0) return <Empty title="No images yet" text="Add a folder of images; copies of the same picture are found here and can be set aside." command="source.add" />;
  return (
    <section class="copies" data-part={part.value}>
      <Head />
      {part.value === "groups" && <Groups />}
      {part.value === "sets" && <Sets />}
      {part.value === "staged" && <Staged />}
      <Confirm />
    </section>
  );
}
