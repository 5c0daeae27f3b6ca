/** Export of the keepers: one press starts it, the panel shows what came of it. */
import { signal } from "@preact/signals";
import { call } from "../bridge";
import type { ExportKeepers, JobInfo } from "../bridge.gen";
import { complain, overlay } from "../state";

export type Link = NonNullable<ExportKeepers["link"]>;

export const target = signal(""); // empty: the library's exports/approved
export const link = signal<Link>("copy");
export const result = signal<JobInfo | null>(null);
let waitingFor = 0;

export async function startExport(): Promise<void> {
  overlay.value = "export";
  if (result.peek()?.state === "running") return;
  result.value = null;
  try {
    const { job } = await call("export.keepers", { to: target.peek(), link: link.peek() });
    waitingFor = job;
  } catch (error) {
    overlay.value = null;
    complain(error);
  }
}

export function hearExport(info: JobInfo): void {
  if (waitingFor === 0 || info.id >= waitingFor) result.value = info;
}
