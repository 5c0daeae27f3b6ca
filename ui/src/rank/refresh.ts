/** Something changed elsewhere: see whether what is on screen and what lies ready still stand. */
import { call } from "../bridge";
import { complain, status } from "../state";
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

/** Something changed elsewhere, or a fit came to an end: read the figures anew, and see whether what is on screen still stands. */
export async function refresh(): Promise<void> {
  const library = status.peek()?.library;
  if (library === undefined) return forgetAll();
  const f = await readFigures();
  if (!f) return;
  const before = under;
  under = { library, judge: f.judge, field: f.field, top: f.top, up: f.up };
  if (before?.library !== library || before.judge !== f.judge) {
    last.value = null;
    forgetAll();
    return askAnew();
  }
  const same = before.field === f.field && before.top === f.top && before.up === f.up;
  await mend(same, before.up === f.up);
}

/** Newer flags and figures for the match on screen; another match where images of it are gone. */
async function mend(same: boolean, sameUp: boolean): Promise<void> {
  const match = now.peek();
  if (!match) return same && !over.peek() && !trouble.peek() ? undefined : askAnew();
  try {
    const { images } = await call("rank.show", { ids: idsOf(match) });
    if (now.peek()?.key !== match.key) return;
    patch(images);
    if (answered.peek() === null && (images.length < match.images.length || !sameUp)) replace();
    else if (!same) askAnew();
  } catch (error) {
    complain(error);
  }
}
