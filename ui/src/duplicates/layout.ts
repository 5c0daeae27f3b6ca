/** Where the images of a group lie, and how many lines stand below each. */
import type { CopiesView, CopyView } from "../bridge.gen";
import { READABLE } from "../kit/Cell";
import { arrange, type Layout } from "../kit/layout";
import { factCount } from "./facts";

const FACT = 7.75; // rem, the width of one fact
const ROOMY = 400; // px of a cell from which all that differs is shown
const TIGHT = 190; // px of a caption
const FAIR = 310; // px of a cell from which two rows are
const LOW = 220; // px of a cell below which only the name is
export const LINE = 1.25; // rem

/** What stands below a picture: its name, some rows of facts, and why it stays or goes. */
interface Below {
  rows: number;
  why: number; // lines of the reason
}

const NOTHING: Below = { rows: 0, why: 0 };

export interface Shape extends Layout, Below {
  across: number; // facts in a row
  narrow: boolean; // too narrow for more than a sign of what stays
}

const rem = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

const aspectOf = (m: CopyView): number => (m.width > 0 && m.height > 0 ? m.width / m.height : 1);

/** From which height of a cell how much stands below its picture, roomiest first; narrow cells wrap the reason. */
const plans = (rows: number, why: number): [number, Below][] => [
  [ROOMY, { rows, why }],
  [FAIR, { rows: Math.min(2, rows), why: 1 }],
  [LOW, { rows: Math.min(1, rows), why: 1 }],
  [0, { rows: 0, why: 0 }],
];
const high = (below: Below): number => Math.round(rem() * (LINE * (1 + below.rows + below.why) + 0.5));

export function layoutOf(group: CopiesView, members: readonly CopyView[], size: { width: number; height: number }): Shape {
  const facts = factCount(group.members);
  const aspects = members.map(aspectOf);
  const plansFor = (across: number): [number, Below][] => plans(Math.min(6, Math.ceil(facts / across)), across > 1 ? 1 : 2);
  const planAt = (across: number, whole: number): Below => plansFor(across).find(([from]) => whole >= from)?.[1] ?? NOTHING;
  const set = (across: number): Layout => arrange(aspects, size.width, size.height, (whole) => high(planAt(across, whole)));
  // how many facts stand side by side depends on how wide the pictures become, and that on the lines below them
  const first = acrossOf(set(2), aspects);
  const across = Math.min(first, acrossOf(set(first), aspects));
  const layout = set(across);
  const below = plansFor(across).find(([, plan]) => high(plan) === layout.caption)?.[1] ?? NOTHING;
  return { ...layout, ...below, across, narrow: narrowest(layout, aspects) < TIGHT };
}

/** As many facts as the narrowest caption holds side by side. */
function acrossOf(layout: Layout, aspects: readonly number[]): number {
  return Math.max(1, Math.floor((narrowest(layout, aspects) - rem()) / (FACT * rem())));
}

const narrowest = (layout: Layout, aspects: readonly number[]): number =>
  Math.min(...layout.cells.map((cell, i) => Math.min(cell.width, Math.max(READABLE, cell.height * (aspects[i] ?? 1)))));
