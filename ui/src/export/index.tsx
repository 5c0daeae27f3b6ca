/** The export's small result panel. */
import type { JSX } from "preact";
import { call } from "../bridge";
import { define } from "../commands";
import { Sheet } from "../frame/Sheet";
import { reveal } from "../library/sources";
import { CommandButton } from "../kit/CommandButton";
import { count, duration, some, visible } from "../kit/words";
import { complain, overlay, status } from "../state";
import { link, result, startExport, target, type Link } from "./state";
import "./style.css";

const LINKS: Record<Link, string> = { copy: "Copies", hard: "Hard links", symlink: "Symbolic links" };

const where = (): string => target.value || `${status.value?.library ?? ""}/exports/approved`;
const finished = (): boolean => result.value !== null && result.value.state !== "running";

define(
  { id: "export.keepers", help: "Export the keepers", title: () => `Export ${some(status.value?.keepers ?? 0, "keeper")}`, short: () => "export", ready: () => (status.value?.keepers ?? 0) > 0, run: () => void startExport() },
  { id: "export.reveal", title: () => "Show the exported files", short: () => "show the files", ready: finished, run: () => void reveal(where()) },
  { id: "export.close", title: () => "Close", short: () => "close", ready: () => overlay.value === "export", run: () => void (overlay.value = null) },
);

async function elsewhere(): Promise<void> {
  try {
    const { paths } = await call("dialog.folder", { title: "Export keepers to" });
    if (paths[0] === undefined) return;
    target.value = paths[0];
    void startExport();
  } catch (error) {
    complain(error);
  }
}

function headline(): string {
  const now = result.value;
  if (!now) return "Exporting keepers";
  if (now.state === "running") return `Exporting ${some(status.value?.keepers ?? now.total, "keeper")}`;
  return { done: "Exported", failed: "The export stopped", cancelled: "The export was cancelled" }[now.state];
}

export function Export(): JSX.Element {
  const now = result.value;
  const needs = status.value?.needsYou ?? 0;
  const share = now?.total ? now.done / now.total : 0;
  return (
    <Sheet label="Export keepers" name="export">
      <h2 data-testid="export-state" data-state={now?.state ?? "running"}>{headline()}</h2>
      {!finished() && (
        <>
          <div class="job-bar"><i style={{ width: `${share * 100}%` }} /></div>
          <p class="dim">{now?.total ? `${count(now.done)} of ${count(now.total)}` : "Starting"}{now?.secondsLeft != null && ` · ${duration(now.secondsLeft)} left`}</p>
        </>
      )}
      {finished() && <p data-testid="export-message">{visible(now?.message ?? "")}</p>}
      {!finished() && <p class="dim text path-line" dir="ltr">{visible(where())}</p>}
      {needs > 0 && <p class="dim">{some(needs, "group")} still {needs === 1 ? "needs" : "need"} you and {needs === 1 ? "is" : "are"} not part of this.</p>}
      <div class="row">
        {finished() ? <CommandButton command="export.reveal" primary>Show files</CommandButton> : <CommandButton command="job.cancel">Cancel</CommandButton>}
        <CommandButton command="export.close">Close</CommandButton>
      </div>
      {finished() && (
        <div class="row again">
          <span class="dim">Once more</span>
          <button onClick={() => void elsewhere()}>to another folder</button>
          <label>
            <span class="dim">as</span>{" "}
            <select value={link.value} onChange={(e) => { link.value = e.currentTarget.value as Link; void startExport(); }}>
              {Object.entries(LINKS).map(([value, words]) => <option key={value} value={value}>{words}</option>)}
            </select>
          </label>
        </div>
      )}
    </Sheet>
  );
}
