/** The export's panel: what to take out, and then what came of it. */
import type { JSX } from "preact";
import { call } from "../bridge";
import { define } from "../commands";
import { Sheet } from "../frame/Sheet";
import { reveal } from "../library/sources";
import { CommandButton } from "../kit/CommandButton";
import { count, duration, some, visible } from "../kit/words";
import { standing } from "../rankings/state";
import { complain, overlay, readOnly, status } from "../state";
import { Choices } from "./Choices";
import { choose, link, result, runs, startExport, target, top, what, type Link, type What } from "./state";
import "./style.css";

const LINKS: readonly Link[] = ["copy", "hard", "symlink"];
const FOLDERS: Record<What, string> = { keepers: "exports/approved", top: "exports", score: "exports", csv: "reports" };

const where = (): string => (what.value !== "csv" && target.value) || `${status.value?.library ?? ""}/${FOLDERS[what.value ?? "top"]}`;
const finished = (): boolean => result.value !== null && result.value.state !== "running";
const ranked = (): boolean => (standing.value?.matches ?? 0) > 0 && !runs();

define(
  { id: "export.choose", title: () => "Export from the rankings", short: () => "export", ready: ranked, run: () => void choose() },
  { id: "export.top", title: () => `Export the top ${count(top.value)}`, short: () => "the top", ready: ranked, run: () => void startExport("top") },
  { id: "export.score", title: () => "Export all above a score", short: () => "by score", ready: () => ranked() && overlay.value === "export", run: () => void startExport("score") },
  { id: "export.csv", title: () => "Write the rankings as CSV", short: () => "CSV", ready: ranked, run: () => void startExport("csv") },
  { id: "export.keepers", help: "Export the keepers", title: () => `Export ${some(status.value?.keepers ?? 0, "keeper")}`, short: () => "export", ready: () => (status.value?.keepers ?? 0) > 0, run: () => void startExport("keepers") },
  { id: "export.link", title: () => "As copies, hard links, symbolic links", ready: () => overlay.value === "export" && !runs(), run: (key = "1") => void (link.value = LINKS[Number(key) - 1] ?? "copy") },
  { id: "export.elsewhere", title: () => "Export to another folder", ready: () => overlay.value === "export" && !runs(), run: () => void elsewhere() },
  { id: "export.reveal", title: () => "Show the exported files", short: () => "show the files", ready: finished, run: () => void reveal(readOnly.value ? where() : "") },
  { id: "export.close", title: () => "Close", short: () => "close", ready: () => overlay.value === "export", run: () => void (overlay.value = null) },
);

async function elsewhere(): Promise<void> {
  try {
    const { paths } = await call("dialog.folder", { title: "Export to" });
    if (paths[0] !== undefined) target.value = paths[0];
  } catch (error) {
    complain(error);
  }
}

const NAMES: Record<What, () => string> = {
  keepers: () => some(status.value?.keepers ?? 0, "keeper"),
  top: () => `the top ${count(top.value)}`,
  score: () => "all above the score",
  csv: () => "the rankings",
};

function headline(): string {
  const now = result.value;
  if (what.value === null) return "Export";
  if (!now || now.state === "running") return `Exporting ${NAMES[what.value]()}`;
  return { done: "Exported", failed: "The export stopped", cancelled: "The export was cancelled" }[now.state];
}

export function Export(): JSX.Element {
  const now = result.value;
  const needs = status.value?.needsYou ?? 0;
  return (
    <Sheet label="Export" name="export">
      <h2 data-testid="export-state" data-state={what.value === null ? "choose" : (now?.state ?? "running")}>{headline()}</h2>
      {runs() && <Running />}
      {finished() && <p data-testid="export-message">{visible(now?.message ?? "")}</p>}
      {what.value === "keepers" && needs > 0 && <p class="dim">{some(needs, "group")} still {needs === 1 ? "needs" : "need"} you and {needs === 1 ? "is" : "are"} not part of this.</p>}
      {!runs() && <Choices again={what.value !== null} />}
      <div class="row">
        {finished() && <CommandButton command="export.reveal" primary>Show files</CommandButton>}
        {runs() && <CommandButton command="job.cancel">Cancel</CommandButton>}
        <CommandButton command="export.close">Close</CommandButton>
      </div>
    </Sheet>
  );
}

function Running(): JSX.Element {
  const now = result.value;
  const share = now?.total ? now.done / now.total : 0;
  return (
    <>
      <div class="job-bar"><i style={{ width: `${share * 100}%` }} /></div>
      <p class="dim">{now?.total ? `${count(now.done)} of ${count(now.total)}` : "Starting"}{now?.secondsLeft != null && ` · ${duration(now.secondsLeft)} left`}</p>
      <p class="dim text path-line" dir="ltr">{visible(where())}</p>
    </>
  );
}
