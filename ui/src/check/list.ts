/** What waits to be asked: a list for each tag and one of all, read a page at a time, and how the tags stand. */
import { batch, computed, signal } from "@preact/signals";
import { call } from "../bridge";
import type { Check, CheckTag } from "../bridge.gen";
import { TAGS } from "../cull/tags";
import { Worklist } from "../duplicates/worklist";
import { complain, status } from "../state";

export type Said = "yes" | "no";
/** One question: an image may show what a tag names. */
export interface Doubt extends Check {
  id: string; // of the image and the tag
}

const PAGE = 100;
const NEAR = 60; // questions before the end of what was read
const FURTHEST = 20; // pages that are read to find one image

export const ALL = "";
export const tag = signal<string>(ALL);
export const tags = signal<readonly CheckTag[]>([]);
export const looked = signal(0); // images
export const asked = signal(false); // the engine has answered once

const lists = new Map<string, Worklist<Doubt, Said>>();

export const idOf = (image: number, name: string): string => `${image}/${name}`;

export function listOf(name: string): Worklist<Doubt, Said> {
  let list = lists.get(name);
  if (!list) lists.set(name, (list = new Worklist<Doubt, Said>((offset, limit) => read(name, offset, limit), PAGE)));
  return list;
}

export const list = computed(() => listOf(tag.value));
export const current = computed(() => list.value.current.value);
export const finished = computed(() => list.value.loaded.value && list.value.index.value >= list.value.items.value.length);

/** What was said of it, where it was answered since the list was read. */
export const saidOf = (doubt: Doubt): Said | null => list.value.done.value.get(doubt.id) ?? null;

async function read(name: string, offset: number, limit: number): Promise<{ total: number; items: Doubt[] } | null> {
  if (!status.peek()) return null;
  const before = counter;
  const page = await call("check.list", { tag: name, offset, limit });
  batch(() => {
    if (counter === before) tags.value = page.tags; // else they are as they were before the answer, and read again
    looked.value = page.looked;
    asked.value = true;
  });
  return { total: page.total, items: page.items.map((c) => ({ ...c, id: idOf(c.image, c.tag) })) };
}

// ---- answers

interface Answer {
  id: string;
  tag: string;
  said: Said;
  before: Said | null;
}

/** Every answer given here, oldest first, and those taken back, for Undo and Redo. */
const given: Answer[] = [];
const takenBack: Answer[] = [];
let counter = 0; // answers ever given

const waits = (said: Said | null): number => (said === null ? 1 : 0);
const counts = (said: Said | null, which: Said): number => (said === which ? 1 : 0);

function shift(name: string, from: Said | null, to: Said | null): void {
  tags.value = tags.peek().map((t) =>
    t.tag !== name
      ? t
      : {
          ...t,
          waiting: Math.max(0, t.waiting + waits(to) - waits(from)),
          yes: Math.max(0, t.yes + counts(to, "yes") - counts(from, "yes")),
          no: Math.max(0, t.no + counts(to, "no") - counts(from, "no")),
        },
  );
}

export function note(doubt: Doubt, said: Said): () => void {
  const own = list.peek();
  const answer: Answer = { id: doubt.id, tag: doubt.tag, said, before: own.done.peek().get(doubt.id) ?? null };
  const put = (now: Said | null): void => (now ? own.mark(doubt.id, now) : own.unmark(doubt.id));
  counter += 1;
  given.push(answer);
  takenBack.length = 0;
  batch(() => {
    put(said);
    shift(doubt.tag, answer.before, said);
  });
  return () => {
    given.splice(given.indexOf(answer), 1);
    batch(() => {
      put(answer.before);
      shift(doubt.tag, said, answer.before);
    });
  };
}

/** The answer that Undo or Redo was about, its mark set anew; null where it was not given in this window. */
export function turned(image: number, redo: boolean): Answer | null {
  const [from, to] = redo ? [takenBack, given] : [given, takenBack];
  const at = from.findLastIndex((a) => a.id.startsWith(`${image}/`));
  const [answer] = at < 0 ? [] : from.splice(at, 1);
  if (!answer) return null;
  to.push(answer);
  const now = redo ? answer.said : answer.before;
  for (const own of lists.values()) {
    if (now === null) own.unmark(answer.id);
    else if (own.items.peek().some((d) => d.id === answer.id)) own.mark(answer.id, now);
  }
  return answer;
}

// ---- reading

/** Read the list anew, staying at `stay`, else where the person is. What is answered meanwhile stays answered. */
export async function reload(stay?: string): Promise<void> {
  const own = list.peek();
  const before = counter;
  try {
    await own.reload(stay);
    for (const answer of counter > before ? given.slice(before - counter) : []) own.mark(answer.id, answer.said);
    if (counter > before) await reload();
  } catch (error) {
    complain(error);
  }
}

/** Read on when the end of what was read comes near. */
export async function readOn(last = list.peek().index.peek()): Promise<void> {
  if (last > list.peek().items.peek().length - NEAR) await list.peek().more().catch(complain);
}

/** Where the list has it; reads on for a while where it was not read yet. -1 where it is not. */
export async function find(wanted: (doubt: Doubt) => boolean): Promise<number> {
  const own = list.peek();
  for (let page = 0; page < FURTHEST; page++) {
    const before = own.items.peek().length;
    const at = own.items.peek().findIndex(wanted);
    if (at >= 0) return at;
    await own.more().catch(complain);
    if (own.items.peek().length === before) return -1;
  }
  return -1;
}

// ---- the tags at the side

const isEmpty = (t: CheckTag): boolean => t.waiting + t.yes + t.no === 0 && !t.learned;
const placeOfTag = (name: string): number => TAGS.findIndex((t) => t.name === name);

/** Those with something to tell, in the order of Cull's tags; then the rest. */
export const shownTags = computed(() => {
  const sorted = [...tags.value].sort((a, b) => placeOfTag(a.tag) - placeOfTag(b.tag));
  return { full: sorted.filter((t) => !isEmpty(t)), empty: sorted.filter(isEmpty) };
});

const sum = (of: (t: CheckTag) => number): number => tags.value.reduce((all, t) => all + of(t), 0);
export const together = computed(() => ({ waiting: sum((t) => t.waiting), yes: sum((t) => t.yes), no: sum((t) => t.no) }));
