/** What was seen in an image, drawn over it: hands, faces, poses, and what looks wrong with its sentence. */
import type { JSX } from "preact";
import type { Seen as Found, SeenCue } from "../bridge.gen";
import { bodyPath, handPath, seenIn, seenOn, type Told } from "./sight";
import "./seen.css";
import { visible } from "./words";
import type { Placed } from "./zoom";

interface Props {
  image: number;
  width: number; // of the original, as the library knows it
  height: number;
  placed: Placed;
  lead: boolean; // has the legend and the sentences; the others say how much there is
  raised: boolean; // something else is written at the bottom
}

const MOST = 4; // sentences over one picture
const SIGN = 16; // px: the number of a box
const READABLE = 280; // px: what the words keep on a narrow picture
type Box = [number, number, number, number];

export function Seen(props: Props): JSX.Element | null {
  if (!seenOn.value) return null;
  const told = seenIn(props.image).value;
  const { x, y, width } = props.placed; // it lies in the middle of its box
  const inset = Math.max(0, x - Math.max(0, (READABLE - width) / 2)) + 8;
  const bottom = Math.max(0, y) + (props.raised ? 36 : 8); // faces are above, as a rule
  return (
    <div class="seen" data-seen={stateOf(told)}>
      {typeof told === "object" && told.looked && <Drawing seen={told} {...props} />}
      <div class="seen-notes" style={{ left: `${inset}px`, right: `${inset}px`, bottom: `${bottom}px` }}>
        {props.lead && <Legend />}
        {props.lead || !isLooked(told) ? <Words told={told} /> : <p class="seen-words">{inShort(told)}</p>}
      </div>
    </div>
  );
}

const isLooked = (told: Told): told is Found => typeof told === "object" && told.looked;

/** Sentences over every one of several pictures would hide them. */
function inShort(seen: Found): string {
  const wrong = doubts(seen).length;
  const unsure = seen.abstained.length;
  if (wrong + unsure === 0) return seen.whole ? nothing(seen) : "Nothing looks wrong.";
  return [wrong > 0 && `${wrong} ${wrong === 1 ? "looks" : "look"} wrong`, unsure > 0 && `${unsure} not judged`].filter(Boolean).join(" · ");
}

const stateOf = (told: Told): string => (typeof told === "string" ? told : told.looked ? "looked" : "unlooked");

function Drawing({ seen, placed, width, height }: Props & { seen: Found }): JSX.Element {
  const across = placed.width / (seen.width || width);
  const down = placed.height / (seen.height || height);
  return (
    <svg class="seen-lines" aria-hidden="true">
      <g transform={`translate(${placed.x} ${placed.y}) scale(${across} ${down})`}>
        {seen.bodies.map((b, i) => <Line key={i} kind="pose" d={bodyPath(b.points, b.visibility)} />)}
        {seen.faces.map((f, i) => <Line key={i} kind="face" d={around(f.box)} />)}
        {seen.hands.map((points, i) => <Line key={i} kind="hand" d={handPath(points)} />)}
        {seen.abstained.map((a, i) => <Line key={i} kind="unsure" d={around(a.box)} />)}
        {doubts(seen).map((c, i) => <Line key={i} kind="doubt" d={around(c.box)} />)}
      </g>
      {doubts(seen).slice(0, MOST).map((c, i) => <Number key={i} text={String(i + 1)} x={placed.x + c.box[0] * across} y={placed.y + c.box[1] * down} />)}
    </svg>
  );
}

/** Only what the settings call a doubt; a weaker cue would cry wolf. */
const doubts = (seen: Found): SeenCue[] => seen.cues.filter((c) => c.doubt);

const around = ([x1, y1, x2, y2]: Box): string => `M${x1} ${y1}H${x2}V${y2}H${x1}Z`;

/** Twice: a broad line of the other brightness below, so that it is seen on every picture. */
function Line({ kind, d }: { kind: string; d: string }): JSX.Element {
  return (
    <g class={`seen-${kind}`}>
      <path class="under" d={d} />
      <path d={d} />
    </g>
  );
}

/** Above its box, which may be small; inside where there is no room above. */
function Number({ text, x, y }: { text: string; x: number; y: number }): JSX.Element {
  const above = y - SIGN - 1;
  return (
    <g class="seen-number" transform={`translate(${Math.max(0, x - 2)} ${above >= 0 ? above : Math.max(0, y)})`}>
      <rect width={SIGN} height={SIGN} />
      <text x="8" y="12">{text}</text>
    </g>
  );
}

function Words({ told }: { told: Told }): JSX.Element | null {
  if (told === "waiting") return null;
  if (told === "failed") return <p class="seen-words">What was seen here cannot be read. Press V twice to try again.</p>;
  if (!told.looked) return <p class="seen-words">Not looked at yet. In Library, press “Look for what is wrong”.</p>;
  const wrong = doubts(told);
  const lines = wrong.slice(0, MOST).map((c, i) => ({ sign: String(i + 1), text: c.text }));
  if (wrong.length > MOST) lines.push({ sign: "", text: `and ${wrong.length - MOST} more` });
  lines.push(...told.abstained.slice(0, 2).map((a) => ({ sign: "", text: `Not judged: ${a.text}` })));
  if (!told.whole) lines.push({ sign: "", text: "Hands, faces and poses are not kept any more." });
  else if (lines.length === 0) lines.push({ sign: "", text: nothing(told) });
  return (
    <ul class="seen-words">
      {lines.map((line, i) => <li key={i}>{line.sign && <b>{line.sign}</b>} {visible(line.text)}</li>)}
    </ul>
  );
}

const nothing = (seen: Found): string =>
  seen.hands.length + seen.faces.length + seen.bodies.length === 0 ? "No hands, faces or people seen." : "Nothing looks wrong.";

const KINDS = [["hand", "hand"], ["face", "face"], ["pose", "pose"], ["doubt", "looks wrong"], ["unsure", "not judged"]] as const;

function Legend(): JSX.Element {
  return (
    <p class="seen-legend" data-testid="seen-legend">
      {KINDS.map(([kind, words]) => (
        <span key={kind}>
          <svg class="seen-lines" width="20" height="8" aria-hidden="true"><Line kind={kind} d="M1 4H19" /></svg> {words}
        </span>
      ))}
    </p>
  );
}
