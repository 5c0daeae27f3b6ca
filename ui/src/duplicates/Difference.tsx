/** Where the focused image differs from the keeper: black is equal. Held, a key shows the two in turn in the same place. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { CommandButton } from "../kit/CommandButton";
import { watchGestures } from "../kit/gestures";
import { useSize } from "../kit/size";
import { capital, count, Name, percent, visible } from "../kit/words";
import { place, type Frame } from "../kit/zoom";
import { keyLabel } from "../frame/scopes";
import { amplified, blink, blinkEnd, blinking, compared, gain, pair, stepGain, TELLING, type Compared, type Pair } from "./compare";
import { zoom } from "./focus";

const size = signal({ width: 0, height: 0 });

export function Difference(): JSX.Element | null {
  const two = pair.value;
  if (!two) return null;
  const now = compared.value;
  const on = blinking.value;
  return (
    <div class="difference" role="dialog" aria-label="Difference from the keeper" data-testid="difference" data-state={now?.state} data-blinking={on ?? ""}>
      <Stack two={two} now={now} />
      <div class="difference-line">
        <div class="difference-words">
          <span class="difference-names"><Name text={two.other.filename} /> <span class="dim">against the keeper</span> <Name text={two.keeper.filename} /></span>
          <span class="ellipsis" role="status">{on ? (on === "keeper" ? "The keeper" : "The other one") : said(now)}</span>
        </div>
        <span class="row">
          <button aria-label="Less bright" onClick={() => stepGain(-1)}>−</button>
          <span class="gain" title="The difference is shown this many times as strong">× {gain.value}</span>
          <button aria-label="Brighter" onClick={() => stepGain(1)}>+</button>
          <button onPointerDown={blink} onPointerUp={blinkEnd} onPointerLeave={blinkEnd}>Blink, held <kbd>{keyLabel("copies.blink")}</kbd></button>
          <CommandButton command="copies.differenceClose">Close</CommandButton>
        </span>
      </div>
    </div>
  );
}

function said(now: Compared | null): string {
  if (!now || now.state === "working") return "Comparing";
  if (!now.result) return "Black is equal. How many pixels differ cannot be counted in this window.";
  const { share, most, width, height, stretched } = now.result;
  const at = `at ${count(width)} × ${count(height)} px${stretched ? ", shapes differ" : ""}`;
  if (most === 0) return `Every pixel is equal, ${at}.`;
  const part = share === 0 ? "no pixel differs" : share < 0.001 ? "under 0.1\u00a0% of pixels differ" : `${share < 0.1 ? `${(share * 100).toFixed(1)}\u00a0%` : percent(share)} of pixels differ`;
  return `${capital(part)} by more than ${TELLING} of 255 levels; at most ${most}, ${at}.`;
}

/** Canvas and both images in one place, in step with the zoom. */
function Stack({ two, now }: { two: Pair; now: Compared | null }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useSize(box, size);
  const frame: Frame = { boxWidth: size.value.width, boxHeight: size.value.height, width: two.keeper.width || 1, height: two.keeper.height || 1 };
  const latest = useRef(frame);
  latest.current = frame;
  useEffect(() => (box.current ? watchGestures(box.current, zoom, () => latest.current) : undefined), []);
  if (frame.boxWidth > 0) zoom.frame = frame;
  const at = place(zoom.view.value, frame);
  const style = { width: `${at.width}px`, height: `${at.height}px`, transform: `translate(${at.x}px, ${at.y}px)` };
  const on = blinking.value;
  const blend = now?.state === "failed" && on === null; // pixels that may not be read can still be laid over each other
  const seen = (which: typeof on): Record<string, string> => ({ ...style, visibility: on === which || blend ? "inherit" : "hidden" });
  return (
    <div class="difference-box" data-blend={blend} ref={box} data-zoom={zoom.view.value.mode} style={blend ? { filter: `brightness(${gain.value})` } : undefined} role="img" aria-label={`${visible(two.other.filename)} beside the keeper: ${said(now)}`}>
      <Canvas now={now} style={seen(null)} />
      <img class="layer" src={two.keeper.url} style={seen("keeper")} alt="" draggable={false} decoding="sync" />
      <img class="layer" src={two.other.url} style={seen("other")} alt="" draggable={false} decoding="sync" />
    </div>
  );
}

function Canvas({ now, style }: { now: Compared | null; style: Record<string, string> }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const result = now?.result ?? null;
  useLayoutEffect(() => {
    const element = canvas.current;
    const image = result && amplified(result, gain.value);
    if (!element) return;
    [element.width, element.height] = image ? [image.width, image.height] : [1, 1];
    if (image) element.getContext("2d")?.putImageData(image, 0, 0);
  }, [result, gain.value]);
  return <canvas class="layer" ref={canvas} style={style} />;
}
