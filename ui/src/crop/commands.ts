/** What the keys do on the Crop screen. */
import { call } from "../bridge";
import { define } from "../commands";
import { ask } from "../duplicates/question";
import { some } from "../kit/words";
import { mayWrite, mutate } from "../mutate";
import { complain, goTo, readOnly, running, screen, status } from "../state";
import { accept, canDecide, chooseImage, cycle, grow, nudge, offer, openReasons, cancelReasons, reset, skip, takeWhole, toggleReason } from "./decide";
import { isFine } from "./geometry";
import { bare, counts, current, finished, isDone, LIST_NAMES, list, trios, which } from "./list";
import { choose, setTrios, step } from "./place";
import { readTaste, taste } from "./taste";
import { focused, infoOpen, OVERLAYS, overlay, reasoning, tasteOpen, unassisted, zoom } from "./work";
import { reasons } from "./words";

const onScreen = (): boolean => screen.value === "crop" && status.value !== null;
const here = (): boolean => onScreen() && current.value !== null && !bare.value;
const drawing = (): boolean => here() && canDecide();
const three = (): boolean => (current.value?.images.length ?? 1) > 1;

const DIRECTIONS: Record<string, readonly [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** One pixel of the original, ten with Shift, a grid step with Alt. */
function arrow(key = "ArrowRight"): void {
  const name = key.split("+").at(-1) ?? "";
  const [dx, dy] = DIRECTIONS[name] ?? [0, 0];
  const view = focused.peek();
  const grid = view && isFine(view) ? view.step : [10, 10];
  if (key.includes("Alt")) nudge(dx * (grid[0] ?? 1), dy * (grid[1] ?? 1));
  else nudge(dx * (key.includes("Shift") ? 10 : 1), dy * (key.includes("Shift") ? 10 : 1));
}

function digit(key = "1"): void {
  const at = Number(key.slice(-1)) - 1;
  if (three()) chooseImage(at);
  else offer(at);
}

const nextOverlay = (): void => void (overlay.value = OVERLAYS[(OVERLAYS.indexOf(overlay.peek()) + 1) % OVERLAYS.length] ?? "wrong");
const OVERLAY_WORDS = { wrong: "what looks wrong", both: "what looks wrong, and thirds", thirds: "thirds", none: "nothing" } as const;

/** Run a job of this screen; its sentence comes when it ends. */
async function start(name: "crop.propose" | "crop.cut"): Promise<void> {
  if (!mayWrite()) return;
  try {
    await call(name);
  } catch (error) {
    complain(error);
  }
}

const mayRun = (): boolean => onScreen() && !readOnly.value && !running.value;
const unproposed = (): number => counts.value?.unproposed ?? 0;
const copies = (): number => counts.value?.copies ?? 0;

/** Where nothing is left: what comes next. */
function nextStep(): "crop.propose" | "crop.cut" | "cull" | "sweep" {
  if (unproposed() > 0) return "crop.propose";
  if (copies() > 0) return "crop.cut";
  return (counts.value?.done ?? 0) > 0 ? "sweep" : "cull";
}

const NEXT_WORDS = { "crop.propose": "Propose crops", "crop.cut": "Write the cropped copies", cull: "Go to Cull", sweep: "Sweep the keepers" } as const;

function next(): void {
  const what = nextStep();
  if (what === "cull" || what === "sweep") goTo(what);
  else void start(what);
}

function forget(): void {
  const answers = taste.peek()?.answers ?? 0;
  ask({
    title: "Forget what was learned",
    text: `Proposals begin again from the weights in the settings, not from ${some(answers, "answer")}. The answers themselves stay; undo takes this back.`,
    yes: "Forget",
    red: false,
    run: () => void mutate("crop.forget", {}, { own: "crop" }).then(() => readTaste()),
  });
}

function showTaste(): void {
  tasteOpen.value = !tasteOpen.peek();
  infoOpen.value = false;
  if (tasteOpen.peek()) void readTaste();
}

function showInfo(): void {
  infoOpen.value = !infoOpen.peek();
  tasteOpen.value = false;
  if (infoOpen.peek()) void readTaste();
}

define(
  { id: "crop.accept", help: "Accept the crop; of three, keep this image, cropped", title: () => (three() ? "Keep this image with this crop" : "Accept this crop"), short: () => (three() ? "keep, cropped" : "accept"), ready: drawing, run: (_, at) => accept(at) },
  { id: "crop.next", help: "When nothing is left: what comes next", title: () => NEXT_WORDS[nextStep()], short: () => NEXT_WORDS[nextStep()].toLowerCase(), ready: () => onScreen() && (finished.value || bare.value) && !running.value, run: next },
  { id: "crop.choose", help: "Best, first or second alternate; of three at once: which image", title: () => (three() ? "Choose that image" : "Choose that proposal"), short: () => (three() ? "which image" : "choose"), ready: () => drawing() && (three() || (!unassisted.value && (focused.value?.candidates.length ?? 0) > 0)), run: digit },
  { id: "crop.cycle", help: "The next proposal of this image; Shift for the one before", title: () => "Next proposal of this image", short: () => "alternates", ready: drawing, run: (key) => cycle(key?.includes("Shift") ? -1 : 1) },
  { id: "crop.nudge", help: "Move the box: 1 pixel of the original, Shift 10, Alt one step of the grid", title: () => "Move the box", short: () => "nudge", ready: drawing, run: arrow },
  { id: "crop.larger", help: "Larger about its middle, in the picture's shape", title: () => "Larger box", short: () => "size", ready: drawing, run: () => grow(1, false) },
  { id: "crop.smaller", title: () => "Smaller box", ready: drawing, run: () => grow(-1, false) },
  { id: "crop.muchLarger", title: () => "Box larger by 5 %", ready: drawing, run: () => grow(1, true) },
  { id: "crop.muchSmaller", title: () => "Box smaller by 5 %", ready: drawing, run: () => grow(-1, true) },
  { id: "crop.reset", title: () => "Back to the proposal", short: () => "reset", ready: drawing, run: reset },
  { id: "crop.whole", title: () => "The whole picture", short: () => "whole", ready: drawing, run: takeWhole },
  { id: "crop.skip", title: () => "Skip: it comes back later", short: () => "skip", ready: here, run: skip },
  { id: "crop.forward", title: () => "Next in the list, decided or not", short: () => "forward", ready: here, run: () => step(1) },
  { id: "crop.backward", title: () => "Previous in the list, decided or not", short: () => "back one", ready: () => onScreen() && list.value.index.value > 0, run: () => step(-1) },
  { id: "crop.overlay", help: "What lies over the picture: what looks wrong, thirds, both, nothing", title: () => `What lies over the picture (now: ${OVERLAY_WORDS[overlay.value]})`, short: () => "overlays", ready: here, run: nextOverlay },
  { id: "crop.reasons", help: "Say why, by letter; Enter decides", title: () => "Say why", short: () => "reasons", ready: drawing, run: openReasons },
  { id: "crop.info", help: "How the box is scored", title: () => `${infoOpen.value ? "Hide" : "Show"} how the box is scored`, ready: here, run: showInfo },
  { id: "crop.trios", help: "One image, or three variants at once", title: () => (trios.value ? "One image at a time" : "Three variants at once"), short: () => (trios.value ? "one at a time" : "three at once"), ready: onScreen, run: () => setTrios(!trios.peek()) },
  { id: "crop.scope", help: "Those to crop, or those decided", title: () => `Change the list (now: ${LIST_NAMES[which.value].toLowerCase()})`, short: () => (which.value === "done" ? "to crop" : "look back"), ready: onScreen, run: () => choose(which.peek() === "done" ? "waiting" : "done") },
  { id: "crop.taste", help: "What was learned from your answers", title: () => `${tasteOpen.value ? "Hide" : "Show"} what was learned`, short: () => "learned", ready: onScreen, run: showTaste },
  { id: "crop.forget", title: () => "Forget what was learned about crops", ready: () => mayRun() && tasteOpen.value && (taste.value?.answers ?? 0) > 0, run: forget },
  { id: "crop.propose", title: () => "Propose crops", ready: () => mayRun() && unproposed() > 0, run: () => void start("crop.propose") },
  { id: "crop.cut", help: "Write the cropped copies", title: () => `Write ${some(copies(), "cropped copy", "cropped copies")}`, ready: () => mayRun() && copies() > 0, run: () => void start("crop.cut") },
  { id: "reasons.toggle", title: () => "Say why", short: () => "reason", ready: () => onScreen() && reasoning.value !== null,
    run: (key) => { const tag = reasons().find((t) => t.letter === key); if (tag) toggleReason(tag.name); } },
  { id: "reasons.accept", title: () => "Accept with these reasons", short: () => "accept", ready: () => onScreen() && reasoning.value !== null, run: (_, at) => accept(at) },
  { id: "reasons.keep", title: () => "Keep these reasons, decide later", short: () => "keep", ready: () => onScreen() && reasoning.value !== null, run: () => void (reasoning.value = null) },
  { id: "reasons.cancel", title: () => "No reasons", short: () => "cancel", ready: () => onScreen() && reasoning.value !== null, run: cancelReasons },
);

/** Escape on this screen first puts away what is open. */
export function closeOne(): boolean {
  if (zoom.view.peek().mode !== "fit") return zoom.fit(), true;
  if (tasteOpen.peek()) return (tasteOpen.value = false), true;
  if (infoOpen.peek()) return (infoOpen.value = false), true;
  return false;
}

export const hinted = (): string[] => {
  if (reasoning.value) return ["reasons.toggle", "reasons.accept", "reasons.keep", "reasons.cancel"];
  if (!current.value || bare.value) return ["crop.next", "crop.backward", "crop.scope", "history.undo"];
  if (isDone(current.value)) return ["crop.forward", "crop.backward", "crop.accept", "history.undo"];
  return three() ? ["crop.accept", "crop.choose", "crop.cycle", "crop.nudge", "crop.skip"] : ["crop.accept", "crop.choose", "crop.nudge", "crop.larger", "crop.skip"];
};
