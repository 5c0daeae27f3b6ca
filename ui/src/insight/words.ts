/** What the Insight screen says. */
import type { Gate, Point } from "../bridge.gen";
import { capital, count, percent, some } from "../kit/words";

export const MOST = 1000; // as many as the engine counts

export const GATES: Record<Gate["kind"], { title: string; text: string; good: string }> = {
  winner: { title: "Winners", text: "Groups drawn by chance, decided by you without seeing the recommendation; right where you kept that image alone.", good: "agreed" },
  crop: { title: "Crops", text: "Images drawn by chance whose best proposed crop you accepted unchanged. Accepting crops at once needs “Nothing wrong left” too.", good: "accepted" },
  residual: { title: "Nothing wrong left", text: "Kept or cropped images drawn by chance and looked at again.", good: "clean" },
};

/** A share to a tenth of a percent, never more than it is: near a target whole ones say too little. */
export const exact = (share: number): string => `${(Math.floor(1000 * share + 1e-6) / 10).toFixed(1)}\u00a0%`;

/** Why a gate is shut and what would open it, or what an open one allows. */
export function standing(gate: Gate): string {
  if (gate.open) return gate.kind === "residual" ? "What is kept and cropped stays clean." : gate.ready > 0 ? "Deciding many at once is allowed." : "Nothing that is sure enough is undecided.";
  return gate.shut ? "Shut by you, whatever its record says." : `${capital(gate.missing)}.`;
}

/** What is certain against what it takes; of a shut gate that looks sure enough, how many more checks. */
export function certain(gate: Gate): string {
  const it = `It takes ${exact(gate.target)}`;
  if (gate.n === 0) return it;
  if (gate.lower95 === 0) return `Nothing is certain yet. ${it}`;
  const least = `95 % sure of at least ${exact(gate.lower95)}`;
  const [more = ""] = /^\d.*? would open it/.exec(gate.missing) ?? []; // not of a gate that only another one keeps shut
  const looksEnough = gate.lower95 >= gate.target || exact(gate.lower95) === exact(gate.target);
  return !gate.open && looksEnough && more ? `${least}. ${more}` : `${least}. ${it}`;
}

export function recordOf(gate: Gate): string {
  if (gate.rate === null) return "No random check yet";
  return `${exact(gate.rate)} of the last ${some(gate.n, "random check")} ${GATES[gate.kind].good}`;
}

/** "143 groups", "5 000 or more crops". */
export function ready(gate: Gate): string {
  const what = gate.kind === "crop" ? "crop" : "group";
  return gate.ready >= MOST ? `${count(MOST)} or more ${what}s` : some(gate.ready, what);
}

const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

/** "8 Jan 2026" of a point that stands for a day. */
export function day(_: number, point: Point | undefined): string {
  const at = new Date(`${point?.label ?? ""}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? (point?.label ?? "") : date.format(at);
}

const band = (p: Point): string => (p.low === null || p.high === null ? "" : ` (${percent(p.low)} to ${percent(p.high)})`);

export const share = (what: string) => (p: Point): string => `${p.label}: ${percent(p.y)}${band(p)} of ${some(p.n, what)}`;
export const seconds = (p: Point): string => `${p.label}: ${Math.round(p.y)} s saved per 100 images, from ${some(p.n, "image")}`;
export const actions = (p: Point): string => `${p.label}: ${p.y.toFixed(1)} actions an image, of ${some(p.n, "image")}`;
export const learned = (p: Point): string => `${percent(p.y)} of held-out pairs right after ${some(p.n, "pair")}; model of ${p.label}`;
export const sure = (p: Point): string => `${p.label}: right in ${percent(p.y)}${band(p)} of ${some(p.n, "check")}`;
