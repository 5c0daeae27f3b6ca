/** A crop over its picture: what is cut away is dimmed. It fills its parent as `object-fit: contain` fills it. */
import type { JSX } from "preact";

interface Props {
  box: readonly [number, number, number, number]; // x1, y1, x2, y2 in pixels of the original
  width: number;
  height: number;
}

export function CropBox({ box: [x1, y1, x2, y2], width, height }: Props): JSX.Element {
  const inner = `M${x1} ${y1}H${x2}V${y2}H${x1}Z`;
  return (
    <svg class="review-box" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <path class="review-cut" fill-rule="evenodd" d={`M0 0H${width}V${height}H0Z${inner}`} />
      <path class="review-edge" d={inner} />
    </svg>
  );
}
