/** Whose picks these are: changed before the next pick, never under it. */
import { computed, effect, signal } from "@preact/signals";
import { BridgeError } from "../bridge";
import { define } from "../commands";
import { judgeName, judgesOf } from "../kit/JudgePicker";
import { mutate } from "../mutate";
import { say, screen, status } from "../state";
import { travelling } from "./decide";
import { figures } from "./figures";
import { refresh } from "./refresh";

export const judgeOpen = signal(false);
export const judges = computed(() => judgesOf(figures.value));

let changing = 0; // judges the engine is still being told of

/** Record the picks from now on for this judge; answers with what is wrong with the name. */
export async function rankAs(name: string): Promise<string | null> {
  if (changing === 0 && name === figures.peek()?.judge) return null;
  let wrong: string | null = null;
  const refused = (error: unknown): void => void (wrong = error instanceof BridgeError ? `${error.message} ${error.hint}`.trim() : String(error));
  changing += 1;
  travelling.value += 1; // until the new judge's match is there, no key decides one
  try {
    const changed = await mutate("settings.set", { key: "ranking.judge", value: name }, { own: "rank", refused });
    if (!changed) return wrong;
    await refresh();
    say(`Picks are recorded for ${name === "" ? "you" : judgeName(figures.peek()?.judge ?? name)} from now on.`);
    return null;
  } finally {
    changing -= 1;
    travelling.value -= 1;
  }
}

const alike = (a: string, b: string): boolean => a.normalize("NFC").toLowerCase() === b.normalize("NFC").toLowerCase();

/** A name that was typed: somebody who is here already where it is theirs, else a new judge. */
export async function rankAsTyped(typed: string): Promise<string | null> {
  const name = typed.trim();
  if (name === "") return "Type a name.";
  if (alike(name, judgeName(""))) return rankAs("");
  return rankAs(judges.peek().find((known) => alike(known, name)) ?? name);
}

const ready = (): boolean => screen.value === "rank" && status.value !== null && figures.value !== null;

define({
  id: "rank.judge", help: "Whose picks: change it, or name somebody new", title: () => `Whose picks: change it (now: ${judgeName(figures.value?.judge ?? "")})`,
  short: () => "judge", ready, run: () => void (judgeOpen.value = !judgeOpen.peek()),
});

effect(() =>
  define(...judges.value.map((name) => ({
    id: `rank.as.${name}`, title: () => `Pick as ${judgeName(name)}`, run: () => void rankAs(name),
    ready: () => ready() && judges.value.includes(name) && figures.value?.judge !== name,
  }))),
);
