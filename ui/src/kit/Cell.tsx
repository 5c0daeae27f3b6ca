/** One image among several: its picture, an outline that hugs it, and its caption below. */
import type { JSX } from "preact";
import "./cell.css";
import type { Cell as Box } from "./layout";
import { Picture, type Source } from "./Picture";
import { place, type Zoom } from "./zoom";

/** What the deck it lies in says of it. */
export interface Lying {
  number: number;
  cell: Box;
  caption: number; // its height
  zoom: Zoom;
  shown: boolean;
  whole: boolean;
  focused: boolean;
}

export type Style = Record<string, string>;

interface Props extends Lying {
  image: Source & { id: number };
  mark: string;
  label: string; // for screen readers
  below: (style: Style) => JSX.Element;
  figure?: Record<string, unknown>; // attributes of its own
  focus: () => void;
}

export const READABLE = 280; // px: what a caption keeps below a narrow picture

export function Cell({ image, mark, label, below, figure, focus, cell, caption, zoom, shown, whole, focused }: Props): JSX.Element {
  const frame = { boxWidth: cell.width, boxHeight: cell.height, width: image.width || 1, height: image.height || 1 };
  const at = image.missing ? null : place(zoom.view.value, frame);
  const top = at ? Math.max(0, at.y) : 0;
  const width = Math.min(cell.width, Math.max(at?.width ?? cell.width, READABLE));
  const height = Math.min(cell.height, at?.height ?? cell.height);
  const across = { left: `${(cell.width - width) / 2}px`, width: `${width}px` };
  return (
    <figure
      class="cell"
      {...figure}
      data-image={image.id}
      data-focused={focused}
      data-mark={mark}
      style={{ "--x": `${cell.x}px`, "--y": `${cell.y}px`, width: `${cell.width}px`, height: `${cell.height + caption}px` }}
      onPointerDown={focus}
    >
      <Picture
        source={image}
        zoom={zoom}
        boxWidth={cell.width}
        boxHeight={cell.height}
        lead={focused}
        fit={shown ? "now" : "ahead"}
        whole={whole}
        label={label}
      />
      {below({ ...across, top: `${top + height}px`, height: `${caption}px` })}
      {/* made anew when it changes its look: Chromium keeps the old one where place and look change at once */}
      <div key={`${focused} ${mark}`} class="ring" style={{ ...across, top: `${top}px`, height: `${height + caption}px` }} />
    </figure>
  );
}
