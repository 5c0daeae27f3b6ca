// Written by build/bridge_types.py from engine/wire.py: change that file, then run `build/bridge_types.py`.

export type Link = "copy" | "hard" | "symlink";

export type Screen = "cull" | "export" | "library" | "rank" | "rankings" | "settings" | "sweep";

export type GroupStatus = "auto" | "decided" | "rejected" | "review";

export type Verdict = "alternate" | "keep" | "reject";

export type Decision = "alternate" | "keeper" | "review";

export type Column = "added_at" | "chance" | "comparisons" | "filename" | "folder" | "last_compared_at" | "mu" | "rank" | "score" | "sigma" | "stage" | "strength";

/** Add folders of images and start the cull job over the whole library. */
export interface AddSources {
  paths: string[];
  recursive?: boolean;
}

/** What showing `up` images at once would need to reach the target. */
export interface Advice {
  up: number;
  picksLeft: number | null;
}

export interface CancelJob {
  id: number;
}

/** What a mutation did: the screens that are stale, and where it happened. */
export interface Changed {
  stale: Screen[];
  label: string;
  groupId: string;
  imageId: number;
  match: number[];
  undo: string;
  redo: string;
  needsYou: number;
  decided: number;
}

/** Ask the person for folders with the system's own dialog; an empty list when they cancel. */
export interface ChooseFolder {
  title?: string;
}

/** A native menu item was chosen; `name` is a palette command id. */
export interface CommandEvent {
  type: "command";
  name: string;
}

/** One image of a match. `mu` and `sigma` are OpenSkill's, of the judge in use. */
export interface Contender {
  id: number;
  path: string;
  filename: string;
  url: string;
  thumbUrl: string;
  displayable: boolean;
  missing: boolean;
  width: number;
  height: number;
  stage: number | null;
  groupSize: number;
  flagged: boolean;
  mu: number;
  sigma: number;
  comparisons: number;
  prompt: string;
  negative: string;
  seed: string;
  model: string;
  sampler: string;
}

/** The expected share of the true top N in the shown one, after so many picks. */
export interface CurvePoint {
  picks: number;
  share: number;
}

export interface DefectView {
  name: string;
  text: string;
}

/** These images are equally good: a result, unlike a skip. */
export interface Draw {
  images: number[];
}

/** Folders were dropped on the window. */
export interface DropEvent {
  type: "drop";
  paths: string[];
}

export interface ErrorBody {
  code: string;
  message: string;
  hint: string;
}

/** Write the rankings as CSV; `to` empty means the library's reports/rankings.csv. */
export interface ExportCsv {
  to?: string;
  everyone?: boolean;
}

/** Copy or link every keeper and its companions; `to` empty means the library's exports/approved. */
export interface ExportKeepers {
  to?: string;
  link?: Link;
}

/** Copy or link the best images with their companions: the first `top`, or all that score `min_score` or more. */
export interface ExportRanked {
  top?: number | null;
  minScore?: number | null;
  to?: string;
  link?: Link;
  everyone?: boolean;
}

/** Flag an image for a second look, or take the flag off. */
export interface Flag {
  imageId: number;
  on: boolean;
}

/** Whole groups, in the order asked for; ids that are gone are left out. At most 32. */
export interface GetGroups {
  ids: string[];
}

export interface GetKeepers {
  offset?: number;
  limit?: number;
}

/** The next images to choose from; asked ahead, so that they can be decoded before they are needed. `champion` is an image that must be among them (a pinned champion against challengers); `avoid` are images on screen now, whose match is not decided yet. */
export interface GetMatch {
  up: number;
  champion?: number | null;
  avoid?: number[];
}

export interface GetQuarantine {
  offset?: number;
  limit?: number;
}

/** Groups in working order. `needs` are undecided review groups; `all` has exceptions first. */
export interface GetQueue {
  which?: "all" | "auto" | "decided" | "needs";
  offset?: number;
  limit?: number;
}

/** How far the ranking of the judge in the settings is, or with `everyone` the one that all judges make together. */
export interface GetRankStatus {
  everyone?: boolean;
}

export interface GetRankingFacets {
  everyone?: boolean;
}

/** A page of the table. `text` is looked for in the path and the prompt; empty filters let everything pass. The order is of the judge in the settings, or with `everyone` from the picks of all judges together, with their OpenSkill figures merged; that view is only looked at: picks are always recorded for one judge. `around` is an image: where it passes the filters, `offset` moves to the multiple of `limit` whose page holds it. */
export interface GetRankings {
  sort?: Column;
  descending?: boolean;
  text?: string;
  folder?: string;
  stage?: number | null;
  only?: "all" | "compared" | "field" | "flagged" | "missing" | "top";
  offset?: number;
  limit?: number;
  around?: number | null;
  everyone?: boolean;
}

