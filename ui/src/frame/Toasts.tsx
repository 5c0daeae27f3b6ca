/** Short notes at the lower edge; errors stay longer and say what to do. */
import type { JSX } from "preact";
import { dismiss, toasts } from "../state";
import { Icon } from "../kit/Icon";
import { visible } from "../kit/words";

export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="log" aria-live="polite">
      {toasts.value.map((t) => (
        <div class="toast" key={t.id} data-toast={t.kind} role={t.kind === "error" ? "alert" : undefined}>
          {t.kind === "error" && <Icon name="doubt" />}
          <p>{visible(t.text)}{t.hint && <span class="dim"> {visible(t.hint)}</span>}</p>
          {t.action && <button onClick={() => { t.action?.run(); dismiss(t.id); }}>{t.action.label}</button>}
          <button class="plain" aria-label="Dismiss" onClick={() => dismiss(t.id)}><Icon name="cross" /></button>
        </div>
      ))}
    </div>
  );
}
