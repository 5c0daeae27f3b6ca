/** One variant: its picture, its number, what is known about it and what was decided. */
import type { JSX } from "preact";
import type { GroupView, MemberView } from "../bridge.gen";
import { Icon } from "../kit/Icon";
import type { Cell as Box } from "../kit/layout";
import { Picture } from "../kit/Picture";
import { Name, percent, stageName, visible } from "../kit/words";
import { place, type Zoom } from "../kit/zoom";
import { also, focusId } from "./focus";
import { choose } from "./decide";
import { wordsOf } from "./tags";

interface Props {
  group: GroupView;
  member: MemberView;
  number: number;
  cell: Box;
  caption: number;
  zoom: Zoom;
  shown: boolean;
  whole: boolean;
  focused: boolean;
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

export function Cell({ group, member, number, cell, caption, zoom, shown, whole, focused }: Props): JSX.Element {
  const mark = markOf(group, member, shown && also.value.has(member.id));
  const frame = { boxWidth: cell.width, boxHeight: cell.height, width: member.width || 1, height: member.height || 1 };
  const card = member.missing;
  const placed = card ? null : place(zoom.view.value, frame);
  // the outline hugs the picture; the caption keeps a readable width below it
  const top = placed ? Math.max(0, placed.y) : 0;
  const ringWidth = Math.min(cell.width, Math.max(placed?.width ?? cell.width, Math.min(cell.width, 280)));
  const ringHeight = Math.min(cell.height, placed?.height ?? cell.height);
  const left = (cell.width - ringWidth) / 2;
  return (
    <figure
      class="cell"
      data-image={member.id}
      data-focused={focused}
      data-proposed={group.proposed === member.id}
      data-verdict={member.verdict ?? ""}
      data-mark={mark}
      style={{ transform: `translate(${cell.x}px, ${cell.y}px)`, width: `${cell.width}px`, height: `${cell.height + caption}px` }}
      onPointerDown={() => void (focusId.value = member.id)}
    >
      <Picture
        source={member}
        zoom={zoom}
        boxWidth={cell.width}
        boxHeight={cell.height}
        lead={focused}
        fit={shown ? "now" : "ahead"}
        whole={whole}
        label={`${number}: ${visible(member.filename)}, ${MARK_WORDS[mark] || "not decided"}`}
      />
      <Caption {...{ member, number, mark }} compact={cell.height + caption < ROOMY} style={{ left: `${left}px`, width: `${ringWidth}px`, top: `${top + ringHeight}px`, height: `${caption}px` }} />
      <div class="ring" style={{ left: `${left}px`, top: `${top}px`, width: `${ringWidth}px`, height: `${ringHeight + caption}px` }} />
    </figure>
  );
}

interface CaptionProps {
  member: MemberView;
  number: number;
  mark: Mark;
  compact: boolean;
  style: Record<string, string>;
}

function Caption({ member, number, mark, compact, style }: CaptionProps): JSX.Element {
  return (
    <figcaption class="caption" data-compact={compact} style={style}>
      <div class="caption-line">
        <button class="badge" tabIndex={-1} onClick={() => choose(member.id)} aria-label={`Keep image ${number}`}>
          {number}
        </button>
        {compact && <span>{stageName(member.stage)}</span>}
        <Name text={member.filename} />
        <span class="marks">
          {member.flagged && <span class="mark" title="Flagged for a second look" aria-label="Flagged"><Icon name="flag" solid /></span>}
          {mark && <MarkSign mark={mark} />}
        </span>
      </div>
      <div class="caption-line facts dim">
        <span>{stageName(member.stage)}</span>
        <span title="0 to 100 %, from sharpness, exposure and noise">quality {percent(member.quality)}</span>
        {member.width > 0 && <span class="size">{member.width} × {member.height}</span>}
      </div>
      <Why member={member} />
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

function Why({ member }: { member: MemberView }): JSX.Element {
  const doubts = member.defects.map((d) => d.text || d.name);
  const tags = member.tags.map(wordsOf);
  if (doubts.length + tags.length === 0) return <div class="caption-line why dim" title={member.reason}>{member.reason}</div>;
  const text = [...tags, ...doubts].join(" · ");
  return (
    <div class="caption-line why" title={text} data-defects={member.defects.map((d) => d.name).join(" ")}>
      <Icon name="doubt" /> <span class="ellipsis">{text}</span>
    </div>
  );
}
