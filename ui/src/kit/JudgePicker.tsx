/** Whose picks: a button that says so, and under it a list to choose from, with a field for a new name where one may be given. */
import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { keyLabel } from "../frame/scopes";
import { Icon } from "./Icon";
import { visible } from "./words";
import "./judge.css";

export const judgeName = (name: string): string => (name === "" ? "You" : visible(name));

/** Every judge there is to choose: those with picks, and the one in use, who may have none yet. */
export function judgesOf(now: { judge: string; judges: readonly string[] } | null): readonly string[] {
  if (now === null) return [];
  return now.judges.includes(now.judge) ? now.judges : [...now.judges, now.judge];
}

export interface Choice {
  label: string;
  help?: string;
  on: boolean;
  choose: () => void;
}

interface Props {
  command: string; // that opens the list
  open: Signal<boolean>;
  label: string; // of the list
  shown: string; // who it is now
  choices: readonly Choice[];
  /** Takes a new name; answers with what is wrong with it. */
  onName?: (name: string) => Promise<string | null>;
}

export function JudgePicker(props: Props): JSX.Element {
  const { command, open, label, shown } = props;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const away = (event: PointerEvent): void => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) open.value = false;
    };
    window.addEventListener("pointerdown", away);
    return () => {
      window.removeEventListener("pointerdown", away);
      open.value = false;
    };
  }, []);
  return (
    <div class="judge" ref={box} data-testid="judge">
      <button data-command={command} aria-haspopup="dialog" aria-expanded={open.value} title={`${label}: ${shown}`} onClick={() => void (open.value = !open.peek())}>
        <Icon name="person" />
        <span class="hidden-text">{label}: </span>
        <span class="ellipsis">{shown}</span>
        <kbd>{keyLabel(command)}</kbd>
      </button>
      {open.value && <List {...props} />}
    </div>
  );
}

function List({ open, label, choices, onName }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector<HTMLElement>("[aria-checked=true]")?.focus(), []);
  const left = (event: FocusEvent): void => {
    if (event.relatedTarget instanceof Node && !box.current?.contains(event.relatedTarget)) open.value = false;
  };
  const key = (event: KeyboardEvent): void => {
    if (event.metaKey || event.ctrlKey) return;
    event.stopPropagation(); // nothing behind the list is decided meanwhile
    const stops = [...(box.current?.querySelectorAll<HTMLElement>("[role=radio], input") ?? [])];
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const here = stops.findIndex((stop) => stop === document.activeElement);
    if (step) stops[(here + step + stops.length) % stops.length]?.focus();
    else if (event.key === "Escape") open.value = false;
    else return;
    event.preventDefault();
  };
  return (
    <div class="judge-list" ref={box} role="dialog" aria-label={label} tabIndex={-1} onKeyDown={key} onFocusOut={left}>
      <div role="radiogroup" aria-label={label}>
        {choices.map((c) => (
          <button key={c.label} class="plain" role="radio" aria-checked={c.on} title={c.help} onClick={() => { open.value = false; c.choose(); }}>
            <Icon name="check" /> <span class="ellipsis">{c.label}</span>
          </button>
        ))}
      </div>
      {onName && <NewName open={open} onName={onName} />}
    </div>
  );
}

function NewName({ open, onName }: Required<Pick<Props, "open" | "onName">>): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const wrong = useSignal("");
  const send = async (): Promise<void> => {
    wrong.value = (await onName(field.current?.value ?? "")) ?? "";
    if (wrong.peek() === "") open.value = false;
    else field.current?.select();
  };
  return (
    <form class="judge-new" onSubmit={(event) => { event.preventDefault(); void send(); }}>
      <label>
        <span class="dim">Somebody else</span>
        <input ref={field} type="text" spellcheck={false} autocomplete="off" placeholder="Their name" aria-invalid={wrong.value !== ""} aria-describedby="judge-wrong" />
      </label>
      <button type="submit">Use</button>
      <p id="judge-wrong" class="judge-wrong" role="alert">{wrong.value}</p>
    </form>
  );
}
