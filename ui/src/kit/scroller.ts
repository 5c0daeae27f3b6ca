/** Where a long list of equal rows is scrolled to, in the list's own pixels, whatever height an element may have. */
import { computed, signal } from "@preact/signals";

/** Engines keep lengths in 26 bits (WebKit, Blink: 33 554 428 px) or fewer (Gecko: 17 895 697); this is within all. */
export const TALLEST = 15_000_000;

/** Row and scrolled height in CSS pixels: `whole` is the list's, `view` is what is seen of it. */
export interface Extent {
  whole: number;
  view: number;
}

/** The height the scrolled element gets. */
export const drawn = (whole: number): number => Math.min(whole, TALLEST);

/** How far both ends are apart: in the list, and in the element that stands for it. */
const travel = ({ whole, view }: Extent): [number, number] => [Math.max(0, whole - view), Math.max(0, drawn(whole) - view)];

/** From the element's scrollTop to the place in the list; both ends meet both ends. */
export function toList(scrollTop: number, extent: Extent): number {
  const [far, short] = travel(extent);
  const y = Math.max(0, Math.min(short, scrollTop));
  return short === 0 || far === short ? y : (y / short) * far;
}

/** And back. */
export function toElement(top: number, extent: Extent): number {
  const [far, short] = travel(extent);
  const y = Math.max(0, Math.min(far, top));
  return far === 0 || far === short ? y : (y / far) * short;
}

/** One list: its place, and what keys and refreshes do to it. The element that shows it follows `asked`. */
export class Scroller {
  readonly rows = signal(0);
  readonly rowHeight = signal(1);
  readonly view = signal(0); // CSS pixels of rows in sight
  readonly top = signal(0); // first pixel of the list in sight
  /** Counts the moves that came from here and not from the person's wheel. */
  readonly asked = signal(0);

  readonly whole = computed(() => this.rows.value * this.rowHeight.value);
  readonly first = computed(() => Math.max(0, Math.floor(this.top.value / this.rowHeight.value) - this.spare));
  readonly last = computed(() => Math.min(this.rows.value, Math.ceil((this.top.value + this.view.value) / this.rowHeight.value) + this.spare));

  /** Rows drawn beyond each edge: a window's worth, so that scrolling meets no blank. */
  private get spare(): number {
    return Math.max(4, Math.ceil(this.view.value / this.rowHeight.value));
  }

  extent(): Extent {
    return { whole: this.whole.peek(), view: this.view.peek() };
  }

  /** Whole rows in sight, at least one. */
  page(): number {
    return Math.max(1, Math.floor(this.view.peek() / this.rowHeight.peek()));
  }

  /** First row that is wholly in sight. */
  firstSeen(): number {
    return Math.ceil(this.top.peek() / this.rowHeight.peek() - 0.01);
  }

  sees(row: number): boolean {
    const y = row * this.rowHeight.peek();
    return y >= this.top.peek() - 1 && y + this.rowHeight.peek() <= this.top.peek() + this.view.peek() + 1;
  }

  /** The person scrolled the element. */
  scrolled(scrollTop: number): void {
    if (Math.abs(toElement(this.top.peek(), this.extent()) - scrollTop) > 1) this.top.value = toList(scrollTop, this.extent());
  }

  to(top: number): void {
    this.top.value = Math.max(0, Math.min(this.whole.peek() - this.view.peek(), top));
    this.asked.value += 1;
  }

  /** Bring a row into sight, moving no further than needed. */
  reveal(row: number): void {
    const [height, view, top] = [this.rowHeight.peek(), this.view.peek(), this.top.peek()];
    const y = row * height;
    if (y < top) this.to(y);
    else if (y + height > top + view) this.to(y + height - view);
  }

  /** Put a row in the middle, unless it is in sight. */
  centre(row: number): void {
    if (!this.sees(row)) this.to((row + 0.5) * this.rowHeight.peek() - this.view.peek() / 2);
  }

  /** Rows came or went above: what is in sight stays where it is. */
  shift(rows: number): void {
    this.to(this.top.peek() + rows * this.rowHeight.peek());
  }

  /** The window or the text changed size: a row that was in sight stays so. */
  resize(view: number, rowHeight: number, row: number): void {
    if (view === this.view.peek() && rowHeight === this.rowHeight.peek()) return;
    const seen = this.sees(row);
    const share = this.top.peek() / this.rowHeight.peek();
    this.view.value = view;
    this.rowHeight.value = rowHeight;
    this.to(share * rowHeight);
    if (seen) this.reveal(row);
  }
}
