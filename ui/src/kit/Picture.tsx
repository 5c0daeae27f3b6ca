/** One image in a box: fit, 100 % or free, in step with every other image that shares its Zoom. */
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { density, fitted, type Fitted } from "./fitted";
import { hold, type Held } from "./images";
import { Icon } from "./Icon";
import { watchGestures } from "./gestures";
import "./picture.css";
import { Seen } from "./Seen";
import { percent, visible } from "./words";
import { fitScale, place, type Frame, type Placed, type Zoom } from "./zoom";

export interface Source {
  id?: number; // of the library, where what was seen in it may be drawn over it
  url: string;
  thumbUrl: string;
  displayable: boolean;
  missing: boolean;
  width: number;
  height: number;
  path: string;
}

interface Props {
  source: Source;
  zoom: Zoom;
  boxWidth: number;
  boxHeight: number;
  lead: boolean; // the image the keyboard's zoom is measured on
  label: string; // for screen readers
  /** Show a picture scaled to its box while at fit: made at once, or ahead of its time. */
  fit?: "now" | "ahead";
  /** Have the image itself ready too, for when it is zoomed. */
  whole?: boolean;
}

export function Picture({ source, zoom, boxWidth, boxHeight, lead, label, fit, whole = !fit }: Props): JSX.Element {
  const [broken, setBroken] = useState(""); // the thumbnail that did not open
  const frame: Frame = { boxWidth, boxHeight, width: source.width || 1, height: source.height || 1 };
  const usable = source.displayable && !source.missing;
  const small = usable && fit ? fittedIn(source, frame, fit === "now") : null;
  const made = small?.state.value ?? "failed";
  const view = zoom.view.value;
  const full = usable && (whole || made === "failed" || view.mode !== "fit") ? hold(source.url) : null;
  const state = full?.state.value ?? "failed";
  const seen = sees(made, state, view.mode === "fit");
  const thumb = seen === "" && source.thumbUrl !== "" && source.thumbUrl !== broken;
  const over = made === "failed" && state === "failed"; // nothing better than the thumbnail will come
  if (source.missing || (over && !thumb)) return <Card source={source} label={label} />;
  if (lead) zoom.frame = frame;
  const placed = place(view, frame);
  const style = layerStyle(zoom, frame, placed);
  const note = noteOf(source, over, placed.scale);
  return (
    <Gestures zoom={zoom} frame={frame} label={label}>
      {thumb && fit !== "ahead" && <img class="layer" src={source.thumbUrl} style={style} alt="" decoding="sync" draggable={false} onError={() => setBroken(source.thumbUrl)} />}
      {small && made === "ready" && <Put element={small.canvas} style={{ ...style, visibility: seen === "small" ? "inherit" : "hidden" }} />}
      {full && state === "ready" && <Put element={full.element} style={{ ...style, visibility: seen === "full" ? "inherit" : "hidden" }} />}
      {note && <span class="picture-note" style={{ left: `${Math.max(0, placed.x) + 8}px`, bottom: `${Math.max(0, boxHeight - placed.y - placed.height) + 8}px` }}>{note}</span>}
      {fit !== "ahead" && source.id !== undefined && <Seen image={source.id} width={frame.width} height={frame.height} placed={placed} lead={lead} raised={note !== ""} />}
    </Gestures>
  );
}

/** Which of the two is on top: the small one at fit, and where zoomed until the whole one is decoded. */
function sees(made: Fitted["state"]["value"], state: Held["state"]["value"], atFit: boolean): "small" | "full" | "" {
  if (state === "ready" && !(atFit && made === "ready")) return "full";
  return made === "ready" ? "small" : "";
}

/** As many device pixels as the box shows of it, but never more than it has. */
function fittedIn(source: Source, frame: Frame, now: boolean): Fitted {
  const scale = fitScale(frame) * density.value;
  if (scale >= 1) return fitted(source.url, 0, 0, now);
  const pixels = (length: number): number => Math.max(1, Math.round(length * scale));
  return fitted(source.url, pixels(frame.width), pixels(frame.height), now);
}

function layerStyle(zoom: Zoom, frame: Frame, placed: Placed): Record<string, string> {
  const fit = fitScale(frame);
  const whole = (length: number): number => (fit * density.value < 1 ? Math.max(1, Math.round(length * fit * density.value)) / density.value : length * fit);
  return {
    width: `${whole(frame.width)}px`, // whole device pixels, so that a fitted picture is not scaled a second time
    height: `${whole(frame.height)}px`,
    transform: `translate(${placed.x}px, ${placed.y}px) scale(${placed.scale / fit})`,
    imageRendering: placed.scale * density.value > 3 ? "pixelated" : "auto",
    willChange: zoom.moving.value ? "transform" : "auto",
  };
}

function noteOf(source: Source, over: boolean, scale: number): string {
  if (!source.displayable) return "512 px preview at most: this window cannot show the file itself";
  if (over) return "512 px preview at most: the file itself did not open";
  const shown = scale * window.devicePixelRatio;
  return shown > 1.02 ? `shown larger than it is: ${percent(shown)}` : "";
}

/** An element made elsewhere, put in place as it is. */
function Put({ element, style }: { element: HTMLElement; style: Record<string, string> }): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    element.classList.add("layer");
    host.current?.replaceChildren(element);
    return () => void (element.parentNode === host.current && element.remove());
  }, [element]);
  useLayoutEffect(() => void Object.assign(element.style, style));
  return <div ref={host} />;
}

interface GestureProps {
  zoom: Zoom;
  frame: Frame;
  label: string;
  children: preact.ComponentChildren;
}

function Gestures({ zoom, frame, label, children }: GestureProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const now = useRef(frame);
  now.current = frame;
  useEffect(() => (box.current ? watchGestures(box.current, zoom, () => now.current) : undefined), [zoom]);
  return (
    <div
      ref={box}
      class="picture"
      role="img"
      aria-label={label}
      data-zoom={zoom.view.value.mode}
      style={{ width: `${frame.boxWidth}px`, height: `${frame.boxHeight}px` }}
    >
      {children}
    </div>
  );
}

function Card({ source, label }: { source: Source; label: string }): JSX.Element {
  return (
    <div class="picture picture-card" role="img" aria-label={`${label}, cannot be shown`} data-card={source.missing ? "missing" : "unreadable"}>
      <Icon name="gone" />
      <p>{source.missing ? "This file is missing" : "This file cannot be shown"}</p>
      <p class="dim text path">{visible(source.path)}</p>
      <p class="dim">
        {source.missing
          ? "Its history is kept. Put the file back and rescan, or choose another image."
          : "It may be damaged. Choose another image, or replace the file and rescan."}
      </p>
    </div>
  );
}
