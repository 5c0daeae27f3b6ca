/** The plots, each with what makes it begin. */
import type { JSX } from "preact";
import { Plot } from "../kit/Plot";
import { count, percent, some } from "../kit/words";
import { gateOf, insight } from "./data";
import { actions, day, learned, seconds, share, sure } from "./words";

const SHARES = [0, 1] as const;
const CROPS = "Decide crops with a proposal on the Crop screen; every day of it is a point.";
const HIGH = [0.8, 1] as const; // where a target is near all
const dashes = (target: number | undefined): string => (target === undefined ? "" : ` (dashes: ${percent(target)})`);

export function Plots(): JSX.Element | null {
  const found = insight.value;
  if (!found) return null;
  const [winner, crop] = [gateOf("winner")?.target, gateOf("crop")?.target];
  const most = Math.max(4, ...found.actions.map((p) => p.y));
  return (
    <div class="plots">
      <Plot name="agreement" title="Agreement" text={`Random checks in which you chose the recommended image${dashes(winner)}`} points={found.agreement} range={HIGH}
        formatX={(x) => some(x, "check")} formatY={percent} describe={share("check")} target={winner}
        empty="Decide groups in Cull: those drawn by chance are asked without a recommendation, and counted here." />
      <Plot name="calibration" title="Confidence" text="How often it was right against how sure it was; dashes: as it should be" points={found.calibration} range={SHARES} xRange={SHARES}
        formatX={(x) => `${percent(x)} sure`} formatY={percent} describe={sure} diagonal empty="Random checks show whether 90 % sure means right nine times of ten." />
      <Plot name="learning" title="Learning" text="Held-out pairs right, by the pairs learned from" points={found.learning} range={[0.5, 1]}
        formatX={(x) => `${count(x)} pairs`} formatY={percent} describe={learned} empty="Every model that is learned is a point here. Decide on, or learn now." />
      <Plot name="ask_rate" title="Asked" text="The share of decided groups that you decided one at a time" points={found.askRate} range={SHARES}
        formatX={day} formatY={percent} describe={share("group")} empty="Decide groups in Cull; every day of it is a point." />
      <Plot name="accept_rate" title="Crops accepted" text={`Proposals taken without a nudge${dashes(crop)}`} points={found.acceptRate} range={HIGH}
        formatX={day} formatY={percent} describe={share("crop")} target={crop} empty={CROPS} />
      <Plot name="queue_mix" title="Easy crops" text="The share of sure proposals among those shown" points={found.queueMix} range={SHARES}
        formatX={day} formatY={percent} describe={share("crop")} empty={CROPS} />
      <Plot name="actions" title="Actions an image" text="Keys and drags until a crop is decided; it should fall" points={found.actions} range={[0, most]}
        formatX={day} formatY={(y) => y.toFixed(y < 10 && y % 1 ? 1 : 0)} describe={actions} empty={CROPS} />
      <Plot name="saved" title="Time saved" text="Seconds per 100 images against those you cropped without help" points={found.saved} range={[0, 60]}
        formatX={day} formatY={(y) => `${Math.round(y)} s`} describe={seconds} empty="Turn on “Measure without help” in the settings: every 20th crop is then shown without proposals, to compare with." />
    </div>
  );
}
