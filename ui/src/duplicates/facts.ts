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
function differing(members: readonly CopyView[]): readonly Kind[] {
  return KINDS.filter((kind) => new Set(members.map(kind.text)).size > 1);
}

/** What was measured against the keeper; in its place the keeper says that it is the one. */
function measures(m: CopyView, members: readonly CopyView[]): Fact[] {
  const keeper = m.id === members[0]?.id;
  const fact = (name: string, help: string, text: string): Fact => ({ name, help, text, best: false });
  const facts: Fact[] = [];
  if (members.some((o) => o.distance !== null)) facts.push(fact("distance", "pHash bits of 64 that differ from the keeper", keeper || m.distance === null ? "" : bits(m.distance)));
  if (members.some((o) => o.similarity !== null)) facts.push(fact("similarity", "Cosine with the keeper", keeper || m.similarity === null ? "" : `${alike(m.similarity)} alike`));
  return facts.map((f, i) => (keeper && i === 0 ? { ...f, text: "the keeper", help: "The others are measured against it" } : f));
}

/** How many facts stand under each image of a group. */
export const factCount = (members: readonly CopyView[]): number => differing(members).length + (["distance", "similarity"] as const).filter((key) => members.some((m) => m[key] !== null)).length;

/** What to say of one image of a group. */
export function factsOf(m: CopyView, members: readonly CopyView[]): Fact[] {
  const facts = differing(members).map((kind): Fact => {
    const worth = kind.worth(m);
    const others = members.map(kind.worth).filter((w) => !Number.isNaN(w));
    return { name: kind.name, text: kind.text(m), help: kind.help, best: !Number.isNaN(worth) && worth >= Math.max(...others) };
  });
  return [...facts, ...measures(m, members)];
}

export const goingWords = (size: number, going: number): string => `${count(size)} images, ${going === 0 ? "all stay" : `${count(going)} ${going === 1 ? "goes" : "go"}`}`;
