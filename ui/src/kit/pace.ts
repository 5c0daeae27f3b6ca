/** How fast decisions are made, from the last twenty; a pause longer than a minute counts as a break. */
import { signal } from "@preact/signals";

const KEEP = 20;
const BREAK = 60_000;

export class Pace {
  private readonly moments = signal<readonly number[]>([]);

  decidedNow(): void {
    this.moments.value = [...this.moments.peek(), performance.now()].slice(-KEEP);
  }

  /** Seconds a decision, or null before there is anything to judge by. */
  secondsEach(): number | null {
    const times = this.moments.value;
    const gaps = times.slice(1).map((t, i) => t - (times[i] ?? t)).filter((gap) => gap < BREAK);
    if (gaps.length < 2) return null;
    return gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length / 1000;
  }
}
