/** The right control for each kind of setting. */
import type { JSX } from "preact";
import type { SettingView } from "../bridge.gen";
import { capital } from "../kit/words";
import { fail, save } from "./state";

interface Props {
  item: SettingView;
  id: string;
}

export function Control({ item, id }: Props): JSX.Element {
  const about = `${id}-help`;
  switch (item.kind) {
    case "bool":
      return <div class="control"><input id={id} aria-describedby={about} type="checkbox" checked={item.value === true} onChange={(e) => void save(item, e.currentTarget.checked)} /></div>;
    case "choice":
      return (
        <div class="control choice" role="radiogroup" aria-label={item.label}>
          {item.choices.map((c) => (
            <label key={c}><input type="radio" name={id} value={c} checked={item.value === c} onChange={() => void save(item, c)} /> {capital(c.replaceAll("_", " "))}</label>
          ))}
        </div>
      );
    case "int":
    case "float":
      return <NumberControl item={item} id={id} />;
    case "text":
      return (
        <div class="control">
          <input id={id} aria-describedby={about} class="text-input" type="text" spellcheck={false} value={String(item.value)} placeholder={item.default === "" ? "built in" : ""}
            onChange={(e) => void save(item, e.currentTarget.value)} />
        </div>
      );
  }
}

function NumberControl({ item, id }: Props): JSX.Element {
  const change = (raw: string): void => {
    const value = Number(raw.replace(",", "."));
    if (raw.trim() === "" || !Number.isFinite(value)) fail(item.key, "This needs a number.");
    else if (item.kind === "int" && !Number.isInteger(value)) fail(item.key, "This needs a whole number.");
    else if ((item.minimum !== null && value < item.minimum) || (item.maximum !== null && value > item.maximum)) fail(item.key, `This goes from ${item.minimum} to ${item.maximum}.`);
    else void save(item, value);
  };
  const bounds = { min: item.minimum ?? undefined, max: item.maximum ?? undefined, step: item.step ?? (item.kind === "int" ? 1 : "any") };
  const slides = item.minimum !== null && item.maximum !== null;
  return (
    <div class="control">
      {slides && <input type="range" tabIndex={-1} aria-hidden="true" {...bounds} value={Number(item.value)} onChange={(e) => change(e.currentTarget.value)} />}
      <input id={id} aria-describedby={`${id}-help`} class="number-input" type="number" {...bounds} step={item.step ?? "any"} value={Number(item.value)} onChange={(e) => change(e.currentTarget.value)} />
      <span class="dim unit">{item.unit}</span>
    </div>
  );
}
