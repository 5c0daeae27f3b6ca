/** The rule: what counts as a copy, and who stays. Nothing here moves a file. */
import type { JSX } from "preact";
import { CommandButton } from "../kit/CommandButton";
import { duration } from "../kit/words";
import { runCommand } from "../commands";
import { keyLabel } from "../frame/scopes";
import { PHASES } from "../frame/JobLine";
import { capital, count } from "../kit/words";
import { job } from "../state";
import { busy, by, changed, folder, keep, limit, limits, orientations, otherFolder, run, setKeep, turns } from "./search";
import { BY_WORDS, KEEP_WORDS, KEEPS, LIMITS, shortPath, WAYS, type By, type Keep } from "./words";

export function Rule(): JSX.Element {
  const ways = run.value?.by === "czkawka" || by.value === "czkawka" ? [...WAYS, "czkawka" as const] : WAYS;
  return (
    <div class="copies-rule" data-testid="rule" data-changed={changed.value}>
      <label>
        <span class="dim">Find</span>{" "}
        <select id="copies-by" aria-label="What counts as a copy" value={by.value} onChange={(e) => { by.value = e.currentTarget.value as By; }}>
          {ways.map((w) => <option key={w} value={w}>{BY_WORDS[w]}</option>)}
        </select>
      </label>
      <Threshold />
      <label class={by.value === "phash" || by.value === "both" ? "" : "off"} title="Find rotated and mirrored copies too; takes longer">
        <input type="checkbox" checked={orientations.value} disabled={!turns(by.value)} onChange={(e) => (orientations.value = e.currentTarget.checked)} /> turned, mirrored
      </label>
      {busy.value ? <Running /> : <CommandButton command="copies.find" primary={changed.value}>Find</CommandButton>}
      <CommandButton command="copies.czkawka"><span class="wide">Read a </span>Czkawka<span class="wide"> result</span>…</CommandButton>
      <span class="spring" />
      <label>
        <span class="dim">Stays</span>{" "}
        <select id="copies-keep" aria-label="Who stays" disabled={busy.value} value={keep.value} onChange={(e) => void setKeep(e.currentTarget.value as Keep)}>
          {KEEPS.map((k) => <option key={k} value={k}>{KEEP_WORDS[k]}</option>)}
        </select>{" "}
        <kbd>{keyLabel("copies.keep")}</kbd>
      </label>
      {keep.value === "folder" && <button class="folder-button" title={folder.value} onClick={() => void otherFolder()}>{folder.value ? shortPath(folder.value) : "Choose a folder"}</button>}
    </div>
  );
}

function Threshold(): JSX.Element | null {
  const way = LIMITS[by.value];
  if (!way) return null;
  const set = (text: string): void => {
    const n = Number(text.replace(",", "."));
    const { [by.value]: _, ...rest } = limits.peek();
    limits.value = text.trim() === "" || !Number.isFinite(n) ? rest : { ...rest, [by.value]: Math.max(way.min, Math.min(way.max, n)) };
  };
  return (
    <label title={way.help}>
      <span class="dim">{by.value === "phash" || by.value === "time" ? "within" : "from"}</span>{" "}
      <input type="number" aria-label={way.help} data-testid="threshold" min={way.min} max={way.max} step={way.step} placeholder="auto" value={limit.value ?? ""}
        onChange={(e) => set(e.currentTarget.value)} onKeyDown={(e) => { if (e.key === "Enter") { set(e.currentTarget.value); e.currentTarget.blur(); runCommand("copies.find"); e.stopPropagation(); } }} />{" "}
      <span class="dim">{way.unit}</span>
    </label>
  );
}

function Running(): JSX.Element {
  const now = job.value;
  const part = now?.total ? `${count(now.done)} of ${count(now.total)}` : "";
  return (
    <span class="row copies-running" role="status" data-testid="copies-running">
      <span>{capital(PHASES[now?.phase ?? ""] ?? now?.phase ?? "")} <span class="dim">{part}{now?.secondsLeft != null && ` · ${duration(now.secondsLeft)}`}</span></span>
      <CommandButton command="job.cancel">Cancel</CommandButton>
    </span>
  );
}
