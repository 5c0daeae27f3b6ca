/** Which part of the screen is shown: groups of copies, whole sets, or what was set aside. */
import { signal } from "@preact/signals";

export type Part = "groups" | "sets" | "staged";

export const PARTS: readonly Part[] = ["groups", "sets", "staged"];
export const PART_NAMES: Record<Part, string> = { groups: "Groups", sets: "Sets", staged: "Staged" };
export const PART_TITLES: Record<Part, string> = { groups: "Go through the groups of copies", sets: "Go through the sets", staged: "See what was set aside" };
export const part = signal<Part>("groups");
