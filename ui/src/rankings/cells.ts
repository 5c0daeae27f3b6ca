/** Figures and times as the table writes them: short, and of one width. */

const MINUS = "−";

export const figure = (value: number): string => value.toFixed(1).replace(/^-/, MINUS).replace(/^−0\.0$/, "0.0");

export function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  return text === "0.00" ? text : `${value < 0 ? MINUS : "+"}${text}`;
}

/** A probability; it says 0 or 100 only where it is. */
export function share(p: number): string {
  if (p > 0 && p < 0.01) return "< 1 %";
  if (p < 1 && p > 0.99) return "> 99 %";
  return `${Math.round(p * 100)} %`;
}

const two = (n: number): string => String(n).padStart(2, "0");

/** A UTC time as the clock on this wall shows it: 2026-11-21 06:28. */
export function when(iso: string): string {
  const time = new Date(iso);
  if (iso === "" || Number.isNaN(time.getTime())) return "";
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
