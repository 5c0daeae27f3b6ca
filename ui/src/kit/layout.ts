/** How to set N images side by side so that the most picture is seen. */
export interface Cell {
  x: number;
  y: number;
  width: number;
  height: number; // of the picture; its caption comes below
}

export interface Layout {
  columns: number;
  caption: number;
  cells: Cell[];
}

export const GAP = 4;
const ROOM = 1.12; // some room around the picture, for when it is zoomed
const NARROWEST = 300; // a caption can be read

/**
 * Try every number of columns and keep the one whose fitted images cover most pixels; fewer rows win a tie.
 * `aspects` are width / height of each image; `captionOf` says how high a caption is at a picture height.
 */
export function arrange(aspects: number[], width: number, height: number, captionOf: (cellHeight: number) => number): Layout {
  const n = aspects.length;
  let best: { columns: number; area: number } = { columns: 1, area: -1 };
  for (let columns = 1; columns <= n; columns++) {
    const rows = Math.ceil(n / columns);
    const w = (width - GAP * (columns - 1)) / columns;
    const whole = (height - GAP * (rows - 1)) / rows;
    const h = whole - captionOf(whole);
    const area = h < 24 ? 0 : aspects.reduce((sum, a) => sum + Math.min(w / a, h) ** 2 * a, 0);
    if (area >= best.area * 1.001) best = { columns, area };
  }
  const { columns } = best;
  const rows = Math.ceil(n / columns);
  const most = Math.floor((width - GAP * (columns - 1)) / columns);
  const whole = Math.floor((height - GAP * (rows - 1)) / rows);
  const caption = captionOf(whole);
  const tall = Math.max(24, whole - caption);
  // cells no wider or higher than their pictures need, so that what is compared lies close together
  const near = (size: (a: number) => number): number => Math.ceil(Math.max(...aspects.map(size)) * ROOM);
  const w = Math.min(most, Math.max(NARROWEST, near((a) => Math.min(most, tall * a))));
  const h = Math.min(tall, near((a) => Math.min(tall, most / a)));
  const top = Math.floor((height - rows * (h + caption) - (rows - 1) * GAP) / 2);
  const cells = aspects.map((_, i) => {
    const row = Math.floor(i / columns);
    const inRow = row === rows - 1 ? n - row * columns : columns;
    const lead = Math.floor((width - inRow * w - (inRow - 1) * GAP) / 2); // a short last row is centred
    return { x: lead + (i % columns) * (w + GAP), y: top + row * (h + caption + GAP), width: w, height: h };
  });
  return { columns, caption, cells };
}

/** The nearest cell in a direction, or the one it started from. */
export function neighbour(cells: Cell[], from: number, dx: number, dy: number): number {
  const here = cells[from];
  if (!here) return 0;
  if (dx) return Math.min(cells.length - 1, Math.max(0, from + dx));
  const middle = here.x + here.width / 2;
  let best = from;
  let least = Infinity;
  cells.forEach((cell, i) => {
    if (Math.sign(cell.y - here.y) !== dy) return;
    const far = Math.abs(cell.y - here.y) * 1000 + Math.abs(cell.x + cell.width / 2 - middle);
    if (far < least) [best, least] = [i, far];
  });
  return best;
}
