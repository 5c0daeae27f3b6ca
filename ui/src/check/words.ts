/** How the tags and their detectors stand, in plain words. */
import type { CheckTag } from "../bridge.gen";
import { wordsOf } from "../cull/tags";
import { capital, count } from "../kit/words";

export const question = (tag: string): string => `${capital(wordsOf(tag))}?`;

const CUES: Record<string, string> = { learned: "learned from your answers", digits: "fingers counted", lost_from_siblings: "beside its siblings" };

export const cueWords = (cue: string): string => CUES[cue] ?? cue.replaceAll("_", " ");

/** "12 more yes, 3 more no"; "" where there are enough of both. */
function missing(t: CheckTag, and: string): string {
  const yes = Math.max(0, t.needs - t.yes);
  const no = Math.max(0, t.needs - t.no);
  return [yes && `${count(yes)} more yes`, no && `${count(no)} more no`].filter(Boolean).join(and);
}

export const shortState = (t: CheckTag): string => (t.learned ? "detector on" : missing(t, ", ") || "nothing learned yet");

/** What there is to say of a tag's learned detector, a sentence each. */
export function detector(t: CheckTag): string[] {
  const more = missing(t, " and ");
  if (!t.learned && more) return [`Its own detector is off: it needs ${more}.`];
  if (!t.learned) return ["Its own detector is off: it is fitted in the background, and goes on once it does better than guessing."];
  const said = ["Its own detector is on."];
  if (t.averagePrecision !== null) said.push(`Average precision ${t.averagePrecision.toFixed(2)}: 1 would put every real one before all others.`);
  if (t.calibrationError !== null) said.push(`Calibration error ${t.calibrationError.toFixed(2)}: its percentages are off by about ${Math.round(t.calibrationError * 100)} points.`);
  return said;
}
