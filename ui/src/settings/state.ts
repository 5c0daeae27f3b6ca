/** The settings of the library: read once, each change saved at once. */
import { signal } from "@preact/signals";
import { BridgeError, call } from "../bridge";
import type { HelloAnswer, SettingView } from "../bridge.gen";
import { absorb } from "../mutate";
import { complain, onStale, readOnly, status, theme } from "../state";

export const file = signal("");
export const items = signal<SettingView[]>([]);
export const errors = signal<Record<string, string>>({});

async function load(): Promise<void> {
  if (!status.peek()) return;
  try {
    const answer = await call("settings.get");
    file.value = answer.file;
    items.value = answer.items;
  } catch (error) {
    complain(error);
  }
}

onStale("settings", () => void load());

export type Value = SettingView["value"];

/** Save one setting; what is wrong with it is said beside it. */
export async function save(item: SettingView, value: Value): Promise<void> {
  if (readOnly.peek()) return fail(item.key, "This library is open for reading only.");
  try {
    const changed = await call("settings.set", { key: item.key, value });
    items.value = items.value.map((i) => (i.key === item.key ? { ...i, value } : i));
    const { [item.key]: _, ...rest } = errors.value;
    errors.value = rest;
    if (item.key === "window.theme") theme.value = value as HelloAnswer["theme"];
    absorb(changed, "settings");
  } catch (error) {
    fail(item.key, error instanceof BridgeError ? `${error.message} ${error.hint}`.trim() : String(error));
  }
}

export function fail(key: string, message: string): void {
  errors.value = { ...errors.value, [key]: message };
}