export type GetSettings = Record<string, never>;

export type GetStatus = Record<string, never>;

/** One group, members in keeper order (best first). */
export interface GroupView {
  id: string;
  label: string;
  status: GroupStatus;
  reasons: string[];
  proposed: number | null;
  chosen: number[];
  members: MemberView[];
}

export interface Groups {
  groups: GroupView[];
}

/** The page is up: what should it show? */
export type Hello = Record<string, never>;

export interface HelloAnswer {
  version: string;
  platform: "darwin" | "linux" | "windows";
  status: Status | null;
  place: Place | null;
  theme: "dark" | "light" | "mid";
}

/** How many images have which strength; `edges` has one more entry than `counts`. */
export interface Histogram {
  edges: number[];
  counts: number[];
  uncompared: number;
  cut: number | null;
}

export interface JobEvent {
  type: "job";
  job: JobInfo;
}

/** A background job. `rate` is items a second; `seconds_left` is None while unknown. */
export interface JobInfo {
  id: number;
  kind: "cull" | "export";
  state: "cancelled" | "done" | "failed" | "running";
  phase: string;
  done: number;
  total: number;
  rate: number;
  secondsLeft: number | null;
  current: string;
  message: string;
}

export interface JobRef {
  job: number;
}

export interface KeeperView {
  id: number;
  groupId: string;
  filename: string;
  thumbUrl: string;
  url: string;
  width: number;
  height: number;
  stage: number | null;
  by: "default" | "you";
  flagged: boolean;
  missing: boolean;
  groupSize: number;
  reason: string;
}

export interface Keepers {
  total: number;
  offset: number;
  items: KeeperView[];
}

/** Images to choose one from; none when there is nothing left to ask (`note` says why). */
export interface Match {
  images: Contender[];
  note: string;
}

/** One image of a group. */
export interface MemberView {
  id: number;
  path: string;
  filename: string;
  url: string;
  thumbUrl: string;
  displayable: boolean;
  missing: boolean;
  width: number;
  height: number;
  sizeBytes: number;
  format: string;
  stage: number | null;
  takenAt: string;
  defects: DefectView[];
  quality: number;
  score: number;
  blurPx: number;
  noise: number;
  brightness: number;
  decision: Decision;
  reason: string;
  verdict: Verdict | null;
  tags: string[];
  flagged: boolean;
  prompt: string;
  negative: string;
  seed: string;
  model: string;
  sampler: string;
}

export type Ok = Record<string, never>;

/** Open a library folder, or the library that holds (or will hold) this folder of images. */
export interface OpenLibrary {
  path: string;
}

export interface Paths {
  paths: string[];
}

/** Keep `winner` (and `also`) of a group; the rest become alternates. */
export interface Pick {
  groupId: string;
  winner: number;
  also?: number[];
}

/** `winner` is the best of `images` (2 to 9, as they were shown). */
export interface PickBest {
  images: number[];
  winner: number;
}

export interface Place {
  screen: Screen;
  groupId: string;
  imageId: number;
}

export interface Quarantine {
  total: number;
  offset: number;
  items: QuarantineItem[];
}

export interface QuarantineItem {
  id: number;
  path: string;
  filename: string;
  reason: string;
  hint: string;
}

/** A page of groups in working order, exceptions first. */
export interface Queue {
  total: number;
  needsYou: number;
  decided: number;
  offset: number;
  items: QueueItem[];
}

export interface QueueItem {
  id: string;
  size: number;
  status: GroupStatus;
  reason: string;
  thumbUrl: string;
}

/** How far the ranking of one judge is. Shares are 0 to 1. */
export interface RankStatus {
  judge: string;
  judges: string[];
  field: number;
  looked: number;
  matches: number;
  skips: number;
  top: number;
  target: number;
  share: number;
  low: number;
  picksLeft: number | null;
  stop: boolean;
  advice: Advice[];
  curve: CurvePoint[];
  up: number;
  blind: boolean;
  preview: Contender[];
}

/** What can be filtered by, with the histogram. */
export interface RankingFacets {
  folders: string[];
  stages: number[];
  histogram: Histogram;
}

