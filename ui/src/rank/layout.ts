/** How to set the images of a match in rows so that the most picture is seen, whatever mix of shapes they have. */
import { GAP, type Layout } from "../kit/layout";

const ROOM = 1.06; // some room around a picture, for when it is zoomed
const NARROWEST = 144; // a caption can be read
const LOWEST = 24;

/**
 * Widths of one row's boxes. Images that would be wider than the row allows share it by the square root of their shape,
 * so that each gets the same area and none is judged at a disadvantage; none is wider than `high` makes it.
 */
export function share(aspects: readonly number[], wide: number, high: number): number[] {
  const widths = aspects.map((a) => a * high);
  let open = aspects.map((_, i) => i);
  let room = wide;
  if (widths.reduce((sum, w) => sum + w, 0) <= wide) return widths;
  for (;;) {
    const weight = open.reduce((sum, i) => sum + Math.sqrt(aspects[i] ?? 1), 0);
    const part = (i: number): number => (room * Math.sqrt(aspects[i] ?? 1)) / weight;
    const full = open.filter((i) => part(i) >= (widths[i] ?? 0));
    if (full.length === 0 || full.length === open.length) {
      for (const i of open) widths[i] = Math.min(widths[i] ?? 0, part(i));
      return widths;
    }
    open = open.filter((i) => !full.includes(i));
    for (const i of full) room -= widths[i] ?? 0;
  }
}

/** Sizes of the rows, as even as can be, the longer ones first. */
export function rowSizes(n: number, rows: number): number[] {
  return Array.from({ length: rows }, (_, r) => Math.floor(n / rows) + (r < n % rows ? 1 : 0));
}

interface Row {
  widths: number[]; // of the pictures
  high: number; // of the tallest picture
  narrow: boolean;
}

function rowsOf(aspects: readonly number[], rows: number, width: number, tall: number): Row[] {
  let from = 0;
  return rowSizes(aspects.length, rows).map((size) => {
    const here = aspects.slice(from, (from += size));
    const wide = width - GAP * (size - 1);
    const widths = share(here, wide, tall);
    const high = Math.max(...widths.map((w, i) => w / (here[i] ?? 1)));
    return { widths, high, narrow: wide / size < NARROWEST };
  });
}

/** The arrangement with the largest total picture area; fewer rows win a tie. `caption` is its height below a picture. */
export function arrangeRows(aspects: readonly number[], width: number, height: number, caption: number): Layout {
  const n = aspects.length;
  let best: Row[] = [];
  let most = -1;
  for (let rows = 1; rows <= n; rows++) {
    const tall = (height - GAP * (rows - 1)) / rows - caption;
    if (tall < LOWEST && rows > 1) break;
    const made = rowsOf(aspects, rows, width, Math.max(LOWEST, tall));
    const area = made.flatMap((r) => r.widths).reduce((sum, w, i) => sum + (w * w) / (aspects[i] ?? 1), 0);
    const worth = made.some((r) => r.narrow) ? area / 1e6 : area;
    if (worth > most * 1.001) [most, best] = [worth, made];
  }
  return { columns: Math.max(...best.map((r) => r.widths.length)), caption, cells: cellsOf(best, width, height, caption) };
}

/** Boxes a little larger than their pictures where there is room, each row in the middle of the width. */
function cellsOf(rows: Row[], width: number, height: number, caption: number): Layout["cells"] {
  const spare = Math.max(0, height - rows.reduce((sum, r) => sum + r.high + caption, 0) - GAP * (rows.length - 1));
  const highs = rows.map((r) => Math.floor(r.high + Math.min(r.high * (ROOM - 1), spare / rows.length)));
  let y = Math.floor((height - highs.reduce((sum, h) => sum + h + caption, 0) - GAP * (rows.length - 1)) / 2);
  return rows.flatMap((row, r) => {
    const k = row.widths.length;
    const left = Math.max(0, width - row.widths.reduce((sum, w) => sum + w, 0) - GAP * (k - 1)) / k;
    const boxes = row.widths.map((w) => Math.floor(w + Math.min(left, Math.max(w * (ROOM - 1), NARROWEST * 2 - w))));
    let x = Math.floor((width - boxes.reduce((sum, w) => sum + w, 0) - GAP * (k - 1)) / 2);
    const top = Math.max(0, y);
    y += (highs[r] ?? 0) + caption + GAP;
    return boxes.map((w) => {
      const cell = { x: Math.max(0, x), y: top, width: w, height: highs[r] ?? 0 };
      x += w + GAP;
      return cell;
    });
  });
}
