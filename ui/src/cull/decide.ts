/** Decisions on a group: shown at once, sent in order, taken back on screen if the engine refuses. */
import { batch, signal } from "@preact/signals";
import type { GroupView, MemberView, Verdict } from "../bridge.gen";
import { mayWrite, mutate } from "../mutate";
import { say } from "../state";
import { blind } from "./learned";
import { decidedNow } from "./pace";
import { goToGroup, onward } from "./place";
import { current, which } from "./queue";
import { fetchGroups, groupNow, putByHand, unanswered } from "./groups";
import { also, focusId } from "./focus";

interface Tagging {
  groupId: string;
  images: number[];
  tags: ReadonlySet<string>;
  /** Of these, what the detectors ticked and the person has not touched; nobody's decision before they confirm. */
  suggested: ReadonlySet<string>;
}

/** The tag strip: which images are being rejected, and what for. */
export const tagging = signal<Tagging | null>(null);

interface Wish {
  before: GroupView;
  after: GroupView;
  name: "cull.pick" | "cull.reject" | "cull.reopen" | "cull.flag" | "crop.send";
  fields: Record<string, unknown>;
}

async function decide({ before, after, name, fields }: Wish): Promise<void> {
  const id = before.id;
  putByHand(after);
  unanswered.set(id, (unanswered.get(id) ?? 0) + 1);
  await mutate(name, fields as never, { own: "cull", rollback: () => putByHand(before), goThere: () => void goToGroup(id) });
  const waiting = (unanswered.get(id) ?? 1) - 1;
  if (waiting) unanswered.set(id, waiting);
  else {
    unanswered.delete(id);
    await fetchGroups([id], true).catch(() => undefined); // the engine's word on what was decided
  }
}

const withVerdicts = (group: GroupView, verdict: (m: MemberView) => Verdict | null): MemberView[] =>
  group.members.map((m) => ({ ...m, verdict: verdict(m) }));

function pick(group: GroupView, winner: number, extra: number[]): void {
  const chosen = [winner, ...extra];
  const members = withVerdicts(group, (m) => (chosen.includes(m.id) ? "keep" : m.verdict === "reject" ? "reject" : "alternate"));
  const after: GroupView = { ...group, status: "decided", chosen, members };
  void decide({ before: group, after, name: "cull.pick", fields: { groupId: group.id, winner, also: extra } });
}

/** Keep this image (and those marked "also keep") and go on. */
export function choose(id: number): void {
  const group = current.peek();
  if (!group?.members.some((m) => m.id === id) || !mayWrite()) return;
  const extra = [...also.peek()].filter((a) => a !== id);
  const fresh = group.status === "review";
  batch(() => {
    pick(group, id, extra);
    if (fresh) decidedNow();
    onward();
  });
}

const CHOOSE = "Choose one of them first: this group was drawn to measure, so none is proposed.";

/** Keep what is focused; on a group already decided that way, just go on. */
export function accept(): void {
  const group = current.peek();
  const id = focusId.peek();
  if (!group) return;
  const [marked] = also.peek();
  if (id === null) return marked === undefined ? say(CHOOSE) : choose(marked);
  const meantAnew = which.peek() === "doubted"; // who keeps what is doubted says so once more
  if (group.status === "decided" && group.chosen.includes(id) && also.peek().size === 0 && !meantAnew) onward();
  else choose(id);
}

/** Mark or unmark "also keep"; on a group already decided the decision changes at once. */
export function toggleAlso(id: number): void {
  const group = current.peek();
  if (!group) return;
  if (group.status === "decided" && group.chosen.length > 0) {
    const chosen = group.chosen.includes(id) ? group.chosen.filter((c) => c !== id) : [...group.chosen, id];
    const [winner, ...extra] = chosen;
    if (winner !== undefined) pick(group, winner, extra);
    return;
  }
  const next = new Set(also.peek());
  if (!next.delete(id)) next.add(id);
  also.value = next;
}

export function startReject(all: boolean): void {
  const group = current.peek();
  const id = focusId.peek();
  if (!group || !mayWrite()) return;
  if (!all && id === null) return say(CHOOSE);
  const members = group.members.filter((m) => all || m.id === id);
  const known = all ? [] : members.flatMap((m) => m.tags);
  const said = members.some((m) => m.verdict === "reject"); // then the person has answered already
  const suggested = new Set(said ? [] : (members[0]?.likelyTags ?? []).filter((t) => !known.includes(t) && members.every((m) => m.likelyTags.includes(t))));
  tagging.value = { groupId: group.id, images: members.map((m) => m.id), tags: new Set([...known, ...suggested]), suggested };
}

export function toggleTag(name: string): void {
  const now = tagging.peek();
  if (!now) return;
  const tags = new Set(now.tags);
  if (!tags.delete(name)) tags.add(name);
  tagging.value = { ...now, tags, suggested: new Set([...now.suggested].filter((t) => t !== name)) };
}

/** Reject with the tags shown. When nothing is left to choose from, go on; else stay and put the focus on the next best. */
export function confirmReject(): void {
  const now = tagging.peek();
  const group = now && groupNow(now.groupId);
  tagging.value = null;
  if (!now || !group) return;
  const tags = [...now.tags];
  const gone = new Set(now.images);
  const members = group.members.map((m) => (gone.has(m.id) ? { ...m, verdict: "reject" as const, tags } : m));
  const rest = members.filter((m) => m.verdict !== "reject");
  const chosen = group.chosen.filter((id) => !gone.has(id));
  const proposed = blind(group) ? null : rest.find((m) => !m.missing)?.id ?? null;
  const status = rest.length === 0 ? "rejected" : chosen.length > 0 ? group.status : "review";
  const after: GroupView = { ...group, members, chosen, proposed, status };
  batch(() => {
    void decide({ before: group, after, name: "cull.reject", fields: { groupId: group.id, images: now.images, tags } });
    also.value = new Set([...also.peek()].filter((id) => !gone.has(id)));
    if (rest.length === 0) {
      decidedNow();
      onward();
    } else {
      focusId.value = proposed ?? (blind(group) && rest.length > 1 ? null : rest[0]?.id ?? null);
    }
  });
}

export function reopen(): void {
  const group = current.peek();
  if (!group) return;
  const members = withVerdicts(group, () => null).map((m) => ({ ...m, tags: [] }));
  const after: GroupView = { ...group, status: "review", chosen: [], members };
  void decide({ before: group, after, name: "cull.reopen", fields: { groupId: group.id } });
}

export function flag(): void {
  const group = current.peek();
  const id = focusId.peek();
  const member = group?.members.find((m) => m.id === id);
  if (!group || !member) return;
  const members = group.members.map((m) => (m.id === id ? { ...m, flagged: !m.flagged } : m));
  void decide({ before: group, after: { ...group, members }, name: "cull.flag", fields: { imageId: member.id, on: !member.flagged } });
}

/** Send the focused image to be cropped before others, or take it back. */
export function sendToCrop(): void {
  const group = current.peek();
  const member = group?.members.find((m) => m.id === focusId.peek());
  if (!group || !member || !mayWrite()) return;
  const on = !member.toCrop;
  const members = group.members.map((m) => (m.id === member.id ? { ...m, toCrop: on } : m));
  void decide({ before: group, after: { ...group, members }, name: "crop.send", fields: { image: member.id, on } });
}