/** One row of the table. `strength` is what the order comes from: the fitted log-odds, 0 for an average image. */
export interface RankingRow {
  rank: number;
  id: number;
  path: string;
  filename: string;
  folder: string;
  url: string;
  thumbUrl: string;
  displayable: boolean;
  width: number;
  height: number;
  stage: number | null;
  strength: number;
  mu: number;
  sigma: number;
  score: number;
  comparisons: number;
  addedAt: string;
  lastComparedAt: string;
  chance: number;
  inField: boolean;
  flagged: boolean;
  missing: boolean;
}

/** A page of the table, and what its filters need. */
export interface Rankings {
  total: number;
  offset: number;
  items: RankingRow[];
}

export type Redo = Record<string, never>;

/** Reject images of a group (all of them to keep none), with anomaly tags. */
export interface Reject {
  groupId: string;
  images: number[];
  tags?: string[];
}

/** Take back every verdict on a group and put it before the person again. */
export interface Reopen {
  groupId: string;
}

/** Show a file or folder of this library, its sources or exports in the system's file manager. An empty path is where the last export went. */
export interface Reveal {
  path: string;
}

/** Remember where the person is, to come back to it after a restart. */
export interface SavePlace {
  screen: Screen;
  groupId?: string;
  imageId?: number;
}

/** Change one setting of pickwise.toml; `value` is checked against its kind and range. */
export interface SetSetting {
  key: string;
  value: boolean | number | string;
}

/** One adjustable setting, enough to draw its control. */
export interface SettingView {
  key: string;
  section: string;
  label: string;
  help: string;
  kind: "bool" | "choice" | "float" | "int" | "text";
  value: boolean | number | string;
  default: boolean | number | string;
  minimum: number | null;
  maximum: number | null;
  step: number | null;
  choices: string[];
  unit: string;
}

export interface SettingsAnswer {
  file: string;
  items: SettingView[];
}

/** These images as contenders, in this order: what an undo brings back. */
export interface ShowMatch {
  ids: number[];
}

/** No answer: these images do not meet again in this session, and no rating changes. */
export interface Skip {
  images: number[];
}

export interface Source {
  path: string;
  images: number;
  missing: number;
  reachable: boolean;
}

/** Something changed outside the page's own requests: refresh these screens. */
export interface StaleEvent {
  type: "stale";
  screens: Screen[];
}

/** Scan, intake, group and pick, over every source; also the rescan. */
export type StartCull = Record<string, never>;

export interface Status {
  library: string;
  name: string;
  readOnly: boolean;
  holder: string;
  sources: Source[];
  images: number;
  missing: number;
  quarantined: number;
  groups: number;
  keepers: number;
  needsYou: number;
  decided: number;
  undo: string;
  redo: string;
  job: JobInfo | null;
  notices: string[];
}

export type Undo = Record<string, never>;

export type AnyEvent = JobEvent | StaleEvent | DropEvent | CommandEvent;

/** Every call: its name, what it is given, what it answers. */
export interface Methods {
  "app.hello": [Hello, HelloAnswer];
  "library.open": [OpenLibrary, HelloAnswer];
  "library.status": [GetStatus, Status];
  "dialog.folder": [ChooseFolder, Paths];
  "dialog.reveal": [Reveal, Ok];
  "sources.add": [AddSources, JobRef];
  "cull.start": [StartCull, JobRef];
  "job.cancel": [CancelJob, Ok];
  "quarantine.list": [GetQuarantine, Quarantine];
  "cull.queue": [GetQueue, Queue];
  "cull.groups": [GetGroups, Groups];
  "cull.pick": [Pick, Changed];
  "cull.reject": [Reject, Changed];
  "cull.reopen": [Reopen, Changed];
  "cull.flag": [Flag, Changed];
  "sweep.keepers": [GetKeepers, Keepers];
  "history.undo": [Undo, Changed];
  "history.redo": [Redo, Changed];
  "place.save": [SavePlace, Ok];
  "settings.get": [GetSettings, SettingsAnswer];
  "settings.set": [SetSetting, Changed];
  "export.keepers": [ExportKeepers, JobRef];
  "rank.match": [GetMatch, Match];
  "rank.show": [ShowMatch, Match];
  "rank.status": [GetRankStatus, RankStatus];
  "rankings.page": [GetRankings, Rankings];
  "rankings.facets": [GetRankingFacets, RankingFacets];
  "rank.pick": [PickBest, Changed];
  "rank.draw": [Draw, Changed];
  "rank.skip": [Skip, Changed];
  "export.ranked": [ExportRanked, JobRef];
  "export.csv": [ExportCsv, JobRef];
}
