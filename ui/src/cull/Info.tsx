/** Everything known about the focused image: how it was made, what was measured. */
import type { JSX } from "preact";
import type { MemberView } from "../bridge.gen";
import { Info as About, Line } from "../kit/Info";
import { bytes, percent, pixels } from "../kit/words";
import { focused } from "./focus";
import { blind, learnedImage, reasonWords, weightiest } from "./learned";
import { current } from "./queue";
import { wordsOf } from "./tags";

export function Info(): JSX.Element {
  const m = focused.value;
  return <About image={m}>{m && <><Learned m={m} /><Measured m={m} /></>}</About>;
}

/** Of the image that was learned: how sure, and what weighs most. */
function Learned({ m }: { m: MemberView }): JSX.Element | null {
  const said = current.value?.recommended;
  if (!said || !current.value || learnedImage(current.value) !== m.id) return null;
  const reasons = weightiest(said.reasons).map((r) => `${reasonWords(r)} (${r.weight > 0 ? "+" : "−"}${Math.abs(r.weight).toFixed(2)})`);
  return <Line name="Learned" value={[`keeps this one, ${percent(said.confidence)} sure`, ...reasons].join("; ")} long />;
}

function Measured({ m }: { m: MemberView }): JSX.Element {
  const unaided = current.value !== null && blind(current.value);
  return (
    <>
      {!unaided && <><Line name="Score" value={m.score.toFixed(2)} /><Line name="Quality" value={percent(m.quality)} /></>}
      <Line name="Sharpest edges" value={m.blurPx > 0 ? `${m.blurPx.toFixed(1)} px wide` : "nothing to judge by"} />
      <Line name="Noise" value={`${m.noise.toFixed(1)} grey levels`} />
      <Line name="Brightness" value={percent(m.brightness)} />
      <Line name="Size" value={pixels(m)} />
      <Line name="File size" value={bytes(m.sizeBytes)} />
      <Line name="Format" value={m.format} />
      <Line name="Taken" value={m.takenAt.replace("T", " ")} />
      <Line name="Proposed as" value={unaided ? "" : m.reason ? `${m.decision}: ${m.reason}` : m.decision} long />
      <Line name="Defects" value={m.defects.map((d) => d.text || d.name).join("; ")} long />
      <Line name="Suggested tags" value={m.verdict === "reject" ? "" : m.likelyTags.map(wordsOf).join(", ")} long />
      <Line name="Tags" value={m.tags.map(wordsOf).join(", ")} long />
    </>
  );
}
