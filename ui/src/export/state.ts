/** Exports: what goes out, as what, where to, and what came of it. */
import { signal } from "@preact/signals";
import { call } from "../bridge";
import type { ExportKeepers, JobInfo, JobRef } from "../bridge.gen";
import { firstRow } from "../rankings/pages";
import { ALL, query, type Query } from "../rankings/query";
import { total } from "../rankings/pages";
import { standing } from "../rankings/state";
import { complain, overlay } from "../state";

export type Link = NonNullable<ExportKeepers["link"]>;
export type What = "keepers" | "top" | "score" | "csv";

export const target = signal(""); // empty: a folder of the library's own
export const link = signal<Link>("copy");
export const what = signal<What | null>(null); // null: still to choose
export const top = signal(100);
export const least = signal(0); // score
export const above = signal<number | null>(null); // images that score as much
export const result = signal<JobInfo | null>(null);
let waitingFor = 0;

const send = (chosen: What): Promise<JobRef> => {
  const how = { to: target.peek(), link: link.peek() };
  if (chosen === "keepers") return call("export.keepers", how);
  const { everyone } = query.peek();
  if (chosen === "top") return call("export.ranked", { ...how, everyone, top: top.peek() });
  if (chosen === "score") return call("export.ranked", { ...how, everyone, minScore: least.peek() });
  return call("export.csv", { everyone });
};

export const runs = (): boolean => what.value !== null && (result.value === null || result.value.state === "running");

export async function startExport(chosen: What): Promise<void> {
  overlay.value = "export";
  if (runs()) return;
  result.value = null;
  what.value = chosen;
  try {
    const { job } = await send(chosen);
    waitingFor = job;
  } catch (error) {
    what.value = null;
    overlay.value = null;
    complain(error);
  }
}

export function hearExport(info: JobInfo): void {
  if (waitingFor === 0 || info.id >= waitingFor) result.value = info;
}

const byScore = (): Query => ({ sort: "score", descending: true, ...ALL, only: "field", everyone: query.peek().everyone });
let counting = 0;

async function countAbove(): Promise<void> {
  const mine = ++counting;
  const bound = least.peek();
  try {
    const q = byScore();
    const first = await call("rankings.page", { ...q, limit: 1 });
    const n = await firstRow(q, first.total, (r) => r.score < bound);
    if (mine === counting) above.value = n;
  } catch (error) {
    complain(error);
  }
}

export function setLeast(score: number): void {
  if (!Number.isFinite(score)) return;
  least.value = score;
  above.value = null;
  void countAbove();
}

export function setTop(n: number): void {
  if (Number.isInteger(n) && n > 0) top.value = n;
}

/** Ask what to export; the score offered is that of the image at which the top ends. */
export async function choose(): Promise<void> {
  overlay.value = "export";
  if (runs()) return;
  what.value = result.value = null;
  top.value = standing.peek()?.top ?? top.peek();
  const mine = ++counting; // a score typed meanwhile stays
  try {
    const page = await call("rankings.page", { offset: Math.max(0, Math.min(top.peek(), total.peek()) - 1), limit: 1, everyone: query.peek().everyone });
    const last = page.items[0];
    if (last && mine === counting) setLeast(Math.floor(last.score * 10) / 10);
  } catch (error) {
    complain(error);
  }
}
