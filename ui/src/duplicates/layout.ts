/** Where the images of a group lie, and how many lines stand below each. */
import type { CopiesView, CopyView } from "../bridge.gen";
import { READABLE } from "../kit/Cell";
import { arrange, type Layout } from "../kit/layout";
import { differing } from "./facts";

const FACT = 8.25; // rem, the width of one fact
const ROOMY = 400; // px of a cell from which all that differs is shown
const LOW = 220; // px of a cell below which only the name is
const LINE = 1.25; // rem

/** What stands below a picture: its name, some rows of facts, and why it stays or goes. */
interface Below {
  rows: number;
  reason: boolean;
}

export interface Shape extends Layout, Below {
  across: number; // facts in a row
}

const rem = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

const aspectOf = (m: CopyView): number => (m.width > 0 && m.height > 0 ? m.width / m.height : 1);

const plans = (need: number): [Below, Below, Below] => [{ rows: need, reason: true }, { rows: Math.min(1, need), reason: true }, { rows: 0, reason: false }];
const planAt = (whole: number, need: number): Below => plans(need)[whole >= ROOMY ? 0 : whole >= LOW ? 1 : 2];
const high = (below: Below): number => Math.round(rem() * (LINE * (1 + below.rows + (below.reason ? 1 : 0)) + 0.5));

export function layoutOf(group: CopiesView, members: readonly CopyView[], size: { width: number; height: number }): Shape {
  const measured = (["distance", "similarity"] as const).filter((key) => group.members.some((m) => m[key] !== null)).length;
  const facts = differing(group.members).length + measured;
  const aspects = members.map(aspectOf);
  const set = (need: number): Layout => arrange(aspects, size.width, size.height, (whole) => high(planAt(whole, need)));
  const rowsOf = (across: number): number => Math.min(5, Math.ceil(facts / across));
  // how many facts stand side by side depends on how wide the pictures become, and that on the lines below them
  let layout = set(rowsOf(2));
  let across = acrossOf(layout, aspects);
  layout = set(rowsOf(across));
  across = Math.min(across, acrossOf(layout, aspects));
  const need = rowsOf(across);
  layout = set(need);
  const below = plans(need).find((plan) => high(plan) === layout.caption) ?? plans(need)[2];
  return { ...layout, ...below, across };
}

/** As many facts as the narrowest caption holds side by side. */
function acrossOf(layout: Layout, aspects: readonly number[]): number {
  const widths = layout.cells.map((cell, i) => Math.min(cell.width, Math.max(READABLE, cell.height * (aspects[i] ?? 1))));
  return Math.max(1, Math.floor((Math.min(...widths) - rem()) / (FACT * rem())));
}
