/** The running job in full: phase, figures, the file in hand, and how to stop it. */
import type { JSX } from "preact";
import { phaseWords } from "../frame/JobLine";
import { CommandButton } from "../kit/CommandButton";
import { capital, count, duration, Name, rate } from "../kit/words";
import { job } from "../state";

const UNITS: Record<string, string> = { scan: "files", intake: "images", group: "groups", pick: "groups", export: "keepers", look: "images", siblings: "groups", propose: "images", cut: "images" };

export function JobPanel(): JSX.Element | null {
  const now = job.value;
  if (!now || now.state !== "running") return null;
  const share = now.total ? Math.min(1, now.done / now.total) : 0;
  const figures = [
    now.total ? `${count(now.done)} of ${count(now.total)} ${UNITS[now.phase] ?? ""}` : `${count(now.done)} ${UNITS[now.phase] ?? ""}`,
    now.rate > 0 ? rate(now.rate) : "",
    now.secondsLeft !== null ? `${duration(now.secondsLeft)} left` : "",
  ].filter(Boolean);
  return (
    <section class="job" aria-label="Running" data-testid="job-panel">
      <div class="section-head">
        <h2>{capital(phaseWords(now))}</h2>
        <CommandButton command="job.cancel">Cancel</CommandButton>
      </div>
      <div class="job-bar" role="progressbar" aria-label="Progress" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)}>
        <i style={{ width: `${share * 100}%` }} />
      </div>
      <p class="job-facts">
        <span>{figures.join(" · ")}</span>
        <span class="dim job-file">{now.current && <Name text={now.current} tail={24} />}</span>
      </p>
    </section>
  );
}
