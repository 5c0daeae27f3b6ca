/** Something changed elsewhere: see whether what is on screen and what lies ready still stand. */
import { complain, status } from "../state";
import { contenders } from "./contenders";
import { last } from "./decide";
import { readFigures } from "./figures";
import { askAnew, over, replace, trouble } from "./line";
import { answered, forgetAll, idsOf, now, patch } from "./matches";

/** What the matches on screen and ahead were asked under; anything else of it, and they are asked anew. */
interface Under {
  library: string;
  judge: string;
  field: number;
  top: number;
  up: number;
}
let under: Under | null = null;

let turn = 0;
let latest: Promise<void> = Promise.resolve();

/** Something changed elsewhere, or a fit came to an end: read the figures anew, and see whether what is on screen still stands. */
export const refresh = (): Promise<void> => (latest = look(++turn));

/** Resolves once what was last asked for has come. */
export const refreshed = (): Promise<void> => latest;

async function look(mine: number): Promise<void> {
  const library = status.peek()?.library;
  if (library === undefined) return forgetAll();
  const f = await readFigures();
  if (mine !== turn) return latest; // asked again meanwhile: that answer is newer
  if (!f) return;
  const before = under;
  under = { library, judge: f.judge, field: f.field, top: f.top, up: f.up };
  if (before?.library !== library || before.judge !== f.judge) {
    last.value = null;
    forgetAll();
    return askAnew();
  }
  const same = before.field === f.field && before.top === f.top && before.up === f.up;
  await mend(same, f.up);
}

/** Newer flags and figures for the match on screen; another match where images of it are gone. */
async function mend(same: boolean, up: number): Promise<void> {
  const match = now.peek();
  if (!match) return same && !over.peek() && !trouble.peek() ? undefined : askAnew();
  try {
    const images = await contenders(idsOf(match));
    if (now.peek()?.key !== match.key) return;
    patch(images);
    if (answered.peek() === null && (images.length < match.images.length || match.up !== up)) replace();
    else if (!same) askAnew();
  } catch (error) {
    complain(error);
  }
}
