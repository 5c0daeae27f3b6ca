/** What the table is asked for: the order, the filters, and whether it is everyone's together. */
import { computed, signal } from "@preact/signals";
import type { Column, GetRankings } from "../bridge.gen";

export type Only = NonNullable<GetRankings["only"]>;
export type Query = Required<Pick<GetRankings, "sort" | "descending" | "text" | "folder" | "only" | "everyone">> & { stage: number | null };

export const ALL: Pick<Query, "text" | "folder" | "stage" | "only"> = { text: "", folder: "", stage: null, only: "all" };
export const query = signal<Query>({ sort: "rank", descending: false, everyone: false, ...ALL });

export const filtered = computed(() => {
  const { text, folder, stage, only } = query.value;
  return text !== "" || folder !== "" || stage !== null || only !== "all";
});

/** Every column by which the table sorts: its name, what it holds, and which end comes first at the first press. */
export const SORTS: Record<Column, { label: string; help: string; descending?: boolean }> = {
  rank: { label: "Rank", help: "Place in the fitted order, best first" },
  filename: { label: "File", help: "Name of the file" },
  folder: { label: "Folder", help: "Folder the file is in" },
  stage: { label: "Stage", help: "The step that made the image", descending: true },
  strength: { label: "Strength", help: "Fitted log-odds, what the order comes from; 0 is an average image", descending: true },
  mu: { label: "μ", help: "mu, OpenSkill's estimate of skill; 25 at the start", descending: true },
  sigma: { label: "σ", help: "sigma, how uncertain mu is; 8.3 at the start", descending: true },
  score: { label: "Score", help: "mu − 3 sigma: skill that is nearly certain", descending: true },
  comparisons: { label: "Seen", help: "Comparisons the image took part in", descending: true },
  chance: { label: "Chance", help: "Probability that it belongs to the true top", descending: true },
  added_at: { label: "Added", help: "When the image came into the library", descending: true },
  last_compared_at: { label: "Last seen", help: "When it was last compared", descending: true },
};
export const SORT_ORDER = Object.keys(SORTS) as Column[];

/** The order after a press on a column: its own direction first, then the other. */
export function sortedBy(now: Query, column: Column): Query {
  const own = SORTS[column].descending ?? false;
  return { ...now, sort: column, descending: now.sort === column ? !now.descending : own };
}

export const ONLY: Record<Only, (top: string) => string> = {
  all: () => "All images",
  top: (top) => `The top ${top}`,
  field: () => "Asked about",
  compared: () => "Compared",
  flagged: () => "Flagged",
  missing: () => "Missing files",
};
export const ONLY_ORDER = Object.keys(ONLY) as Only[];

/** The part that all folders share, to leave out where they are listed. */
export function sharedRoot(folders: readonly string[]): string {
  const [first = "", ...rest] = folders;
  let end = first.length;
  for (const folder of rest) {
    let i = 0;
    while (i < end && folder[i] === first[i]) i++;
    end = i;
  }
  if (folders.length > 1 && folders.some((f) => f.length === end) && folders.every((f) => f.length === end || "/\\".includes(f[end] ?? ""))) end += 1;
  return first.slice(0, Math.max(first.lastIndexOf("/", end - 1), first.lastIndexOf("\\", end - 1)) + 1);
}
