/** One variant: its picture, its number, what is known about it and what was decided. */
import type { JSX } from "preact";
import type { GroupView, MemberView } from "../bridge.gen";
import { Cell as Framed, type Lying, type Style } from "../kit/Cell";
import { Cropped } from "../kit/Cropped";
import { Icon } from "../kit/Icon";
import { Name, percent, stageName, visible } from "../kit/words";
import { also, focusId } from "./focus";
import { choose } from "./decide";
import { blind, learnedImage, learnedWords } from "./learned";
import { wordsOf } from "./tags";

interface Props extends Lying {
  group: GroupView;
  member: MemberView;
}

/** Cells lower than this show two lines below the picture, not three. */
export const ROOMY = 400;

type Mark = "keep" | "also" | "proposed" | "alternate" | "reject" | "";

function markOf(group: GroupView, m: MemberView, alsoKept: boolean): Mark {
  if (m.verdict === "reject") return "reject";
  if (group.chosen.includes(m.id)) return "keep";
  if (alsoKept) return "also";
  if (group.proposed === m.id && group.status !== "decided") return "proposed";
  return m.verdict === "alternate" ? "alternate" : "";
}

const MARK_WORDS: Record<Mark, string> = {
  keep: "Kept", also: "Also keep", proposed: "Proposed", alternate: "Alternate", reject: "Rejected", "": "",
};

export function Cell({ group, member, ...lying }: Props): JSX.Element {
  const { number, shown, cell, caption } = lying;
  const mark = markOf(group, member, shown && also.value.has(member.id));
  const learned = learnedImage(group) === member.id && group.recommended ? learnedWords(group.recommended) : "";
  return (
    <Framed
      {...lying}
      image={member}
      mark={mark}
      label={`${number}: ${visible(member.filename)}, ${MARK_WORDS[mark] || "not decided"}${member.cropped ? ", cropped" : ""}${member.toCrop ? ", to be cropped" : ""}${learned && `, ${learned}`}`}
      below={(style) => <Caption {...{ member, number, mark, style, learned }} unaided={blind(group)} compact={cell.height + caption < ROOMY} />}
      figure={{ "data-proposed": group.proposed === member.id, "data-verdict": member.verdict ?? "", "data-learned": learned !== "" }}
      focus={() => void (focusId.value = member.id)}
    />
  );
}

interface CaptionProps {
  member: MemberView;
  number: number;
  mark: Mark;
  compact: boolean;
  style: Style;
  learned: string; // what was learned says of it, where it would keep it
  unaided: boolean; // drawn to measure: no figure leads the eye
}

function Caption({ member, number, mark, compact, style, learned, unaided }: CaptionProps): JSX.Element {
  return (
    <figcaption class="caption" data-compact={compact} style={style}>
      <div class="caption-line">
        <button class="badge" tabIndex={-1} onClick={() => choose(member.id)} aria-label={`Keep image ${number}`}>
          {number}
        </button>
        {compact && member.stage !== null && <span>{stageName(member.stage)}</span>}
        <Name text={member.filename} />
        <span class="marks">
          <Cropped image={member} />
          {member.toCrop && <span class="cropped" title="You sent it to be cropped" data-to-crop>To crop</span>}
          {member.flagged && <span class="mark" title="Flagged for a second look" aria-label="Flagged"><Icon name="flag" solid /></span>}
          {learned && mark !== "proposed" && <span class="mark mark-learned">Learned</span>}
          {mark && <MarkSign mark={mark} />}
        </span>
      </div>
      <div class="caption-line facts dim">
        <span>{stageName(member.stage)}</span>
        {!unaided && <span title="0 to 100 %, from sharpness, exposure and noise">quality {percent(member.quality)}</span>}
        {member.width > 0 && <span class="size">{member.width} × {member.height}</span>}
      </div>
      <Why member={member} learned={learned} />
    </figcaption>
  );
}

function MarkSign({ mark }: { mark: Exclude<Mark, ""> }): JSX.Element {
  const icon = mark === "reject" ? "cross" : mark === "alternate" ? "same" : mark === "also" ? "more" : mark === "keep" ? "check" : null;
  return (
    <span class={`mark mark-${mark}`}>
      {icon && <Icon name={icon} />} {MARK_WORDS[mark]}
    </span>
  );
}

function Why({ member, learned }: { member: MemberView; learned: string }): JSX.Element {
  const doubts = member.defects.map((d) => d.text || d.name);
  const tags = member.tags.map(wordsOf);
  if (doubts.length + tags.length === 0) {
    const text = [learned, member.reason].filter(Boolean).join(" · ");
    return <div class="caption-line why dim" title={text}>{text}</div>;
  }
  const text = [learned, ...tags, ...doubts].filter(Boolean).join(" · ");
  return (
    <div class="caption-line why" title={text} data-defects={member.defects.map((d) => d.name).join(" ")}>
      <Icon name="doubt" /> <span class="ellipsis">{text}</span>
    </div>
  );
}
