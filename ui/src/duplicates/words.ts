/** The rule of a search in words: what counts as a copy, and who stays. */
import type { RunView, TryRule } from "../bridge.gen";
import { visible } from "../kit/words";

export type By = RunView["by"];
export type Keep = TryRule["keep"];

export const BY_WORDS: Record<By, string> = {
  phash: "look-alikes (pHash)",
  content: "equal content",
  embedding: "same picture, edited too (embedding)",
  both: "pHash and embedding agree",
  time: "same moment and stage",
  name: "same file name",
  czkawka: "a Czkawka result",
};

/** What can be searched for here; a Czkawka result is read, not searched. */
export const WAYS: readonly By[] = ["phash", "content", "embedding", "both", "time", "name"];

export const KEEP_WORDS: Record<Keep, string> = {
  stage: "highest stage without defect",
  rating: "best rating",
  resolution: "largest resolution",
  newest: "newest edit",
  quality: "best quality",
  folder: "those in a folder",
};
export const KEEPS = Object.keys(KEEP_WORDS) as readonly Keep[];

export interface Limit {
  unit: string;
  help: string;
  min: number;
  max: number;
  step: number;
}

/** What the number of a way means; ways without one are left out. */
export const LIMITS: Partial<Record<By, Limit>> = {
  phash: { unit: "bits of 64", help: "pHash distance up to which two images are copies", min: 0, max: 16, step: 1 },
  embedding: { unit: "cosine", help: "Cosine from which two images are copies; empty is what the model needs", min: 0.5, max: 1, step: 0.01 },
  both: { unit: "cosine", help: "Cosine from which two images are copies, beside 8 bits of pHash; empty is what the model needs", min: 0.5, max: 1, step: 0.01 },
  time: { unit: "s apart", help: "Images of one stage this near in time are copies", min: 0, max: 3600, step: 1 },
};

/** The last two folders of a path: enough to know it by. */
export const shortPath = (path: string): string => visible(path.split(/[\\/]/).filter(Boolean).slice(-2).join("/"));

/** 0.987 as "98.7 %", never rounded up to a whole. */
export const alike = (share: number): string => (share >= 0.9995 && share < 1 ? "99.9\u00a0%" : `${(share * 100).toFixed(share < 1 ? 1 : 0)}\u00a0%`);

export const bits = (n: number): string => `${n} bit${n === 1 ? "" : "s"} apart`;
