// Written by build/bridge_types.py from engine/wire.py: change that file, then run `build/bridge_types.py`.

export type Screen = "cull" | "export" | "library" | "settings" | "sweep";

export type GroupStatus = "auto" | "decided" | "rejected" | "review";

export type Verdict = "alternate" | "keep" | "reject";

export type Decision = "alternate" | "keeper" | "review";

/** Add folders of images and start the cull job over the whole library. */
export interface AddSources {
  paths: string[];
  recursive?: boolean;
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

export interface DefectView {
  name: string;
  text: string;
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

/** Copy or link every keeper and its companions; `to` empty means the library's exports/approved. */
export interface ExportKeepers {
  to?: string;
  link?: "copy" | "hard" | "symlink";
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

/** Show a file or folder of this library, its sources or exports in the system's file manager. */
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
}
