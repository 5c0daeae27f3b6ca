/** One image of a group: its picture, whether it stays or goes and why, and what differs. */
import type { JSX } from "preact";
import type { CopiesView, CopyView } from "../bridge.gen";
import { Cell as Framed, type Lying, type Style } from "../kit/Cell";
import { Cropped } from "../kit/Cropped";
import { Icon } from "../kit/Icon";
import { capital, Name, visible } from "../kit/words";
import { groups } from "./copies";
import { digit } from "./decide";
import { factsOf } from "./facts";
import { focusOn } from "./focus";
import { LINE, type Shape } from "./layout";

interface Props extends Lying {
  group: CopiesView;
  member: CopyView;
  shape: Shape;
}

type Mark = "stays" | "goes" | "aside" | "apart";
const MARK_WORDS: Record<Mark, string> = { stays: "Stays", goes: "Goes", aside: "Set aside", apart: "No duplicate" };

function markOf(group: CopiesView, m: CopyView): Mark {
  const done = groups.done.value.get(group.id);
  if (done === "apart") return "apart";
  if (m.stays) return "stays";
  return done === "accepted" ? "aside" : "goes";
}

export function Cell({ group, member, shape, ...lying }: Props): JSX.Element {
  const mark = markOf(group, member);
  const { number } = lying;
  return (
    <Framed
      {...lying}
      image={{ ...member, missing: false }}
      mark={mark}
      label={`${number}: ${visible(member.filename)}, ${MARK_WORDS[mark]}`}
      below={(style) => <Caption {...{ group, member, shape, number, mark, style }} />}
      figure={{ class: "cell copy", "data-number": number, "data-flipped": member.flipped }}
      focus={() => focusOn(member.id)}
    />
  );
}

/** Against the rule: a person's word, and what the rule had said. */
const whyOf = (m: CopyView): string => (m.flipped ? `You said so; the rule: ${visible(m.reason)}` : capital(visible(m.reason)));

interface CaptionProps {
  group: CopiesView;
  member: CopyView;
  shape: Shape;
  number: number;
  mark: Mark;
  style: Style;
}

function Caption({ group, member, shape, number, mark, style }: CaptionProps): JSX.Element {
  const facts = factsOf(member, group.members);
  const shown = facts.slice(0, shape.rows * shape.across);
  return (
    <figcaption class="caption copy-caption" style={style} title={facts.map((f) => f.text).filter(Boolean).join(" · ")}>
      <div class="caption-line">
        <button class="badge" tabIndex={-1} onClick={() => digit(member.id)} aria-label={`Image ${number}: stay or go`}>{number}</button>
        <Name text={member.filename} tail={shape.across > 1 ? 14 : 8} />
        <span class="marks">
          <Cropped image={member} />
          {member.flipped && !shape.narrow && <span class="dim" title="You said so, against the rule">by you</span>}
          <span class={`mark mark-${mark}`} title={MARK_WORDS[mark]}>{mark === "stays" ? <Icon name="check" /> : mark === "apart" ? <Icon name="same" /> : <Icon name="away" />} {!shape.narrow && MARK_WORDS[mark]}</span>
        </span>
      </div>
      {shape.rows > 0 && (
        <div class="copy-facts" style={{ gridTemplateColumns: `repeat(${shape.across}, minmax(0, 1fr))`, height: `${LINE * shape.rows}rem` }}>
          {shown.map((f) => <span key={f.name} class={f.best ? "fact best" : "fact"} data-fact={f.name} title={f.text && `${f.help}: ${f.text}`}>{f.text}</span>)}
        </div>
      )}
      {shape.why > 0 && <p class="copy-why dim" style={{ height: `${LINE * shape.why}rem`, WebkitLineClamp: String(shape.why) }} title={whyOf(member)}>{whyOf(member)}</p>}
    </figcaption>
  );
}
