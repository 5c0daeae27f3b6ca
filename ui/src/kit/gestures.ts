/** Wheel and pinch zoom at the pointer, drag to pan, double click for 100 %. */
import type { Frame, Zoom } from "./zoom";

interface GestureEvent extends UIEvent {
  scale: number;
  clientX: number;
  clientY: number;
}

/** Listen on one image's box; answers how to stop. */
export function watchGestures(box: HTMLElement, zoom: Zoom, frame: () => Frame): () => void {
  const stop = new AbortController();
  const on = (name: string, handler: (event: never) => void): void =>
    box.addEventListener(name, handler as EventListener, { signal: stop.signal, passive: false });
  const at = (event: { clientX: number; clientY: number }): [number, number] => {
    const rect = box.getBoundingClientRect();
    return [event.clientX - rect.left, event.clientY - rect.top];
  };

  on("wheel", (event: WheelEvent) => {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      zoom.pan(frame(), -event.deltaX * unit, -event.deltaY * unit);
      return;
    }
    const strength = event.ctrlKey ? 0.01 : 0.002; // a pinch arrives as a wheel with ctrl and small steps
    const delta = Math.max(-150, Math.min(150, event.deltaY * unit));
    zoom.by(frame(), Math.exp(-delta * strength), ...at(event));
  });

  // WebKit's own pinch
  let last = 1;
  on("gesturestart", (event: GestureEvent) => {
    event.preventDefault();
    last = 1;
  });
  on("gesturechange", (event: GestureEvent) => {
    event.preventDefault();
    zoom.by(frame(), event.scale / last, ...at(event));
    last = event.scale;
  });

  let drag: { id: number; x: number; y: number } | null = null;
  on("pointerdown", (event: PointerEvent) => {
    if (event.button === 0) drag = { id: event.pointerId, x: event.clientX, y: event.clientY };
  });
  on("pointermove", (event: PointerEvent) => {
    if (!drag || drag.id !== event.pointerId) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!box.hasPointerCapture(event.pointerId)) {
      if (Math.hypot(dx, dy) < 3) return; // a click, so far
      box.setPointerCapture(event.pointerId);
    }
    zoom.pan(frame(), dx, dy);
    drag = { id: event.pointerId, x: event.clientX, y: event.clientY };
  });
  const release = (): void => void (drag = null);
  on("pointerup", release);
  on("pointercancel", release);
  on("dblclick", (event: MouseEvent) => zoom.toggleAt(frame(), ...at(event)));
  return () => stop.abort();
}
