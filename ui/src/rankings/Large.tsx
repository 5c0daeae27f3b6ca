/** The image under the keyboard, as large as the window allows; the rows beside it are decoded meanwhile. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Cropped } from "../kit/Cropped";
import { Icon } from "../kit/Icon";
import { hold, holdOnly } from "../kit/images";
import { Picture } from "../kit/Picture";
import { useSize } from "../kit/size";
import { count, Name, stageName, visible } from "../kit/words";
import { notePainted } from "../painted";
import { figure, share, signed } from "./cells";
import { largeZoom } from "./enlarged";
import { rowAt, total } from "./pages";
import { at, row } from "./state";

const size = signal({ width: 0, height: 0 });

export function Large(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useSize(box, size);
  const r = row.value;
  useEffect(() => {
    const near = [at.value, at.value + 1, at.value - 1, at.value + 2].map(rowAt).filter((n) => n !== null && !n.missing && n.displayable);
    const urls = near.map((n) => n?.url ?? "");
    holdOnly(new Set(urls));
    if (r && urls.includes(r.url)) void notePainted([hold(r.url).done], () => row.peek()?.id === r.id);
    const later = setTimeout(() => urls.forEach(hold), 80);
    return () => clearTimeout(later);
  }, [r?.id]);
  const { width, height } = size.value;
  return (
    <div class="large" role="dialog" aria-label="One image, large" data-image={r?.id} data-testid="large">
      <div class="large-box" ref={box}>
        {r && width > 0 && <Picture key={r.id} source={r} zoom={largeZoom} boxWidth={width} boxHeight={height} lead label={visible(r.filename)} />}
      </div>
      {r && (
        <p class="large-line">
          <strong>{count(r.rank)}</strong>
          <Name text={r.filename} />
          <span class="dim">{stageName(r.stage)} · {r.width} × {r.height}</span>
          <span class="dim">strength {signed(r.strength)} · μ {figure(r.mu)} · σ {figure(r.sigma)} · seen {count(r.comparisons)} · chance {share(r.chance)}</span>
          <Cropped image={r} />
          {r.flagged && <Icon name="flag" solid />}
          <span class="spring" />
          <span class="dim">{count(at.value + 1)} of {count(total.value)}</span>
        </p>
      )}
    </div>
  );
}
