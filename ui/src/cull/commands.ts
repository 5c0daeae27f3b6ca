/** What the keys do on the Cull screen. */
import { batch } from "@preact/signals";
import { define } from "../commands";
import { neighbour } from "../kit/layout";
import { goTo, screen, status } from "../state";
import { accept, choose, confirmReject, flag, reopen, sendToCrop, startReject, tagging, toggleAlso, toggleTag } from "./decide";
import { cellsNow } from "./Deck";
import { also, focusId, focused, infoOpen, pageOf, PER_PAGE, zoom } from "./focus";
import { learnedImage } from "./learned";
import "./obvious/commands";
import { anew, page } from "./obvious/state";
import { onward, show, step, toUnresolved } from "./place";
import { closer, current, index, items, loaded, ORDERS, pageOpen, reload, SCOPE_NAMES, SCOPES, startOver, which, type Which } from "./queue";
import { TAGS } from "./tags";

const here = (): boolean => screen.value === "cull" && current.value !== null && !pageOpen.value;
const inList = (): boolean => screen.value === "cull" && items.value.length > 0 && !pageOpen.value;

/** The image a digit names on the page shown. */
function numbered(key: string | undefined): number | null {
  const group = current.peek();
  if (!group || key === undefined) return focusId.peek();
  const at = pageOf(group, focusId.peek()) * PER_PAGE + Number(key.slice(-1)) - 1;
  return group.members[at]?.id ?? null;
}

const numberOf = (id: number | null): string => {
  const at = current.value?.members.findIndex((m) => m.id === id) ?? -1;
  return at < 0 ? "" : String((at % PER_PAGE) + 1);
};

function move(key = ""): void {
  const group = current.peek();
  if (!group) return;
  const page = pageOf(group, focusId.peek());
  const at = group.members.findIndex((m) => m.id === focusId.peek());
  const dx = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  const dy = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
  const nowhere = dx + dy < 0 ? Math.min(group.members.length, PER_PAGE) - 1 : 0;
  const target = at < 0 ? nowhere : dx ? at + dx : page * PER_PAGE + neighbour(cellsNow(), at - page * PER_PAGE, 0, dy);
  const member = group.members[target];
  if (member) focusId.value = member.id;
}

/** Another list, from its beginning where it has an order of its own. */
export function chooseList(next: Which): void {
  const fresh = pageOpen.peek() || (ORDERS.some((o) => o === next) && next !== "needs");
  batch(() => {
    which.value = next;
    closer.value = false;
    if (fresh) startOver();
    if (fresh) show(0);
    anew();
  });
  void reload(fresh ? null : undefined);
}

function nextOf(lists: readonly Which[], by: 1 | -1): void {
  chooseList(lists[(lists.indexOf(which.peek()) + by + lists.length) % lists.length] ?? "needs");
}

const learned = (): number | null => (current.value ? learnedImage(current.value) : null);

const finishTitle = (): string => (status.value?.needsYou ? "Go through those that need you" : "Sweep the keepers");

function finish(): void {
  if (!status.peek()?.needsYou) return goTo("sweep");
  chooseList("needs");
}

function acceptTitle(): string {
  if (focusId.value === null) return "Choose one";
  const extra = [...also.value].filter((id) => id !== focusId.value).map(numberOf);
  return `Keep ${[numberOf(focusId.value), ...extra].filter(Boolean).join(" + ")}`;
}

