/** Whole groups by id, fetched before they are needed and kept while they are near. */
import { batch, signal, type Signal } from "@preact/signals";
import { call } from "../bridge";
import type { GroupView } from "../bridge.gen";
import { Latest } from "../kit/latest";

const MOST = 32; // a request's limit
const KEPT = 200;

const groups = new Map<string, Signal<GroupView | null>>();
const asked = new Set<string>();
const old = new Set<string>(); // shown as they were until they are asked for again
const words = new Latest<string>();
/** Decisions on their way, by group: until they are answered the engine knows less than the page. */
export const unanswered = new Map<string, number>();
const hearers: ((group: GroupView) => void)[] = [];

export const onGroup = (hear: (group: GroupView) => void): number => hearers.push(hear);

export function groupSignal(id: string): Signal<GroupView | null> {
  let known = groups.get(id);
  if (!known) groups.set(id, (known = signal<GroupView | null>(null)));
  return known;
}

export const groupNow = (id: string): GroupView | null => groups.get(id)?.peek() ?? null;

/** What a key made of it. */
export function putByHand(group: GroupView): void {
  words.say(group.id);
  putGroup(group);
}

export function putGroup(group: GroupView): void {
  old.delete(group.id);
  groupSignal(group.id).value = group;
  for (const hear of hearers) hear(group);
}

/** Fetch these groups (only unknown ones unless `again`); answers those that exist. */
export async function fetchGroups(ids: string[], again = false): Promise<GroupView[]> {
  const wanted = ids.filter((id) => again || ((groupNow(id) === null || old.has(id)) && !asked.has(id))).slice(0, MOST);
  if (wanted.length) {
    const last = words.ask(wanted);
    const news = (id: string): boolean => last(id) && !unanswered.has(id);
    wanted.forEach((id) => asked.add(id));
    try {
      const answer = await call("cull.groups", { ids: wanted });
      batch(() => {
        answer.groups.forEach((g) => (news(g.id) || groupNow(g.id) === null) && putGroup(g));
        const there = new Set(answer.groups.map((g) => g.id));
        for (const id of wanted) if (!there.has(id) && news(id)) forget(id);
      });
    } finally {
      wanted.forEach((id) => asked.delete(id));
    }
  }
  return ids.map(groupNow).filter((g): g is GroupView => g !== null);
}

/** True while a request for this group is under way. */
export const isAsked = (id: string): boolean => asked.has(id);

/** Forget groups that are far from here. */
export function forgetFar(near: ReadonlySet<string>): void {
  if (groups.size <= KEPT) return;
  for (const id of [...groups.keys()]) {
    if (near.has(id)) continue;
    groups.delete(id);
    old.delete(id);
  }
}

/** It is no longer there. */
function forget(id: string): void {
  old.delete(id);
  groupSignal(id).value = null;
}

/** The library changed underneath: these are asked for at once, the others when they come near; none goes blank meanwhile. */
export async function refetchAll(near: readonly string[]): Promise<void> {
  for (const [id, group] of groups) if (group.peek()) old.add(id);
  await fetchGroups([...near], true);
}
