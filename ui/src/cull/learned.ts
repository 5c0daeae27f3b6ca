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
  if (!said || said.agreed === null || !settled(group)) return "";
  if (said.agreed) return "what was learned agreed";
  const at = group.members.findIndex((m) => m.id === said.image);
  return at < 0 || group.chosen.includes(said.image ?? -1) ? "what was learned said another" : `what was learned would have kept ${at + 1}`;
}

/** Of a decided group that other decisions contradict. */
function secondThought(group: GroupView): string {
  const doubt = advice.get(group.id);
  const at = group.members.findIndex((m) => m.id === doubt?.image);
  if (!doubt || at < 0 || group.chosen.includes(doubt.image)) return "";
  return `your other decisions would keep ${at + 1}, ${percent(doubt.confidence)} sure`;
}
