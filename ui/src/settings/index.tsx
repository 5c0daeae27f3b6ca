/** Settings: drawn from what the engine says can be set. */
import type { JSX } from "preact";
import type { SettingView } from "../bridge.gen";
import { Empty } from "../kit/Empty";
import { capital, visible } from "../kit/words";
import { reveal } from "../library/sources";
import { status } from "../state";
import { Control } from "./Control";
import { errors, file, items, save } from "./state";
import "./style.css";

export function Settings(): JSX.Element {
  if (!status.value) return <Empty title="No library is open" text="Settings belong to a library; add a folder of images to make one." command="source.add" />;
  const sections = [...new Set(items.value.map((i) => i.section))];
  return (
    <div class="settings">
      <div class="settings-main">
        {sections.map((section) => (
          <section key={section} data-section={section}>
            <h2>{capital(section)}</h2>
            <ul class="list">{items.value.filter((i) => i.section === section).map((i) => <Row key={i.key} item={i} />)}</ul>
          </section>
        ))}
        <p class="dim library-path">
          Kept in <span class="text" dir="ltr">{visible(file.value)}</span>, which you may also edit by hand. <button class="plain" onClick={() => void reveal(file.value)}>Show</button>
        </p>
      </div>
    </div>
  );
}

const say = (value: SettingView["default"]): string => (value === true ? "on" : value === false ? "off" : value === "" ? "empty" : String(value));

function Row({ item }: { item: SettingView }): JSX.Element {
  const id = `set-${item.key}`;
  const error = errors.value[item.key];
  const range = item.minimum !== null && item.maximum !== null ? `${item.minimum} to ${item.maximum}${item.unit ? ` ${item.unit}` : ""}` : "";
  return (
    <li class="setting" data-setting={item.key}>
      <div class="setting-words">
        <label for={id}>{item.label}</label>
        <p class="dim" id={`${id}-help`}>{item.help} {range && <span class="figure">{range}.</span>}</p>
        {error && <p class="setting-error" role="alert">{error}</p>}
      </div>
      <Control item={item} id={id} />
      <button class="plain reset" disabled={item.value === item.default} title={`Default: ${say(item.default)}`} aria-label={`Reset ${item.label} to ${say(item.default)}`} onClick={() => void save(item, item.default)}>
        Reset to {say(item.default)}
      </button>
    </li>
  );
}
