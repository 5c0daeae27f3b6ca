/** Clear groups, a window full at a time: the recommended image large, the others small, and how sure that is. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { AskItem, MemberView } from "../../bridge.gen";
import { CommandButton } from "../../kit/CommandButton";
import { Empty } from "../../kit/Empty";
import { Icon } from "../../kit/Icon";
import { useSize } from "../../kit/size";
import { count, Name, percent, some, visible } from "../../kit/words";
import { runCommand } from "../../commands";
import { groupSignal } from "../groups";
import { learnedWords } from "../learned";
import { least, loaded } from "../queue";
import { focusAt, focusedOnPage, leftOver, out, page, shape, taken } from "./state";
import "./style.css";

const size = signal({ width: 0, height: 0 });
const CELL = 19; // rem: least width of a group
const ROW = 15; // and height
const OTHERS = 4; // shown small
const rem = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

const idOf = (item: AskItem): string => `clear-${item.group.id}`;

export function Page(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useSize(box, size);
  useLayoutEffect(() => box.current?.focus({ preventScroll: true }), []); // the keys are heard anywhere; what they are on is told here
  const { width, height } = size.value;
  const columns = Math.max(1, Math.floor(width / (CELL * rem())));
  const rows = Math.max(1, Math.floor(height / (ROW * rem())));
  useEffect(() => {
    if (width > 0) shape.value = { columns, rows };
  }, [columns, rows, width > 0]);
  const { columns: across, rows: down } = shape.value;
  return (
    <div class="obvious" data-testid="obvious">
      <Bar />
      <div class="obvious-grid" ref={box} role="listbox" tabIndex={0} aria-multiselectable aria-label="Clear groups" aria-activedescendant={focusedOnPage.value ? idOf(focusedOnPage.value) : undefined} style={{ gridTemplateColumns: `repeat(${across}, 1fr)`, gridTemplateRows: `repeat(${down}, 1fr)` }}>
        {page.value.map((item, i) => <Card key={item.group.id} item={item} index={i} on={i === Math.min(focusAt.value, page.value.length - 1)} />)}
      </div>
      {loaded.value && page.value.length === 0 && <Done />}
    </div>
  );
}

function Bar(): JSX.Element {
  const left = leftOver.value;
  return (
    <div class="obvious-bar">
      <span>
        {loaded.value ? <><b data-testid="clear">{count(left.clear)}</b> {left.clear === 1 ? "group is" : "groups are"}</> : "Groups that are"} at least <b>{percent(least.value)}</b> sure
        {left.aside > 0 && <span class="dim"> · {count(left.aside)} left for later</span>}
      </span>
      <span class="spring" />
      <CommandButton command="obvious.lessSure">Less sure</CommandButton>
      <CommandButton command="obvious.surer">Surer</CommandButton>
      {page.value.length > 0 && <CommandButton command="obvious.accept" primary>{taken.value.length ? `Accept ${some(taken.value.length, "group")}` : "Go on"}</CommandButton>}
    </div>
  );
}

function Done(): JSX.Element {
  const left = leftOver.value;
  const text = left.aside > 0 ? `${some(left.aside, "group")} left for later: ${left.aside === 1 ? "it is" : "they are"} among those that need you.` : "Lower the bound with [ to see less sure ones.";
  return <Empty title={`Nothing else is ${percent(least.value)} sure`} text={text} command="cull.plainOrder" />;
}

function Card({ item, index, on }: { item: AskItem; index: number; on: boolean }): JSX.Element {
  const away = out.value.has(item.group.id);
  const members = groupSignal(item.group.id).value?.members ?? [];
  const winner = members.find((m) => m.id === item.image);
  const wide = winner !== undefined && winner.width > 1.2 * winner.height;
  const others = members.filter((m) => m.id !== item.image && m.verdict !== "reject");
  return (
    <div
      class="clear"
      id={idOf(item)}
      role="option"
      aria-selected={!away}
      aria-label={`${visible(item.filename)}, ${learnedWords(item)}, of ${some(item.group.size, "image")}${away ? ", taken out" : ""}`}
      data-clear={item.group.id}
      data-image={item.image}
      data-focused={on}
      data-out={away}
      title={learnedWords(item)}
      onClick={() => void (focusAt.value = index)}
      onDblClick={() => { focusAt.value = index; runCommand("obvious.look"); }}
    >
      <div class="clear-pictures" data-wide={wide}>
        <div class="clear-winner">
          <Thumb url={item.thumbUrl} />
          {away && <strong class="clear-out">Left for later</strong>}
        </div>
        <div class="clear-others" data-count={Math.min(others.length, OTHERS)}>
          {others.slice(0, OTHERS).map((m: MemberView) => <div class="clear-other" key={m.id} style={{ aspectRatio: `${m.width || 1} / ${m.height || 1}` }}><Thumb url={m.thumbUrl} /></div>)}
        </div>
      </div>
      <div class="clear-line">
        <b>{percent(item.confidence)}</b>
        <Name text={item.filename} tail={10} />
        {item.differs && <span class="clear-differs" title="By stage and quality another would be kept">not the proposal</span>}
      </div>
      <div class="clear-line dim"><span class="ellipsis">{learnedWords(item).replace(/^learned: [^,]*(, )?/, "")}</span>{others.length > OTHERS && <span class="clear-more">{count(others.length - OTHERS)} more</span>}</div>
    </div>
  );
}

function Thumb({ url }: { url: string }): JSX.Element {
  return url ? <img src={url} alt="" draggable={false} decoding="async" /> : <span class="dim tile-none"><Icon name="gone" /> no preview</span>;
}
