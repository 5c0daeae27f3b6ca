/** The page: start, events from the engine, and the frame around the screens. */
import { effect } from "@preact/signals";
import { render, type JSX } from "preact";
import { listen } from "./bridge";
import type { AnyEvent } from "./bridge.gen";
import { allCommands, runCommand } from "./commands";
import { Check } from "./check";
import { openAt as openCheck, watchCheck } from "./check/place";
import { Crop } from "./crop";
import { openAt as openCrop, watchCrop } from "./crop/place";
import { Cull } from "./cull";
import { show, watchPlace } from "./cull/place";
import { items, least, reload, which } from "./cull/queue";
import { Duplicates } from "./duplicates";
import { openAt, watchCopies } from "./duplicates/place";
import { Export } from "./export";
import { start } from "./frame/commands";
import { HelpSheet } from "./frame/HelpSheet";
import { Hints } from "./frame/Hints";
import { watchKeys } from "./frame/keys";
import { Palette } from "./frame/Palette";
import { Toasts } from "./frame/Toasts";
import { ReadOnlyBanner, TopBar } from "./frame/TopBar";
import { Insight } from "./insight";
import { Library } from "./library";
import { hearJob } from "./library/jobs";
import { addFolders } from "./library/sources";
import { metrics } from "./painted";
import { readAhead, reload as readRankings } from "./rankings/state";
import { Rank } from "./rank";
import { Rankings } from "./rankings";
import { Same } from "./same";
import { openAt as openSame, watchSame } from "./same/place";
import { Settings } from "./settings";
import { dropping, fresh, goTo, markStale, overlay, screen, starting, theme, type Tab } from "./state";
import { Sweep } from "./sweep";
import { goTo as goToKeeper } from "./sweep/commands";
import { find, reload as readKeepers } from "./sweep/state";
import { KEYMAP } from "./keymap";
import "./theme.css";
import "./frame/style.css";

const SCREENS: Record<Tab, () => JSX.Element> = { library: Library, cull: Cull, same: Same, sweep: Sweep, rank: Rank, rankings: Rankings, crop: Crop, duplicates: Duplicates, check: Check, insight: Insight, settings: Settings };

function App(): JSX.Element {
  const Screen = SCREENS[screen.value];
  return (
    <div class="frame">
      <TopBar />
      <ReadOnlyBanner />
      <main class="screen" data-screen={screen.value} data-starting={starting.value} tabIndex={-1}>
        {!starting.value && <Screen />}
      </main>
      <Hints />
      <Toasts />
      {overlay.value === "help" && <HelpSheet />}
      {overlay.value === "palette" && <Palette />}
      {overlay.value === "export" && <Export />}
      {dropping.value && <div class="drop-here">Drop folders to add them</div>}
    </div>
  );
}

function receive(events: AnyEvent[]): void {
  for (const event of events) {
    if (event.type === "job") hearJob(event.job);
    else if (event.type === "stale") markStale(event.screens);
    else if (event.type === "drop") void addFolders(event.paths);
    else runCommand(event.name);
  }
}

function watchDrag(): void {
  const over = (on: boolean) => (event: DragEvent): void => {
    event.preventDefault(); // else the window would leave the page for the dropped file
    dropping.value = on && (event.dataTransfer?.types.includes("Files") ?? false);
  };
  window.addEventListener("dragover", over(true));
  window.addEventListener("dragleave", (event) => { if (event.relatedTarget === null) over(false)(event); });
  window.addEventListener("drop", over(false));
}

async function boot(): Promise<void> {
  const unknown = KEYMAP.filter((b) => !allCommands().some((c) => c.id === b.command));
  if (unknown.length) throw new Error(`keys without a command: ${unknown.map((b) => b.command).join(" ")}`);
  effect(() => void (document.documentElement.dataset["theme"] = theme.value));
  listen(receive, metrics);
  watchKeys();
  watchDrag();
  render(<App />, document.getElementById("app") as HTMLElement);
  const place = await start();
  which.value = place?.order ?? "needs";
  least.value = Math.min(0.99, Math.max(0.5, place?.least ?? 0.9));
  if (place?.screen === "cull") {
    await reload(place.groupId || null);
    fresh("cull");
    const at = items.value.findIndex((i) => i.id === place.groupId);
    if (at >= 0) show(at, place.imageId || undefined);
  }
  if (place?.screen === "sweep") {
    await readKeepers();
    fresh("sweep");
    const at = place.imageId ? await find((k) => k.id === place.imageId) : -1;
    if (at >= 0) goToKeeper(at);
  }
  if (place?.screen === "rankings") {
    await readRankings(place.imageId || "top");
    fresh("rankings");
  }
  if (place?.screen === "duplicates") await openAt(place.groupId, place.imageId);
  if (place?.screen === "crop") await openCrop(place.groupId, place.imageId);
  if (place?.screen === "check") {
    await openCheck(place.groupId, place.imageId);
    fresh("check");
  }
  if (place?.screen === "same") {
    await openSame(place.groupId);
    fresh("same");
  }
  starting.value = false;
  goTo(screen.peek() === "library" ? (place?.screen ?? "library") : screen.peek()); // a key may have said where to go
  watchPlace();
  watchCopies();
  watchCheck();
  watchSame();
  watchCrop();
  readAhead();
}

void boot();
