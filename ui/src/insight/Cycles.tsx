/** Answers that contradict each other, in pictures: circles as they go round, and comparisons that the others speak against. */
import { Fragment, type JSX } from "preact";
import type { Contradiction, ContradictingImage } from "../bridge.gen";
import { CommandButton } from "../kit/CommandButton";
import { Icon } from "../kit/Icon";
import { percent, some, visible } from "../kit/words";
import { askAgain } from "../rank/again";
import { found, idsOf } from "./contradictions";
import "./cycles.css";

const SHOWN = 6; // the others are asked all the same

export function Cycles(): JSX.Element | null {
  const told = found.value;
  if (!told || told.total + told.groups === 0) return null;
  const more = told.total - Math.min(SHOWN, told.items.length);
  return (
    <section class="cycles" aria-label="Answers that contradict each other" data-testid="contradictions">
      <header>
        <h2>Answers that contradict each other</h2>
        <div class="row">
          {told.groups > 0 && <CommandButton command="insight.doubted">{some(told.groups, "group")} in Cull</CommandButton>}
          {told.total > 0 && <CommandButton command="insight.again">Answer again</CommandButton>}
        </div>
      </header>
      {told.total > 0 && (
        <ul class="cycles-list">
          {told.items.slice(0, SHOWN).map((one) => <li key={idsOf(one).join("-")}><Round one={one} /></li>)}
        </ul>
      )}
      {more > 0 && <p class="dim">{some(more, "more comes", "more come")} after these.</p>}
    </section>
  );
}

/** One of them: a click asks it again. */
function Round({ one }: { one: Contradiction }): JSX.Element {
  const [first] = one.images;
  const names = one.images.map((image) => visible(image.filename));
  const said = words(one);
  return (
    <button class="cycle" data-kind={one.kind} data-images={idsOf(one).join(" ")} aria-label={`${names.join(" before ")}: ${said}. Answer again`} title={names.join(" > ")} onClick={() => void askAgain([idsOf(one)])}>
      <span class="cycle-row">
        {one.images.map((image, i) => <Fragment key={image.id}>{i > 0 && <Before />}<Thumb image={image} /></Fragment>)}
        {one.kind === "circle" && first && <><Before /><Thumb image={first} again /></>}
      </span>
      <span class="cycle-words dim">{said}</span>
    </button>
  );
}

function words(one: Contradiction): string {
  if (one.kind === "match") return `you chose the left, your others say the right: ${percent(one.against)}`;
  return one.images.length === 2 ? "you answered both ways" : "each before the next, the last before the first";
}

const Before = (): JSX.Element => <span class="cycle-before" aria-hidden="true"><Icon name="away" /></span>;

function Thumb({ image, again = false }: { image: ContradictingImage; again?: boolean }): JSX.Element {
  return image.thumbUrl
    ? <img class="cycle-thumb" data-again={again} src={image.thumbUrl} alt="" decoding="async" draggable={false} />
    : <span class="cycle-thumb dim" data-again={again}><Icon name="gone" /></span>;
}
