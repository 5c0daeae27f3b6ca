/** The running job in the bar: what it does, how far, how long. */
import type { JSX } from "preact";
import type { JobInfo } from "../bridge.gen";
import { capital, count, duration } from "../kit/words";
import { job } from "../state";

export const PHASES: Record<string, string> = {
  scan: "looking for images", intake: "reading images", group: "forming groups", pick: "picking keepers", look: "looking up files", export: "writing files",
  embed: "looking at what is in them", compare: "comparing", turn: "turning and mirroring", plan: "planning the moves", mark: "marking", recover: "finishing what was cut short",
  sets: "comparing sets", stage: "setting aside", restore: "putting back", approve: "sending to the Trash", siblings: "comparing the images of each group",
  parts: "looking at hands, feet and faces", learn: "learning from your tags", score: "looking for what you tag", propose: "proposing crops", cut: "writing cropped copies",
};

/** What the job does now, in words. */
export const phaseWords = (now: JobInfo): string => (now.phase === "look" && (now.kind === "look" || now.kind === "propose") ? "looking for what is wrong" : (PHASES[now.phase] ?? now.phase));

export function JobLine(): JSX.Element {
  const now = job.value;
  if (!now || now.state !== "running") return <div class="job-line" />;
  const share = now.total ? now.done / now.total : 0;
  return (
    <div class="job-line" data-testid="job" data-phase={now.phase}>
      <span class="ellipsis">
        {capital(phaseWords(now))}
        <span class="dim"> {now.total ? `${count(now.done)} of ${count(now.total)}` : count(now.done)}{now.secondsLeft !== null && ` · ${duration(now.secondsLeft)}`}</span>
      </span>
      <div class="job-rail" role="progressbar" aria-label="Job" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)}>
        <i style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  );
}
