/** Whose rankings the table shows: one judge's, or those of everyone together. */
import { computed, effect, signal } from "@preact/signals";
import { define } from "../commands";
import { judgeName, judgesOf, type Choice } from "../kit/JudgePicker";
import { mutate } from "../mutate";
import { screen } from "../state";
import { query } from "./query";
import { at, reload, standing } from "./state";

export const EVERYONE = "Everyone together";
export const judgeOpen = signal(false);
export const judges = computed(() => judgesOf(standing.value));
export const whose = (): string => (query.value.everyone ? EVERYONE : judgeName(standing.value?.judge ?? ""));

/** As part of a sentence. */
export const by = (): string => (query.value.everyone ? "by everyone together" : standing.value?.judge ? `by ${judgeName(standing.value.judge)}` : "by you");

let turn = 0;
let changing = 0; // judges the engine is still being told of

/** Show the rankings of this judge, whose picks are asked for from then on; null shows those of everyone together. */
export async function rankingsOf(name: string | null): Promise<void> {
  const mine = ++turn;
  if (name !== null && (changing > 0 || name !== standing.peek()?.judge)) {
    changing += 1;
    const changed = await mutate("settings.set", { key: "ranking.judge", value: name }, { own: "rankings" }).finally(() => (changing -= 1));
    if (!changed) return;
  }
  if (mine !== turn) return;
  query.value = { ...query.peek(), everyone: name === null };
  await reload(at.peek() === 0 ? "top" : "stay");
}

export function choices(): Choice[] {
  const { everyone } = query.value;
  const each = judges.value.map((name) => ({ label: judgeName(name), on: !everyone && standing.value?.judge === name, choose: () => void rankingsOf(name) }));
  const all = { label: EVERYONE, help: "One order from the picks of all, their figures merged; only to look at and to export", on: everyone, choose: () => void rankingsOf(null) };
  return [...each, all];
}

const several = (): boolean => screen.value === "rankings" && judges.value.length > 1;

define(
  { id: "rankings.judge", help: "Whose rankings: yours, another's, everyone's", title: () => `Whose rankings: change it (now: ${whose()})`, short: () => "judge", ready: several, run: () => void (judgeOpen.value = !judgeOpen.peek()) },
  { id: "rankings.everyone", title: () => "Rankings of everyone together", ready: () => several() && !query.value.everyone, run: () => void rankingsOf(null) },
);

effect(() =>
  define(...judges.value.map((name) => ({
    id: `rankings.of.${name}`, title: () => (name === "" ? "Your rankings" : `Rankings of ${judgeName(name)}`), run: () => void rankingsOf(name),
    ready: () => several() && judges.value.includes(name) && (query.value.everyone || standing.value?.judge !== name),
  }))),
);
