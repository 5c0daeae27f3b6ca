/** What every screen shares: where we are, what the library holds, what is running, what has gone stale. */
import { batch, computed, effect, signal } from "@preact/signals";
import { BridgeError, call } from "./bridge";
import type { HelloAnswer, JobInfo, Screen, Status } from "./bridge.gen";

/** Screens with a tab of their own; Export is an action with a panel. */
export type Tab = Exclude<Screen, "export">;
export const TABS: readonly Tab[] = ["library", "cull", "same", "sweep", "rank", "rankings", "crop", "duplicates", "check", "insight", "settings"];
export const TAB_NAMES: Record<Tab, string> = {
  library: "Library", cull: "Cull", same: "Same?", sweep: "Sweep", rank: "Rank", rankings: "Rankings", crop: "Crop", duplicates: "Duplicates", check: "Check", insight: "Insight", settings: "Settings",
};

export type Overlay = "help" | "palette" | "export" | null;
export interface Toast {
  id: number;
  text: string;
  hint: string;
  kind: "note" | "error";
  action?: { label: string; run: () => void };
}

export const starting = signal(true);
export const version = signal("");
export const platform = signal<HelloAnswer["platform"]>("linux");
export const theme = signal<HelloAnswer["theme"]>("dark");
export const status = signal<Status | null>(null);
export const job = signal<JobInfo | null>(null);
export const screen = signal<Tab>("library");
export const overlay = signal<Overlay>(null);
export const toasts = signal<Toast[]>([]);
export const unsaved = signal(0); // mutations sent and not yet answered
export const dropping = signal(false);

/** Something runs that was asked for; what is learned by itself makes way for any other job. */
export const running = computed(() => job.value?.state === "running" && job.value.kind !== "learn");
export const readOnly = computed(() => status.value?.readOnly ?? false);

/** Answered, all that was sent: what is on its way would still be in the list that the engine tells. */
export const settled = (): Promise<void> =>
  new Promise((resolve) => {
    const stop = effect(() => void (unsaved.value === 0 && queueMicrotask(() => unsaved.peek() === 0 && (stop(), resolve()))));
  });

let nextToast = 1;

export function say(text: string, more: Partial<Pick<Toast, "hint" | "kind" | "action">> = {}): void {
  const toast: Toast = { id: nextToast++, text, hint: "", kind: "note", ...more };
  toasts.value = [...toasts.value.filter((t) => t.text !== text).slice(-2), toast];
  setTimeout(() => dismiss(toast.id), toast.kind === "error" || toast.action ? 12000 : 5000);
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((t) => t.id !== id);
}

/** Show what went wrong, in the engine's words. */
export function complain(error: unknown, action?: Toast["action"]): void {
  const more = error instanceof BridgeError ? error.hint : "";
  const text = error instanceof Error ? error.message : String(error);
  say(text, { kind: "error", hint: more, ...(action ? { action } : {}) });
}

export function setStatus(next: Status | null): void {
  batch(() => {
    status.value = next;
    if (next?.job && (next.job.state === "running" || job.value === null)) job.value = next.job;
  });
}

let statusAsked = false;

/** Refetch the counts; several calls in one moment become one question. */
export function refreshStatus(): void {
  if (statusAsked || !status.peek()) return;
  statusAsked = true;
  setTimeout(async () => {
    statusAsked = false;
    try {
      setStatus(await call("library.status"));
    } catch (error) {
      complain(error);
    }
  }, screen.peek() === "library" ? 40 : 400);
}

// ---- stale screens

const refreshers = new Map<Screen, () => void>();
const stale = new Set<Screen>(TABS);

/** How a screen refetches itself. */
export function onStale(name: Screen, refresh: () => void): void {
  refreshers.set(name, refresh);
}

/** A screen has just read everything itself. */
export const fresh = (name: Screen): boolean => stale.delete(name);

/** Refetch what is stale: the visible screen now, the others when they are next shown. `own` has looked after itself. */
export function markStale(screens: readonly Screen[], own?: Screen): void {
  for (const name of screens) if (name !== own) stale.add(name);
  if (screens.includes("library") || screens.includes("cull")) refreshStatus();
  refreshIfStale(screen.value);
}

function refreshIfStale(name: Screen): void {
  if (starting.peek()) return; // there is nothing to read yet: the page goes there once it has begun
  if (stale.delete(name)) refreshers.get(name)?.();
}

// ---- moving between screens

const trail: Tab[] = [];

export function goTo(name: Tab): void {
  if (screen.value !== name) {
    trail.push(screen.value);
    if (trail.length > 20) trail.shift();
  }
  show(name);
}

/** Back to the screen before this one; the Library is the root. */
export function goBack(): void {
  const before = trail.pop();
  show(before && before !== screen.value ? before : "library");
}

function show(name: Tab): void {
  batch(() => {
    screen.value = name;
    overlay.value = null;
  });
  if (starting.peek()) return; // it goes there again once it has begun
  refreshIfStale(name);
  placeOf.get(name)?.();
}

/** What each screen does to remember the person's place when it is shown. */
export const placeOf = new Map<Tab, () => void>();
