/** Errors: they stay a while, say what to do, and lie where they cover no caption. Notes go to the hint line. */
import type { JSX } from "preact";
import { dismiss, toasts } from "../state";
import { Icon } from "../kit/Icon";
import { visible } from "../kit/words";

export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="log" aria-live="polite">
      {toasts.value.filter((t) => t.kind === "error").map((t) => (
        <div class="toast" key={t.id} data-toast={t.kind} role="alert">
          <Icon name="doubt" />
          <p>{visible(t.text)}{t.hint && <span class="dim"> {visible(t.hint)}</span>}</p>
          {t.action && <button onClick={() => { t.action?.run(); dismiss(t.id); }}>{t.action.label}</button>}
          <button class="plain" aria-label="Dismiss" onClick={() => dismiss(t.id)}><Icon name="cross" /></button>
        </div>
      ))}
    </div>
  );
}
