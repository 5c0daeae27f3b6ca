/** What the engine's background jobs tell the page. */
import { batch } from "@preact/signals";
import { call } from "../bridge";
import type { JobInfo } from "../bridge.gen";
import { hearExport } from "../export/state";
import { forgetSeen } from "../kit/sight";
import { complain, job, say } from "../state";

export function hearJob(info: JobInfo): void {
  batch(() => {
    const before = job.value;
    job.value = info;
    if (info.kind === "export") hearExport(info);
    if (info.state === "running" || (before?.id === info.id && before.state === info.state)) return;
    forgetSeen();
    if (info.kind === "learn" && info.state !== "failed") return; // nobody asked for it
    if (info.kind !== "export") {
      if (info.state === "failed") say(info.message || "The job stopped.", { kind: "error" });
      else say(info.message || (info.state === "cancelled" ? "Cancelled. What was finished is kept." : "Done."));
    }
  });
}

export async function cancelJob(): Promise<void> {
  const now = job.peek();
  if (now?.state !== "running") return;
  try {
    await call("job.cancel", { id: now.id });
  } catch (error) {
    complain(error);
  }
}
