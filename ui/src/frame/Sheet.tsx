/** A panel over the screen that keeps the focus inside it until it is closed. */
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { overlay } from "../state";

interface Props {
  label: string;
  name: string;
  children: ComponentChildren;
}

export function Sheet({ label, name, children }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => { // at once: a key pressed before it has the focus would be lost
    const before = document.activeElement;
    const first = box.current?.querySelector<HTMLElement>("[data-autofocus]");
    (first ?? box.current)?.focus();
    return () => (before instanceof HTMLElement ? before.focus() : undefined);
  }, []);
  const keep = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      overlay.value = null;
    }
    if (event.key !== "Tab" || !box.current) return;
    const stops = [...box.current.querySelectorAll<HTMLElement>("button:not(:disabled), input, select, a[href]")];
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement === edge || document.activeElement === box.current) {
      event.preventDefault();
      (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
    }
    event.stopPropagation();
  };
  return (
    <div class="veil" onPointerDown={(e) => e.target === e.currentTarget && (overlay.value = null)}>
      <div class="sheet" ref={box} role="dialog" aria-modal="true" aria-label={label} data-sheet={name} tabIndex={-1} onKeyDown={keep}>
        {children}
      </div>
    </div>
  );
}