define(
  { id: "cull.choose", title: () => "Keep that image, the rest become alternates", short: () => "keep", ready: here,
    run: (key) => { const id = numbered(key); if (id !== null) choose(id); } },
  { id: "cull.also", title: () => "Also keep that image", short: () => "also keep", ready: here,
    run: (key) => { const id = numbered(key); if (id !== null) toggleAlso(id); } },
  { id: "cull.accept", help: "Keep the focused image and those marked", title: () => (here() ? acceptTitle() : "Keep the focused image"), short: () => acceptTitle().toLowerCase(), ready: here, run: accept },
  { id: "cull.finish", help: "When nothing is left: what comes next", title: finishTitle, short: () => finishTitle().toLowerCase(), ready: () => screen.value === "cull" && loaded.value && !current.value && (status.value?.groups ?? 0) > 0, run: finish },
  { id: "cull.skip", title: () => "Skip, leave it for later", short: () => "skip", ready: here, run: onward },
  { id: "cull.reject", title: () => "Reject the focused image", short: () => "reject", ready: here, run: () => startReject(false) },
  { id: "cull.rejectAll", title: () => "Reject every image of the group", ready: here, run: () => startReject(true) },
  { id: "cull.crop", help: "Send the focused image to Crop, or take it back", title: () => (focused.value?.toCrop ? "Take the image back from Crop" : "Send the image to Crop"), short: () => "to crop", ready: () => here() && focused.value !== null && !focused.value.missing, run: sendToCrop },
  { id: "cull.reopen", title: () => "Reopen the group: take back its verdicts", short: () => "reopen", ready: here, run: reopen },
  { id: "cull.next", title: () => "Next group that needs you", short: () => "next", ready: inList, run: () => toUnresolved(1) },
  { id: "cull.previous", title: () => "Previous group that needs you", ready: inList, run: () => toUnresolved(-1) },
  { id: "cull.forward", title: () => "Next group in the list, decided or not", short: () => "forward", ready: () => inList() && index.value < items.value.length, run: () => step(1) },
  { id: "cull.backward", title: () => "Previous group in the list, decided or not", short: () => "back one", ready: () => inList() && index.value > 0, run: () => step(-1) },
  { id: "cull.move", title: () => "Move between the images", short: () => "move", ready: here, run: move },
  { id: "cull.scope", help: "Change which groups are gone through", title: () => `Change the list (now: ${SCOPE_NAMES[which.value].toLowerCase()})`, ready: () => screen.value === "cull", run: () => nextOf(SCOPES, 1) },
  { id: "cull.order", help: "Change the order: by name, or as was learned: obvious first, teach me, close calls, opinions differ, second thoughts", title: () => `Change the order (now: ${SCOPE_NAMES[which.value].toLowerCase()})`, short: () => "order", ready: () => screen.value === "cull", run: () => nextOf(ORDERS, 1) },
  { id: "cull.orderBack", title: () => "The order before", ready: () => screen.value === "cull", run: () => nextOf(ORDERS, -1) },
  { id: "cull.plainOrder", title: () => "Go through those that need you", short: () => "those that need you", ready: () => screen.value === "cull" && loaded.value && which.value !== "needs" && (!pageOpen.value || page.value.length === 0), run: () => chooseList("needs") },
  { id: "cull.learned", help: "Keep the image that was learned", title: () => (here() && learned() !== null ? `Keep ${numberOf(learned())}, as learned` : "Keep the image that was learned"), short: () => `keep ${numberOf(learned())}, as learned`, ready: () => here() && learned() !== null,
    run: () => { const id = learned(); if (id !== null) choose(id); } },
  { id: "image.info", help: "Prompt, seed and figures", title: () => `${infoOpen.value ? "Hide" : "Show"} prompt, seed and figures`, short: () => "prompt", ready: here, run: () => void (infoOpen.value = !infoOpen.value) },
  { id: "tags.toggle", title: () => "Say what is wrong", short: () => "tag", ready: () => tagging.value !== null,
    run: (key) => { const tag = TAGS.find((t) => t.letter === key); if (tag) toggleTag(tag.name); } },
  { id: "tags.confirm", title: () => "Reject with these tags", short: () => "reject", ready: () => tagging.value !== null, run: confirmReject },
  { id: "tags.cancel", title: () => "Do not reject", short: () => "cancel", ready: () => tagging.value !== null, run: () => void (tagging.value = null) },
);

/** Escape on this screen first puts away what is open. */
export function closeOne(): boolean {
  if (zoom.view.peek().mode !== "fit") return zoom.fit(), true;
  if (pageOpen.peek()) return false;
  if (infoOpen.peek()) return (infoOpen.value = false), true;
  if (which.peek() === "obvious" && closer.peek() && items.peek().length > 0) return (closer.value = false), true;
  return false;
}

export const cullFlag = { ready: () => here() && focused.value !== null, run: flag, on: () => focused.value?.flagged ?? false };
