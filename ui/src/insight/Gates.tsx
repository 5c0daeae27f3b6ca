/** The gates as three plain cards: what the record says, what is missing, and what an open one allows. */
import type { JSX } from "preact";
import type { Gate } from "../bridge.gen";
import { CommandButton } from "../kit/CommandButton";
import { Icon } from "../kit/Icon";
import { toggleGate } from "./commands";
import { insight } from "./data";
import { certain, GATES, ready, recordOf, standing } from "./words";

export function Gates(): JSX.Element {
  return (
    <div class="gates">
      {(insight.value?.gates ?? []).map((gate, i) => <Card key={gate.kind} gate={gate} number={i + 1} />)}
    </div>
  );
}

function Card({ gate, number }: { gate: Gate; number: number }): JSX.Element {
  const words = GATES[gate.kind];
  return (
    <section class="gate" data-gate={gate.kind} data-open={gate.open} data-shut={gate.shut} aria-label={words.title}>
      <header>
        <strong class="gate-title">{words.title}</strong>
        <span class="gate-state"><Icon name={gate.open ? "check" : "cross"} /> {gate.open ? "Open" : "Shut"}</span>
      </header>
      <p class="dim gate-text">{words.text}</p>
      <Rail gate={gate} />
      <p>{recordOf(gate)}</p>
      <p class="gate-do">{gate.ready > 0 && gate.kind !== "residual" ? <Bulk gate={gate} /> : <span class="dim" data-testid="missing">{standing(gate)}</span>}</p>
      <p><button data-shut={gate.kind} onClick={() => void toggleGate(gate.kind)}>{gate.shut ? "Leave it to its record" : "Keep it shut"} <kbd>{number}</kbd></button></p>
    </section>
  );
}

function Bulk({ gate }: { gate: Gate }): JSX.Element {
  const [command, verb] = gate.kind === "crop" ? ["insight.promoteCrops", "Accept"] : ["insight.promote", "Decide"];
  return <CommandButton command={command} primary>{verb} {ready(gate)} at once</CommandButton>;
}

/** The bound against the target, on a scale that begins where guessing does. */
function Rail({ gate }: { gate: Gate }): JSX.Element {
  const from = 0.5;
  const place = (share: number): string => `${(100 * Math.max(0, share - from)) / (1 - from)}%`;
  const words = certain(gate);
  return (
    <div class="gate-rail" role="meter" aria-valuemin={0} aria-valuemax={100} aria-valuenow={100 * gate.lower95} aria-valuetext={words} aria-label="What is certain">
      <div class="gate-bar"><i style={{ width: place(gate.lower95) }} /><b style={{ left: place(gate.target) }} /></div>
      <span class="dim">{words}</span>
    </div>
  );
}
