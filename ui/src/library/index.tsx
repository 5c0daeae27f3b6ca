/** Library: the folders, what is running, and what to do next. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { CommandButton } from "../kit/CommandButton";
import { Icon } from "../kit/Icon";
import { count, some, visible } from "../kit/words";
import type { Source, Status } from "../bridge.gen";
import { onStale, refreshStatus, running, status } from "../state";
import { Balance } from "./Balance";
import "./commands";
import { JobPanel } from "./JobPanel";
import { Quarantine, refreshQuarantine } from "./Quarantine";
import { reveal } from "./sources";
import "./style.css";

const dismissed = signal<ReadonlySet<string>>(new Set());

onStale("library", () => {
  refreshStatus();
  refreshQuarantine();
});

export function Library(): JSX.Element {
  const s = status.value;
  if (!s || (s.sources.length === 0 && s.images === 0)) return <Welcome />;
  return (
    <div class="library">
      <div class="library-main">
        <Notices list={s.notices} />
        <Next s={s} />
        {running.value && <JobPanel />}
        <Balance s={s} />
        <Sources s={s} />
        <Quarantine total={s.quarantined} />
        <p class="dim library-path">
          Library <span class="text" dir="ltr">{visible(s.library)}</span> <button class="plain" onClick={() => void reveal(s.library)}>Show</button>
        </p>
      </div>
    </div>
  );
}

function Welcome(): JSX.Element {
  return (
    <div class="empty" data-testid="welcome">
      <h1>Add a folder of images</h1>
      <p class="dim">
        Drop it on this window, or choose it. Near-identical images are grouped, the best of each group is picked, and only the doubtful groups come to you. Your files stay where they are
        and are never changed.
      </p>
      <CommandButton command="library.next" primary>Add a folder</CommandButton>
      {running.value && <JobPanel />}
    </div>
  );
}

function headline(s: Status): string {
  if (s.groups === 0) return running.value ? "Reading your images" : "No groups yet";
  if (s.needsYou === 0) return "No group needs you";
  return `${count(s.needsYou)} of ${some(s.groups, "group")} ${s.needsYou === 1 ? "needs" : "need"} you`;
}

function Next({ s }: { s: Status }): JSX.Element {
  const ready = s.groups > 0;
  return (
    <section class="next" data-testid="next">
      <div>
        <h1 data-testid="headline">{headline(s)}</h1>
        <p class="dim">
          {ready
            ? `${some(s.keepers, "keeper")} of ${some(s.images, "image")} so far${s.decided ? `; ${some(s.decided, "group")} decided by you` : ""}.`
            : running.value
              ? "You can start as soon as the first groups are there."
              : "Rescan, or add a folder that holds images."}
        </p>
      </div>
      <div class="row">
        {ready && <CommandButton command="library.next" primary>{s.needsYou > 0 ? "Start culling" : "Sweep the keepers"}</CommandButton>}
        {ready && s.needsYou > 0 && <CommandButton command="screen.sweep">Sweep</CommandButton>}
        {ready && <CommandButton command="export.keepers">Export keepers</CommandButton>}
      </div>
    </section>
  );
}

function Notices({ list }: { list: string[] }): JSX.Element | null {
  const fresh = list.filter((n) => !dismissed.value.has(n));
  if (fresh.length === 0) return null;
  return (
    <ul class="notices" aria-label="Notices">
      {fresh.map((n) => (
        <li key={n}>
          <p>{visible(n)}</p>
          <button class="plain" aria-label="Dismiss" onClick={() => void (dismissed.value = new Set([...dismissed.value, n]))}><Icon name="cross" /></button>
        </li>
      ))}
    </ul>
  );
}

function Sources({ s }: { s: Status }): JSX.Element {
  return (
    <section>
      <div class="section-head">
        <h2>Folders</h2>
        <div class="row">
          <CommandButton command="source.add">Add a folder</CommandButton>
          <CommandButton command="library.rescan">Rescan</CommandButton>
          <CommandButton command="vision.look">Look for what is wrong</CommandButton>
        </div>
      </div>
      <ul class="list" data-testid="sources">
        {s.sources.map((source) => <SourceRow key={source.path} source={source} />)}
      </ul>
    </section>
  );
}

function SourceRow({ source }: { source: Source }): JSX.Element {
  return (
    <li data-source={source.path} data-reachable={source.reachable}>
      <Icon name={source.reachable ? "folder" : "gone"} />
      <span class="list-main text" dir="ltr">{visible(source.path)}</span>
      {!source.reachable && <span>cannot be reached: connect its disk, then rescan</span>}
      {source.missing > 0 && <span>{count(source.missing)} missing</span>}
      <span class="dim figure">{some(source.images, "image")}</span>
      <button class="plain" disabled={!source.reachable} onClick={() => void reveal(source.path)}>Show</button>
    </li>
  );
}
