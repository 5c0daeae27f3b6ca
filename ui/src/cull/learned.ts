/** What was learned says of a group, in words. */
import type { GroupView, Reason, RecommendedView } from "../bridge.gen";
import { percent } from "../kit/words";
import { advice, which } from "./queue";

const MOST = 3; // reasons below a picture

export const reasonWords = (r: Reason): string => (r.weight < 0 ? `but ${r.text}` : r.text);

export const weightiest = (reasons: readonly Reason[]): Reason[] =>
  [...reasons].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, MOST);

/** "learned: 87 % sure, sharper, larger subject". */
export const learnedWords = (r: { confidence: number; reasons: readonly Reason[] }): string =>
  [`learned: ${percent(r.confidence)} sure`, ...weightiest(r.reasons).map(reasonWords)].join(", ");

export const settled = (group: GroupView): boolean => group.status === "decided" || group.status === "rejected";

/** The image to point at: as long as the person has not decided. */
export const learnedImage = (group: GroupView): number | null => (settled(group) ? null : (group.recommended?.image ?? null));

/** Asked without help, to measure by. */
export const blind = (group: GroupView): boolean => !settled(group) && group.recommended?.checked === true;

/** What the head of the group says: of a blind one why there is no help, of a decided one whether they agree. */
export function standing(group: GroupView): string {
  const said: RecommendedView | null = group.recommended;
  if (which.value === "doubted" && settled(group)) return secondThought(group);
  if (blind(group)) return "drawn to measure: by your eye alone";
  if (!settled(group)) return atOdds(group);
  if (!said || said.agreed === null) return "";
  if (said.agreed) return "what was learned agreed";
  const at = group.members.findIndex((m) => m.id === said.image);
  return at < 0 || group.chosen.includes(said.image ?? -1) ? "what was learned said another" : `what was learned would have kept ${at + 1}`;
}

/** Of a close call between which two, of a dispute who is at odds; said only in the lists that ask for it. */
function atOdds(group: GroupView): string {
  const said = which.value === "close" || which.value === "disputed" ? advice.get(group.id) : undefined;
  const number = (image: number): number => group.members.findIndex((m) => m.id === image) + 1;
  const [best, rival] = [number(said?.image ?? 0), number(said?.rival ?? 0)];
  if (!said || !best) return "";
  if (which.value === "close") return rival ? `a close call between ${Math.min(best, rival)} and ${Math.max(best, rival)}` : "";
  if (said.dispute === "rule") return rival ? `by stage and quality ${rival}, as learned ${best}` : "";
  const tag = said.tag ? `: ${said.tag.replaceAll("_", " ")}` : "";
  if (said.dispute === "doubt") return `as learned ${best}, yet it is in doubt${tag}`;
  return said.dispute === "detectors" ? `detectors differ on ${best}${tag}` : "";
}

/** Of a decided group that other decisions contradict. */
function secondThought(group: GroupView): string {
  const doubt = advice.get(group.id);
  const at = group.members.findIndex((m) => m.id === doubt?.image);
  if (!doubt || at < 0 || group.chosen.includes(doubt.image)) return "";
  return `your other decisions would keep ${at + 1}, ${percent(doubt.confidence)} sure`;
}
