/** What the keys do on the Library screen. */
import type { JobInfo } from "../bridge.gen";
import { define } from "../commands";
import { goTo, job, readOnly, running, screen, status } from "../state";
import { cancelJob } from "./jobs";
import { chooseFolders, lookForWrong, rescan, reveal } from "./sources";

const open = (): boolean => status.value !== null;

/** The next step of the whole: add a folder, decide, or look over the keepers. */
function next(): void {
  const s = status.peek();
  if (!s || s.sources.length === 0) void chooseFolders();
  else goTo(s.needsYou > 0 ? "cull" : "sweep");
}

function nextWords(): string {
  const s = status.value;
  if (!s || s.sources.length === 0) return "Add a folder";
  return s.needsYou > 0 ? "Start culling" : "Sweep the keepers";
}

const JOB_NAMES: Record<JobInfo["kind"], string> = {
  cull: "scan", export: "export", dupes: "search for copies", sets: "comparing sets", stage: "setting aside", restore: "restoring", approve: "approving", learn: "learning", train: "learning what you like", promote: "deciding in bulk", propose: "proposing crops", cut: "writing crops",
  look: "looking for what is wrong",
};

const canNext = (): boolean => {
  const s = status.value;
  return screen.value === "library" && (!s || s.sources.length === 0 || s.groups > 0);
};

define(
  { id: "library.next", title: nextWords, short: () => nextWords().toLowerCase(), ready: canNext, run: next },
  { id: "source.add", title: () => "Add a folder of images", short: () => "add folder", ready: () => !readOnly.value, run: () => void chooseFolders() },
  { id: "library.rescan", title: () => "Rescan every folder", short: () => "rescan", ready: () => open() && !readOnly.value && !running.value && (status.value?.sources.length ?? 0) > 0, run: () => void rescan() },
  { id: "vision.look", title: () => "Look for what is wrong", ready: () => open() && !readOnly.value && !running.value && (status.value?.images ?? 0) > 0, run: () => void lookForWrong() },
  { id: "library.reveal", title: () => "Show the library folder", ready: open, run: () => void reveal(status.peek()?.library ?? "") },
  { id: "job.cancel", title: () => `Cancel: ${JOB_NAMES[job.value?.kind ?? "cull"]}`, ready: () => running.value, run: () => void cancelJob() },
);
