/** What the figures say, in words. */
import type { Advice, Contender, RankStatus } from "../bridge.gen";
import { capital, count, duration, percent, some } from "../kit/words";

export const comparisonsWords = (n: number): string => (n === 0 ? "not compared yet" : some(n, "comparison"));

export const figureWords = (c: Contender): string => `mu ${c.mu.toFixed(1)}, sigma ${c.sigma.toFixed(1)}, ${comparisonsWords(c.comparisons)}`;

/** Two figures are all an estimate is worth: 2 437 picks are "about 2,400". */
export function about(n: number): string {
  if (n < 20) return count(Math.max(1, Math.round(n)));
  const unit = 10 ** (Math.floor(Math.log10(n)) - 1);
  return `about ${count(Math.round(n / unit) * unit)}`;
}

/** Everything fits: there is nothing to choose. */
export const allFit = (f: RankStatus): boolean => f.field <= f.top;

/** How much of the true top is in the shown one. */
export function shareWords(f: RankStatus): string {
  if (f.field === 0) return "No image can be asked about yet.";
  if (allFit(f)) return `All ${some(f.field, "image")} fit into the top ${count(f.top)}.`;
  if (f.matches === 0) return `Nothing is known yet of the top ${count(f.top)}.`;
  const sure = f.low > 0.005 ? `, at least ${percent(Math.min(f.low, f.share))} almost surely` : "";
  return `of the true top ${count(f.top)} is expected in the shown one${sure}.`;
}

/** Whence images come that were never compared, where something was learned. */
export function learnedWords(f: RankStatus): string {
  if (f.learned === "") return "";
  const day = new Date(f.learned).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  return `A new image starts from what you kept: model of ${day}.`;
}

/** What is still to do for the target. */
export function leftWords(f: RankStatus, secondsEach: number | null): string {
  if (f.field === 0) return "";
  if (allFit(f)) return "Ask for fewer to have something to choose.";
  const target = percent(f.target);
  if (f.stop) return `You can stop: ${target} is reached.`;
  if (f.picksLeft === null) return f.matches === 0 ? `How far ${target} is shows after a few picks.` : `${target} is out of reach with ${count(f.up)} at once.`;
  const time = secondsEach === null ? "" : `, ${duration(secondsEach * f.picksLeft)} at your pace`;
  return `${capital(about(f.picksLeft))} more ${f.picksLeft < 1.5 ? "pick" : "picks"} to ${target}${time}.`;
}

const reached = (a: Advice): a is Advice & { picksLeft: number } => a.picksLeft !== null;

/** Another number at once, where it gets there and this one does not, or in less than half the picks. */
export function adviceOf(f: RankStatus): (Advice & { picksLeft: number }) | null {
  if (f.stop || allFit(f)) return null;
  const others = f.advice.filter(reached).filter((a) => a.up !== f.up).sort((a, b) => a.up - b.up);
  const better = others.filter((a) => f.picksLeft === null || a.picksLeft < f.picksLeft / 2);
  return better[0] ?? null;
}

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

export function adviceWords(f: RankStatus, a: Advice & { picksLeft: number }): string {
  const target = percent(f.target);
  const why = f.up === 2 ? "A pair leaves out one image a pick" : `${count(f.up)} at once leave out ${NUMBERS[f.up - 1] ?? f.up - 1} a pick`;
  return `${why}; show ${count(a.up)} at once to reach ${target} in ${about(a.picksLeft)} picks.`;
}
