/** Everything known about the focused image. */
import type { JSX } from "preact";
import type { CopyView } from "../bridge.gen";
import { Info as About, Line } from "../kit/Info";
import { bytes, percent, pixels } from "../kit/words";
import { when } from "../rankings/cells";
import { alike, bits } from "./words";

export function Info({ image }: { image: CopyView | null }): JSX.Element {
  return (
    <About image={image && { ...image, negative: "", model: "", sampler: "" }}>
      {image && (
        <>
          <Line name={image.stays ? "Stays" : "Goes"} value={image.reason} long />
          <Line name="Size" value={pixels(image)} />
          <Line name="File size" value={bytes(image.sizeBytes)} />
          <Line name="Format" value={image.format} />
          <Line name="Changed" value={when(image.modifiedAt)} />
          <Line name="Quality" value={percent(image.quality)} />
          <Line name="Sharpest edges" value={image.blurPx > 0 ? `${image.blurPx.toFixed(1)} px wide` : "nothing to judge by"} />
          <Line name="Defects" value={image.defects.join(", ").replaceAll("_", " ")} long />
          <Line name="Score" value={image.comparisons ? image.score.toFixed(2) : "not rated"} />
          <Line name="pHash" value={image.distance === null ? "" : bits(image.distance)} />
          <Line name="Cosine" value={image.similarity === null ? "" : alike(image.similarity)} />
        </>
      )}
    </About>
  );
}
