/** Figures with units, times, and names from strangers made safe to look at. */
import type { JSX } from "preact";

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export const count = (n: number): string => whole.format(n);

/** "1 group", "3 groups". */
export const some = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** The sign stays on the line of its number. Nearly all is not said to be all, nor hardly anything nothing. */
export function percent(share: number): string {
  if (share >= 0.995 && share < NEARLY) return `${Math.floor(share * 1000) / 10}\u00a0%`;
  if (share > 1 - NEARLY && share < 0.005) return `${Math.ceil(share * 1000) / 10}\u00a0%`;
  return `${Math.round(share * 100)}\u00a0%`;
}
const NEARLY = 1 - 1e-6; // what sums are off by

/** "600 × 800 px"; "" where the size is not known. */
export const pixels = (image: { width: number; height: number }): string => (image.width ? `${image.width} × ${image.height} px` : "");

/** A stage as people write it: 1, 1.5, 3. */
export const stageName = (stage: number | null): string => (stage === null ? "no stage" : `stage ${+stage.toFixed(2)}`);

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  if (n < 1e6) return `${(n / 1e3).toFixed(0)} kB`;
  if (n < 1e9) return `${(n / 1e6).toFixed(1)} MB`;
  return `${(n / 1e9).toFixed(2)} GB`;
}

/** "under a minute", "about 4 min", "about 2 h 10 min". */
export function duration(seconds: number): string {
  if (seconds < 50) return seconds < 8 ? "a few seconds" : `about ${Math.round(seconds / 5) * 5} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${minutes} min`;
  return `about ${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const rate = (perSecond: number): string =>
  perSecond >= 10 ? `${count(perSecond)} a second` : `${perSecond.toFixed(1)} a second`;

/** Control, direction-override and undecodable characters become visible ones, so a name shows what it is. */
export function visible(text: string): string {
  let out = "";
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x20) out += String.fromCodePoint(0x2400 + code);
    else if (code === 0x7f) out += "␡";
    else if ((code >= 0x80 && code < 0xa0) || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) out += "�";
    else if (code >= 0x10ff80) out += `\\x${(code & 0xff).toString(16)}`;
    else out += char;
  }
  return out;
}

const graphemes = typeof Intl.Segmenter === "function" ? new Intl.Segmenter() : null;

/** Split off the last few characters without cutting one in half. */
function splitTail(text: string, tail: number): [string, string] {
  const parts = graphemes ? Array.from(graphemes.segment(text), (s) => s.segment) : Array.from(text);
  return [parts.slice(0, -tail).join(""), parts.slice(-tail).join("")];
}

/** A file name on one line, shortened in the middle: its end carries the stage and the extension, whatever its script. */
export function Name({ text, tail = 14 }: { text: string; tail?: number }): JSX.Element {
  const [head, end] = splitTail(visible(text), tail);
  return (
    <span class="name" dir="ltr" title={visible(text)}>
      <bdi>{head}</bdi>
      <bdi>{end}</bdi>
    </span>
  );
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
