/** What to search for and who stays: as the last search had it, else as the settings say; and the jobs that use it. */
import { batch, computed, signal } from "@preact/signals";
import { call } from "../bridge";
import type { JobRef } from "../bridge.gen";
import { mayWrite } from "../mutate";
import { complain, refreshStatus, running, say, status } from "../state";
import { figures } from "./copies";
import { KEEP_WORDS, KEEPS, LIMITS, type By, type Keep } from "./words";

export const by = signal<By>("phash");
export const limits = signal<Partial<Record<By, number>>>({}); // absent: as the settings or the model say
export const orientations = signal(false);
/** Whether a way finds turned and mirrored copies. */
export const turns = (way: By): boolean => way === "phash" || way === "embedding";
export const keep = signal<Keep>("stage");
export const folder = signal("");

export const limit = computed(() => limits.value[by.value] ?? null);
export const run = computed(() => figures.value?.run ?? null);
export const busy = computed(() => running.value);

/** What is shown above differs from what was searched for. */
export const changed = computed(() => {
  const r = run.value;
  if (!r || by.value !== r.by || (turns(r.by) && orientations.value !== r.orientations)) return true;
  return LIMITS[by.value] !== undefined && limit.value !== null && Math.abs(limit.value - r.threshold) > 1e-9;
});

const SETTINGS: Partial<Record<By, string>> = { phash: "thinning.distance", embedding: "thinning.similarity", both: "thinning.similarity", time: "thinning.seconds" };

let taken = ""; // the search whose rule is shown

/** Show the rule of the last search, once; before the first one that of the settings. */
export async function takeRule(): Promise<void> {
  if (!status.peek()) return;
  const r = run.peek();
  if (taken === (r?.at ?? "settings")) return;
  const first = taken === "";
  taken = r?.at ?? "settings";
  if (first) await fromSettings();
  if (!r) return;
  batch(() => {
    by.value = r.by;
    orientations.value = r.orientations;
    keep.value = r.keep;
    folder.value = r.folder;
    if (LIMITS[r.by]) limits.value = { ...limits.peek(), [r.by]: r.threshold };
  });
}

async function fromSettings(): Promise<void> {
  try {
    const { items } = await call("settings.get");
    const value = (key: string): unknown => items.find((i) => i.key === key)?.value;
    const numbers: Partial<Record<By, number>> = {};
    for (const [way, key] of Object.entries(SETTINGS) as [By, string][]) {
      const n = value(key);
      if (typeof n === "number" && !(n === 0 && key === "thinning.similarity")) numbers[way] = n;
    }
    batch(() => {
      by.value = (value("thinning.by") as By | undefined) ?? by.peek();
      keep.value = (value("thinning.keep") as Keep | undefined) ?? keep.peek();
      orientations.value = value("thinning.orientations") === true;
      folder.value = String(value("thinning.folder") ?? "");
      limits.value = numbers;
    });
  } catch (error) {
    complain(error);
  }
}

async function start(ask: () => Promise<JobRef>): Promise<boolean> {
  if (!mayWrite()) return false;
  try {
    await ask();
    refreshStatus();
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}

/** Search all sources. A Czkawka result is read again only by choosing the file. */
export async function find(): Promise<void> {
  if (by.peek() === "czkawka") return readCzkawka();
  if (!(await folderChosen())) return;
  await start(() => call("dupes.find", { by: by.peek(), threshold: limit.peek(), orientations: turns(by.peek()) && orientations.peek(), keep: keep.peek(), folder: folder.peek() }));
}

export async function readCzkawka(): Promise<void> {
  if (!mayWrite()) return;
  try {
    const { paths } = await call("dialog.file", { title: "A result of Czkawka's similar images, JSON or text" });
    const [file] = paths;
    if (file !== undefined) await start(() => call("dupes.find", { by: "czkawka", file, keep: keep.peek(), folder: folder.peek() }));
  } catch (error) {
    complain(error);
  }
}

/** Who stays, tried on all groups at once. */
export async function setKeep(next: Keep): Promise<void> {
  const before = keep.peek();
  keep.value = next;
  if (!(await folderChosen())) return void (keep.value = before);
  if (!run.peek()) return;
  const tried = await start(() => call("dupes.rule", { keep: next, folder: folder.peek() }));
  if (tried) say(`Who stays: ${KEEP_WORDS[next]}. Tried on all groups; nothing has moved.`);
  else keep.value = before;
}

export function nextKeep(): void {
  const list = KEEPS.filter((k) => k !== "folder" || folder.peek() !== "");
  void setKeep(list[(list.indexOf(keep.peek()) + 1) % list.length] ?? "stage");
}

/** The rule "those in a folder" needs a folder. */
async function folderChosen(): Promise<boolean> {
  return keep.peek() !== "folder" || folder.peek() !== "" || (await chooseFolder());
}

export async function chooseFolder(): Promise<boolean> {
  try {
    const { paths } = await call("dialog.folder", { title: "Images in this folder stay" });
    if (paths[0] === undefined) return false;
    folder.value = paths[0];
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}

export async function otherFolder(): Promise<void> {
  if (await chooseFolder()) await setKeep("folder");
}
