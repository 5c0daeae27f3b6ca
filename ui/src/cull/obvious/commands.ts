/** What the keys do on the page of clear groups. */
import { batch } from "@preact/signals";
import { define } from "../../commands";
import { percent, some } from "../../kit/words";
import { screen } from "../../state";
import { show } from "../place";
import { closer, items, least, pageOpen, reload, startOver, which } from "../queue";
import { acceptPage, anew, bringBack, focusAt, focusedOnPage, leftOver, out, page, shape, stepLeast, taken, toggleOut } from "./state";

const here = (): boolean => screen.value === "cull" && pageOpen.value;
const onOne = (): boolean => here() && page.value.length > 0;

function move(key = ""): void {
  const row = shape.peek().columns;
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row }[key] ?? 0;
  const to = Math.min(focusAt.peek(), page.peek().length - 1) + by;
  if (to >= 0 && to < page.peek().length) focusAt.value = to;
}

function look(): void {
  const id = focusedOnPage.peek()?.group.id;
  const at = items.peek().findIndex((i) => i.id === id);
  if (at < 0) return;
  closer.value = true;
  show(at);
}

function moveLeast(by: 1 | -1): void {
  const next = stepLeast(by);
  if (next === null) return;
  batch(() => {
    least.value = next;
    startOver();
    anew();
  });
  void reload(null);
}

const acceptTitle = (): string => (taken.value.length ? `Accept ${some(taken.value.length, "group")}` : "Leave these for later");
const boundary = (): boolean => screen.value === "cull" && which.value === "obvious" && !closer.value;

define(
  { id: "obvious.accept", help: "Accept the whole page, but for what was taken out; one undo", title: acceptTitle, short: () => acceptTitle().toLowerCase(), ready: onOne, run: acceptPage },
  { id: "obvious.move", title: () => "Move on the page", short: () => "move", ready: onOne, run: move },
  { id: "obvious.out", help: "Take a group out of the page, or put it back", title: () => (out.value.has(focusedOnPage.value?.group.id ?? "") ? "Put the group back on the page" : "Take the group out of the page"), short: () => (out.value.has(focusedOnPage.value?.group.id ?? "") ? "put back" : "take out"), ready: onOne, run: toggleOut },
  { id: "obvious.look", title: () => "Look at the group closely", short: () => "look closely", ready: onOne, run: look },
  { id: "obvious.surer", help: "Only surer ones", title: () => `Only surer ones (now ${percent(least.value)})`, short: () => "surer", ready: () => boundary() && stepLeast(1) !== null, run: () => moveLeast(1) },
  { id: "obvious.lessSure", help: "Less sure ones too", title: () => `Less sure ones too (now ${percent(least.value)})`, short: () => "less sure", ready: () => boundary() && stepLeast(-1) !== null, run: () => moveLeast(-1) },
  { id: "obvious.back", title: () => "Bring back what was taken out of earlier pages", short: () => "bring back", ready: () => boundary() && leftOver.value.aside > 0, run: bringBack },
  { id: "obvious.page", title: () => "Back to the page of clear groups", short: () => "page", ready: () => screen.value === "cull" && which.value === "obvious" && closer.value, run: () => void (closer.value = false) },
);
