/** What is said of crops. */
import type { CropImage } from "../bridge.gen";
import { TAGS, wordsOf, type Tag } from "../cull/tags";
import { overlaps, type Box } from "./geometry";

/** What looks wrong, as one would say it beside a picture. */
const ODD: Record<string, string> = {
  extra_fingers: "odd fingers", warped_wrist: "warped wrist", limb_misaligned: "odd limb", long_hand: "long hand", limb_overlap: "stray limb",
  wrong_toes_count: "odd toes", missing_detail: "missing detail",
};
export const oddWords = (name: string): string => ODD[name] ?? wordsOf(name);

/** What of the things that look wrong a box leaves out, and what it still shows; each once. */
export function sorted(view: CropImage, box: Box): { out: string[]; in: string[] } {
  const all = view.keepOut.map((k) => ({ words: oddWords(k.tag || k.shape), inside: overlaps(k.region, box) }));
  const names = (inside: boolean): string[] => [...new Set(all.filter((k) => k.inside === inside).map((k) => k.words))];
  return { out: names(false), in: names(true) };
}

export const NAMES = { best: "Best", alt1: "Alternate 1", alt2: "Alternate 2", nudged: "Yours", full: "Whole picture" } as const;

/** The terms a box is scored by, in the order they are told. */
export const TERMS: readonly { name: string; words: string; against: boolean }[] = [
  { name: "saliency", words: "Subject inside", against: false },
  { name: "anomaly", words: "Wrong inside", against: true },
  { name: "head", words: "Head cut", against: true },
  { name: "joints", words: "Joints cut", against: true },
  { name: "clutter", words: "Busy border", against: true },
  { name: "headroom", words: "Headroom", against: false },
  { name: "thirds", words: "On a third", against: false },
  { name: "gaze", words: "Room to look", against: false },
  { name: "size", words: "Fills the frame", against: false },
];

const REASONS = ["odd_eyes", "extra_fingers", "toes", "limb_overlap", "glare", "awkward_edge", "background_distraction"] as const;

/** The reasons that Crop asks about, with Cull's letters. */
export const reasons = (): readonly Tag[] => REASONS.map((name) => TAGS.find((t) => t.name === name)).filter((t): t is Tag => t !== undefined);
