/** No picture to crop, and the next step. */
import type { JSX } from "preact";
import { CommandButton } from "../kit/CommandButton";
import { Empty } from "../kit/Empty";
import { count, some } from "../kit/words";
import { JobPanel } from "../library/JobPanel";
import { job, running, status } from "../state";
import { byHand, counts, list, trios, which } from "./list";

export function Nothing(): JSX.Element | null {
  const s = status.value;
  const c = counts.value;
  if (!s) return <Empty title="No library is open" text="Add a folder of images to make one." command="source.add" />;
  if (!c) return null; // being read
  if (running.value && job.value && (c.unproposed > 0 || c.waiting + c.done === 0 || job.value.kind === "cut")) return <Working />;
  if (which.value === "done") return <Empty title="No crop decided yet" text="What you decide is listed here, newest first, to look at again or to change." command="crop.scope" />;
  if (trios.value) {
    return <Empty title={list.value.items.value.length > 0 ? "Every group is decided" : "No group waits"} text="Groups of two to four variants that need you come here, to keep one of them and crop it in one go." command="crop.trios" />;
  }
  if (c.unproposed > 0) return <Unproposed n={c.unproposed} />;
  if (c.done === 0) {
    return <Empty title="Nothing to crop yet" text={s.images === 0 ? "Add a folder of images first; those you keep come here." : "The images you keep come here, and those you send from Cull with C. Keep some first."} command={s.images === 0 ? "source.add" : "screen.cull"} />;
  }
  return <Finished />;
}

function Working(): JSX.Element {
  return (
    <div class="empty" data-testid="working">
      <h1>{job.value?.kind === "cut" ? "Writing the cropped copies" : job.value?.kind === "propose" ? "Proposing crops" : "Pickwise is at work"}</h1>
      <p class="dim">It runs in the background; you can go on elsewhere.</p>
      <JobPanel />
    </div>
  );
}

function Unproposed({ n }: { n: number }): JSX.Element {
  return (
    <div class="empty" data-testid="unproposed-all">
      <h1>{some(n, "image waits", "images wait")} for a proposal</h1>
      <p class="dim">Pickwise looks for the people, the subject and what looks wrong, then offers one best crop and two others, all in the picture's own shape. Nothing is cropped without you.</p>
      <div class="row"><CommandButton command="crop.propose" primary>Propose crops</CommandButton><button onClick={() => void (byHand.value = true)}>Crop by hand</button></div>
    </div>
  );
}

function Finished(): JSX.Element {
  const c = counts.value;
  const done = c?.done ?? 0;
  const copies = c?.copies ?? 0;
  return (
    <div class="empty" data-testid="finished">
      <h1>Every crop is decided</h1>
      <p class="dim">
        {some(done, "image")} decided. {copies > 0 ? `${count(copies)} ${copies === 1 ? "has" : "have"} no cropped copy yet. Copies go into exports/cropped; the originals stay as they are.` : "All cropped copies are written."}
      </p>
      <div class="row">
        {copies > 0 && <CommandButton command="crop.cut" primary>Write the cropped copies</CommandButton>}
        {copies === 0 && <CommandButton command="screen.sweep" primary>Sweep the keepers</CommandButton>}
        <CommandButton command="crop.scope">Look back</CommandButton>
        {list.value.items.value.length > 0 && <CommandButton command="crop.backward">Back to the last one</CommandButton>}
        <CommandButton command="crop.taste">What was learned</CommandButton>
      </div>
    </div>
  );
}
