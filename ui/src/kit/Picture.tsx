/** One image in a box: fit, 100 % or free, in step with every other image that shares its Zoom. */
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { hold } from "./images";
import { Icon } from "./Icon";
import { watchGestures } from "./gestures";
import "./picture.css";
import { percent, visible } from "./words";
import { fitScale, place, type Frame, type Zoom } from "./zoom";

export interface Source {
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
}

export function Picture({ source, zoom, boxWidth, boxHeight, lead, label }: Props): JSX.Element {
  const full = source.displayable && !source.missing ? hold(source.url) : null;
  const state = full?.state.value ?? "failed";
  const thumb = source.thumbUrl !== "" && state !== "ready";
  if (source.missing || (state === "failed" && source.thumbUrl === "")) {
    return <Card source={source} label={label} />;
  }
  const frame: Frame = { boxWidth, boxHeight, width: source.width || 1, height: source.height || 1 };
  if (lead) zoom.frame = frame;
  const view = zoom.view.value;
  const placed = place(view, frame);
  const fit = fitScale(frame);
  const layer = {
    width: `${frame.width * fit}px`,
    height: `${frame.height * fit}px`,
    transform: `translate(${placed.x}px, ${placed.y}px) scale(${placed.scale / fit})`,
    imageRendering: placed.scale * window.devicePixelRatio > 3 ? "pixelated" : "auto",
    willChange: zoom.moving.value ? "transform" : "auto",
  } as const;
  const note = noteOf(source, state, placed.scale);
  return (
    <Gestures zoom={zoom} frame={frame} label={label}>
      {thumb && <img class="layer" src={source.thumbUrl} style={layer} alt="" decoding="sync" draggable={false} />}
      {full && state === "ready" && <Full element={full.element} style={layer} />}
      {note && <span class="picture-note" style={{ left: `${Math.max(0, placed.x) + 8}px`, bottom: `${Math.max(0, boxHeight - placed.y - placed.height) + 8}px` }}>{note}</span>}
    </Gestures>
  );
}

function noteOf(source: Source, state: string, scale: number): string {
  if (!source.displayable) return "512 px preview at most: this window cannot show the file itself";
  if (state === "failed") return "512 px preview at most: the file itself did not open";
  const shown = scale * window.devicePixelRatio;
  return shown > 1.02 ? `shown larger than it is: ${percent(shown)}` : "";
}

/** The already decoded element, put in place as it is. */
function Full({ element, style }: { element: HTMLImageElement; style: Record<string, string> }): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    element.className = "layer";
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
