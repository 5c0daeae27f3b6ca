/** Answers that contradict each other: read whenever Insight is, and asked again by a key. */
import { effect, signal, untracked } from "@preact/signals";
import { call } from "../bridge";
import type { Contradiction, Contradictions } from "../bridge.gen";
import { define } from "../commands";
import { chooseList } from "../cull/commands";
import { some } from "../kit/words";
import { askAgain } from "../rank/again";
import { complain, goTo, screen } from "../state";
import { insight, reviewOpen } from "./data";

export const found = signal<Contradictions | null>(null);

let turn = 0;

async function read(some: boolean): Promise<void> {
  const mine = ++turn;
  try {
    const answer = some ? await call("learn.contradictions") : null;
    if (mine === turn) found.value = answer;
  } catch (error) {
    complain(error);
  }
}

effect(() => {
  const some = (insight.value?.contradictions ?? 0) > 0;
  untracked(() => void read(some));
});

export const idsOf = (one: Contradiction): number[] => one.images.map((image) => image.id);

const here = (): boolean => screen.value === "insight" && !reviewOpen.value && insight.value !== null;
const listed = (): readonly Contradiction[] => found.value?.items ?? [];

function toCull(): void {
  goTo("cull");
  chooseList("doubted");
}

define(
  { id: "insight.again", help: "Answer again what contradicts itself, one after another", title: () => `Answer ${some(listed().length, "contradiction")} again`, short: () => "answer again", ready: () => here() && listed().length > 0, run: () => void askAgain(listed().map(idsOf)) },
  { id: "insight.doubted", help: "Look again at decided groups that your other decisions contradict", title: () => `Look again at ${some(found.value?.groups ?? 0, "decided group")}`, short: () => "second thoughts", ready: () => here() && (found.value?.groups ?? 0) > 0, run: toCull },
);
