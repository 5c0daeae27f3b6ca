/** The keeper under the keyboard, as large as the window allows; its neighbours are decoded meanwhile. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Cropped } from "../kit/Cropped";
import { hold, holdOnly } from "../kit/images";
import { Icon } from "../kit/Icon";
import { Picture } from "../kit/Picture";
import { useSize } from "../kit/size";
import { count, Name, some, stageName, visible } from "../kit/words";
import { notePainted } from "../painted";
import { largeZoom } from "./enlarged";
import { at, keeper, keeperAt, out, total } from "./state";

const size = signal({ width: 0, height: 0 });

export function Large(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useSize(box, size);
  const k = keeper.value;
  useEffect(() => {
    const near = [at.value, at.value + 1, at.value - 1, at.value + 2].map(keeperAt).filter((n) => n !== null && !n.missing);
    const urls = near.map((n) => n?.url ?? "");
    holdOnly(new Set(urls));
    if (k) notePainted([hold(k.url).done], () => keeper.peek()?.id === k.id);
    const later = setTimeout(() => urls.forEach(hold), 80);
    return () => clearTimeout(later);
  }, [k?.id]);
  const { width, height } = size.value;
  return (
    <div class="large" role="dialog" aria-label="One keeper, large" data-image={k?.id} data-testid="large">
      <div class="large-box" ref={box}>
        {k && width > 0 && (
          <Picture key={k.id} source={{ ...k, displayable: true, path: k.filename }} zoom={largeZoom} boxWidth={width} boxHeight={height} lead label={visible(k.filename)} />
        )}
      </div>
      {k && (
        <p class="large-line">
          <Name text={k.filename} />
          <span class="dim">{stageName(k.stage)} · {k.width} × {k.height} · of {some(k.groupSize, "image")} · kept by {k.by === "you" ? "you" : "default"}</span>
          <Cropped image={k} />
          {k.flagged && <Icon name="flag" solid />}
          {out.value.has(k.id) && <strong>{out.value.get(k.id) === "thrown" ? "Thrown out" : "Reopened"}</strong>}
          <span class="spring" />
          <span class="dim">{count(at.value + 1)} of {count(total.value)}</span>
        </p>
      )}
    </div>
  );
}
