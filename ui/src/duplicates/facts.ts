/** What differs between the images of a group: only that is shown under them. */
import type { CopyView } from "../bridge.gen";
import { bytes, count, percent, pixels, stageName, visible } from "../kit/words";
import { when } from "../rankings/cells";
import { alike, bits } from "./words";

export interface Fact {
  name: string;
  text: string;
  help: string;
  best: boolean; // none of the group is better
}

interface Kind {
  name: string;
  help: string;
  text: (m: CopyView) => string;
  /** Higher is better; NaN where that cannot be said. */
  worth: (m: CopyView) => number;
}

const unsaid = (): number => NaN;

const KINDS: readonly Kind[] = [
  { name: "size", help: "Size of the picture", text: pixels, worth: (m) => m.width * m.height },
  { name: "bytes", help: "Size of the file", text: (m) => bytes(m.sizeBytes), worth: unsaid },
  { name: "format", help: "Format of the file", text: (m) => m.format, worth: unsaid },
  { name: "stage", help: "Stage, from the file's name", text: (m) => stageName(m.stage), worth: (m) => m.stage ?? -1 },
  { name: "rating", help: "Rating from your picks: mu - 3 sigma", text: (m) => (m.comparisons ? `rated ${m.score.toFixed(1)}` : "not rated"), worth: (m) => (m.comparisons ? m.score : NaN) },
  { name: "sharpness", help: "How wide the sharpest edges are; narrow is sharp", text: (m) => (m.blurPx > 0 ? `edges ${m.blurPx.toFixed(1)} px` : "no edges"), worth: (m) => (m.blurPx > 0 ? -m.blurPx : NaN) },
  { name: "quality", help: "0 to 100 %, from sharpness, exposure and noise", text: (m) => `quality ${percent(m.quality)}`, worth: (m) => Math.round(m.quality * 100) },
  { name: "defects", help: "Defects", text: (m) => m.defects.join(", ").replaceAll("_", " ") || "no defect", worth: (m) => -m.defects.length },
  { name: "cropped", help: "Has a .cropped companion", text: (m) => (m.cropped ? "cropped" : "not cropped"), worth: unsaid },
  { name: "date", help: "The file was last changed then", text: (m) => when(m.modifiedAt), worth: unsaid },
  { name: "folder", help: "Folder below its source", text: (m) => visible(m.folder) || "top folder", worth: unsaid },
];

/** The kinds in which the images of a group are not all the same. */
export function differing(members: readonly CopyView[]): readonly Kind[] {
  return KINDS.filter((kind) => new Set(members.map(kind.text)).size > 1);
}

const distance = (m: CopyView): Fact[] => [
  ...(m.distance === null ? [] : [{ name: "distance", text: bits(m.distance), help: "pHash bits of 64 that differ from the keeper", best: false }]),
  ...(m.similarity === null ? [] : [{ name: "similarity", text: `${alike(m.similarity)} alike`, help: "Cosine with the keeper", best: false }]),
];

/** What to say of one image; `kinds` are those that differ in its group, `keeper` is not measured against itself. */
export function factsOf(m: CopyView, members: readonly CopyView[], kinds: readonly Kind[], keeper: boolean): Fact[] {
  const facts = kinds.map((kind): Fact => {
    const worth = kind.worth(m);
    const others = members.map(kind.worth).filter((w) => !Number.isNaN(w));
    return { name: kind.name, text: kind.text(m), help: kind.help, best: !Number.isNaN(worth) && worth >= Math.max(...others) };
  });
  return [...facts, ...(keeper ? [] : distance(m))];
}

export const goingWords = (size: number, going: number): string => `${count(size)} images, ${going === 0 ? "all stay" : `${count(going)} ${going === 1 ? "goes" : "go"}`}`;
