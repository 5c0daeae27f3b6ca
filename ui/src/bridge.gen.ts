// Written by build/bridge_types.py from engine/wire.py: change that file, then run `build/bridge_types.py`.

export type Link = "copy" | "hard" | "symlink";

export type Screen = "check" | "crop" | "cull" | "duplicates" | "export" | "insight" | "library" | "rank" | "rankings" | "same" | "settings" | "sweep";

export type CullOrder = "close" | "disputed" | "doubted" | "informative" | "needs" | "obvious";

export type JobKind = "approve" | "cull" | "cut" | "dupes" | "export" | "learn" | "look" | "promote" | "propose" | "restore" | "sets" | "stage" | "train";

export type GroupStatus = "auto" | "decided" | "rejected" | "review";

export type Verdict = "alternate" | "keep" | "reject";

export type Decision = "alternate" | "keeper" | "review";

export type Column = "added_at" | "chance" | "comparisons" | "filename" | "folder" | "last_compared_at" | "mu" | "rank" | "score" | "sigma" | "stage" | "strength";

/** Set aside what goes of one group. */
export interface Accept {
  groupId: string;
}

/** Set aside what goes of every group (a job). */
export type AcceptAll = Record<string, never>;

/** Keep the recommended image of each of these groups, which the person has looked at; one decision, one undo. Groups that are drawn for a check, decided or changed meanwhile are left as they are. `images`: what was shown as recommended, one a group; where another is by now, the group is left as it is. */
export interface AcceptRecommended {
  groupIds: string[];
  images?: number[];
}

/** Set aside the redundant set of one match. */
export interface AcceptSet {
  id: string;
}

/** Set aside the redundant set of every match (a job). */
export type AcceptSets = Record<string, never>;

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

/** What was done with one image. */
export interface Answer {
  image: number;
  choice: "alt1" | "alt2" | "best" | "full" | "nudged";
  box: [number, number, number, number];
  tags: string[];
}

/** Say whether an image shows what a tag names. It teaches the detector; it rejects nothing. */
export interface AnswerCheck {
  image: number;
  tag: string;
  yes: boolean;
}

/** Whether two images belong to one family; None: cannot say. Grouping is bound by it at once. */
export interface AnswerSame {
  one: number;
  other: number;
  same: boolean | null;
}

/** Send a batch to the system's Trash (a job); an empty id is every batch. */
export interface Approve {
  batch?: string;
}

export interface Ask {
  total: number;
  offset: number;
  model: string;
  why: string;
  items: AskItem[];
}

/** A group with what is recommended of it; nothing (image 0) where it is drawn for a check, or doubted by others. Attributes: rival: of a close call the runner-up, of a dispute with the rule what that would keep; 0 for none. dispute: who is at odds: the ranker with the rule; the detectors doubt what the ranker would keep; the detectors among themselves. "" outside that order. tag: what the detectors doubt, "" for none. */
export interface AskItem {
  group: QueueItem;
  image: number;
  url: string;
  thumbUrl: string;
  filename: string;
  confidence: number;
  information: number;
  differs: boolean;
  reasons: Reason[];
  rival: number;
  dispute: "" | "detectors" | "doubt" | "rule";
  tag: string;
}

/** Images that were set aside together. */
export interface BatchView {
  id: string;
  at: string;
  folder: string;
  state: "approved" | "mixed" | "restored" | "staged";
  images: number;
  files: number;
  bytes: number;
  sources: string[];
  thumbs: string[];
}

export interface Batches {
  items: BatchView[];
  images: number;
  bytes: number;
}

export interface CancelJob {
  id: number;
}

/** The model in use. */
export interface Card {
  name: string;
  kind: "bayes" | "mlp";
  at: string;
  pairs: number;
  families: number;
  images: number;
  accuracy: number | null;
  calibrationError: number | null;
  earlier: number;
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

/** An image that may show what `tag` names: where (pixels of the original of `width` x `height`), and why. */
export interface Check {
  image: number;
  tag: string;
  cue: string;
  score: number;
  text: string;
  box: [number, number, number, number];
  filename: string;
  url: string;
  thumbUrl: string;
  displayable: boolean;
  missing: boolean;
  width: number;
  height: number;
}

/** One tag of the Check screen. Attributes: waiting: images that may show it and are not judged. yes, no: what the person's own answers, tags and keepers say; the learned detector needs `needs` of each. learned: its detector is on. average_precision, calibration_error: of the detector on the person's own answers it was not fitted to. */
export interface CheckTag {
  tag: string;
  waiting: number;
  yes: number;
  no: number;
  needs: number;
  learned: boolean;
  averagePrecision: number | null;
  calibrationError: number | null;
}

export interface Checks {
  total: number;
  offset: number;
  looked: number;
  tags: CheckTag[];
  items: Check[];
}

/** Decide the crop of one image, or of a trio's winner: then the others become alternates. `time_ms` is from first paint to the decision without idle time, `actions` the keys and drags until then. */
export interface Choose {
  answer: Answer;
  groupId?: string;
  losers?: number[];
  timeMs?: number;
  actions?: number;
  unassisted?: boolean;
}

/** Ask the person for one file with the system's own dialog; an empty list when they cancel. */
export interface ChooseFile {
  title?: string;
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
  cropped: boolean;
  mu: number;
  sigma: number;
  comparisons: number;
  prompt: string;
  negative: string;
  seed: string;
  model: string;
  sampler: string;
}

export interface ContradictingImage {
  id: number;
  filename: string;
  thumbUrl: string;
}

/** Answers that do not go together. Attributes: kind: `circle`: each image came before the next, and the last before the first; `match`: the first was chosen over the second, and the other decisions say otherwise. against: of a match, how likely they say the other answer is, 0.5 to 1; else 0. */
export interface Contradiction {
  kind: "circle" | "match";
  images: ContradictingImage[];
  against: number;
}

/** A page of them; `groups` is how many decided groups are contradicted besides: Cull offers those again. */
export interface Contradictions {
  total: number;
  groups: number;
  offset: number;
  items: Contradiction[];
}

/** A page of groups, largest first. */
export interface Copies {
  run: RunView | null;
  total: number;
  going: number;
  bytes: number;
  offset: number;
  items: CopiesItem[];
}

export interface CopiesGroups {
  groups: CopiesView[];
}

export interface CopiesItem {
  id: string;
  state: "kept" | "open";
  size: number;
  going: number;
  bytes: number;
  thumbUrl: string;
}

/** A group of copies; the keeper by the rule comes first. */
export interface CopiesView {
  id: string;
  state: "kept" | "open";
  bytes: number;
  members: CopyView[];
}

/** One image of a group of copies. */
export interface CopyView {
  id: number;
  path: string;
  filename: string;
  folder: string;
  url: string;
  thumbUrl: string;
  displayable: boolean;
  cropped: boolean;
  width: number;
  height: number;
  sizeBytes: number;
  format: string;
  stage: number | null;
  modifiedAt: string;
  quality: number;
  blurPx: number;
  defects: string[];
  score: number;
  comparisons: number;
  distance: number | null;
  similarity: number | null;
  stays: boolean;
  flipped: boolean;
  reason: string;
  prompt: string;
  seed: string;
}

export interface CropCandidate {
  id: "alt1" | "alt2" | "best";
  box: [number, number, number, number];
  note: string;
  score: number;
  terms: Record<string, number>;
  avoids: string[];
}

/** One image of the Crop screen, sizes in pixels of the original. Attributes: step: the sizes whose ratio is exact are multiples of this (width, height); the whole picture where there are no others. candidates: best first; empty where nothing was proposed yet. clean, why: whether a clean crop exists, and the sentence about it. answer: what was decided before, if anything; `box` the box, `tags` the reasons. */
export interface CropImage {
  id: number;
  filename: string;
  path: string;
  url: string;
  thumbUrl: string;
  displayable: boolean;
  missing: boolean;
  width: number;
  height: number;
  step: [number, number];
  candidates: CropCandidate[];
  keepOut: CropKeepOut[];
  heads: [number, number, number, number][];
  clean: boolean;
  why: string;
  confidence: number;
  ratioError: number;
  choice: "alt1" | "alt2" | "best" | "full" | "nudged" | null;
  box: [number, number, number, number] | null;
  tags: string[];
  copied: boolean;
}

export interface CropImages {
  images: CropImage[];
}

/** One entry of the queue: one image, or the three of a trio. */
export interface CropItem {
  images: number[];
  groupId: string;
  thumbUrls: string[];
  filename: string;
  confidence: number;
  clean: boolean;
  askedFor: boolean;
  unassisted: boolean;
}

export interface CropKeepOut {
  shape: string;
  region: [number, number, number, number];
  text: string;
  tag: string;
}

/** A page of the queue. Attributes: waiting: entries without an answer; done: images with one; unproposed: images that still need a proposal. copies: decided crops of which no copy was written yet. */
export interface Crops {
  total: number;
  waiting: number;
  done: number;
  unproposed: number;
  copies: number;
  offset: number;
  items: CropItem[];
}

export interface CsvFiles {
  paths: string[];
}

/** The expected share of the true top N in the shown one, after so many picks. */
export interface CurvePoint {
  picks: number;
  share: number;
}

/** Write a cropped copy of every decided crop that has none into exports/cropped (a job). */
export type Cut = Record<string, never>;

export interface DefectView {
  name: string;
  text: string;
  tag: string;
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

/** Write the data of every plot into reports/insight_*.csv; answers with their paths. */
export type ExportInsight = Record<string, never>;

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

/** Search all sources for copies (a job). What is left out is as the settings say. `file` is a result file of Czkawka, for `by` "czkawka". */
export interface FindCopies {
  by?: "both" | "content" | "czkawka" | "embedding" | "name" | "phash" | "time" | null;
  threshold?: number | null;
  orientations?: boolean | null;
  keep?: "folder" | "newest" | "quality" | "rating" | "resolution" | "stage" | null;
  folder?: string | null;
  file?: string;
}

/** Search for stage sets of another timestamp that show the same (a job). */
export type FindSets = Record<string, never>;

/** Flag an image for a second look, or take the flag off. */
export interface Flag {
  imageId: number;
  on: boolean;
}

/** Let an image stay that would go, or go that would stay, whatever the rule says. */
export interface Flip {
  groupId: string;
  imageId: number;
}

/** Let the other set of a match stay. */
export interface FlipSet {
  id: string;
}

/** Begin again from the settings' weights; the answers stay. */
export type ForgetTaste = Record<string, never>;

/** Whether the record allows deciding in bulk. Attributes: n, good: of the last random checks, and those that agreed; rate: None before the first. lower95: their exact 95 % lower bound. Where it falls below the target the gate closes by itself; to open, the checks since have to pass a bound that holds however often they are looked at. target: what it has to pass; open: it does, and the person did not shut it. Crops need the residual gate too. missing: what is missing to open, a clause with its verb; "" where it is open. ready: groups or crops that could be decided at once now; 0 where it is not open. */
export interface Gate {
  kind: "crop" | "residual" | "winner";
  open: boolean;
  shut: boolean;
  n: number;
  good: number;
  rate: number | null;
  lower95: number;
  target: number;
  missing: string;
  ready: number;
}

/** Undecided groups in the order in which asking teaches most, or the clearest first. `obvious`: clear winners first, of at least this confidence, without those that are drawn for a check. `informative`: those whose answer tells the model most. `close`: those whose two best it likes most alike. `disputed`: those where the ranker, the rule of stages and quality and the detectors are at odds, most so first. In these three, groups drawn for a check are spread evenly among the others. `doubted`: decided groups that the model and the person's other decisions contradict. */
export interface GetAsk {
  order?: "close" | "disputed" | "doubted" | "informative" | "obvious";
  least?: number;
  offset?: number;
  limit?: number;
}

/** The staged batches, newest first. */
export type GetBatches = Record<string, never>;

/** Images that may show what a tag names and that nobody judged yet, most likely first. No tag: those of all. */
export interface GetChecks {
  tag?: string;
  offset?: number;
  limit?: number;
}

/** Answers of the person that do not go together, to be answered again. */
export interface GetContradictions {
  offset?: number;
  limit?: number;
}

/** Groups of copies, largest first; with `kept` also those of which nothing goes any more. */
export interface GetCopies {
  kept?: boolean;
  offset?: number;
  limit?: number;
}

/** Whole groups, in the order asked for; ids that are gone are left out. At most 32. */
export interface GetCopiesGroups {
  ids: string[];
}

/** All that the screen shows of these images (at most 9), in their order; those that are gone are left out. */
export interface GetCrop {
  images: number[];
}

/** Images in the order they are asked about. `waiting` have no answer yet, `done` have, newest first. */
export interface GetCrops {
  which?: "done" | "waiting";
  trios?: boolean;
  offset?: number;
  limit?: number;
}

/** Whole groups, in the order asked for; ids that are gone are left out. At most 32. */
export interface GetGroups {
  ids: string[];
}

/** Everything of the Insight screen. */
export type GetInsight = Record<string, never>;

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

/** What the last batches decided and nobody has looked at since, the least sure and re-flagged first. */
export interface GetReview {
  offset?: number;
  limit?: number;
}

/** Pairs of images of which it is not clear whether they belong together, the most useful first. `first`: a pair to begin with, answered or not. `held`: pairs on the page, of which it wants to know what they are now. */
export interface GetSame {
  limit?: number;
  first?: [number, number] | null;
  held?: [number, number][];
}

/** What was seen in one image. */
export interface GetSeen {
  image: number;
}

export interface GetSets {
  offset?: number;
  limit?: number;
}

export type GetSettings = Record<string, never>;

export type GetStatus = Record<string, never>;

/** What was learned about crops, in words and numbers, and the readouts. */
export type GetTaste = Record<string, never>;

/** One group, members in keeper order (best first); by name, with no proposal, while it is asked blind. */
export interface GroupView {
  id: string;
  label: string;
  status: GroupStatus;
  reasons: string[];
  proposed: number | null;
  chosen: number[];
  members: MemberView[];
  recommended: RecommendedView | null;
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

/** Plots as points: shares from 0 to 1, times in seconds. Attributes: agreement: share of winners that were the recommended one, over decisions in order. calibration: how often a recommendation of a confidence was right. learning: held-out accuracy by pairs learned from. accept_rate, ask_rate, actions, saved, queue_mix: of crops and of groups over sessions. */
export interface Insight {
  card: Card | null;
  why: string;
  gates: Gate[];
  agreement: Point[];
  calibration: Point[];
  learning: Point[];
  acceptRate: Point[];
  askRate: Point[];
  actions: Point[];
  saved: Point[];
  queueMix: Point[];
  likes: Liking[];
  contradictions: number;
  reviewing: number;
}

export interface JobEvent {
  type: "job";
  job: JobInfo;
}

/** A background job. `rate` is items a second; `seconds_left` is None while unknown. */
export interface JobInfo {
  id: number;
  kind: JobKind;
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
  cropped: boolean;
  missing: boolean;
  groupSize: number;
  reason: string;
}

export interface Keepers {
  total: number;
  offset: number;
  items: KeeperView[];
}

/** What the ranker likes: one named feature, and images at its two ends. */
export interface Liking {
  name: string;
  text: string;
  weight: number;
  most: string[];
  least: string[];
}

/** Look at every image that was not looked at yet for what is wrong with it (a job). */
export type LookForWrong = Record<string, never>;

/** Images to choose one from; none when there is nothing left to ask (`note` says why). */
export interface Match {
  images: Contender[];
  note: string;
}

/** The terms and score of a box of the person's own. */
export interface MeasureBox {
  image: number;
  box: [number, number, number, number];
}

export interface Measured {
  score: number;
  terms: Record<string, number>;
  avoids: string[];
  ratioError: number;
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
  likelyTags: string[];
  flagged: boolean;
  cropped: boolean;
  toCrop: boolean;
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

/** Where the person is; `order` of the groups on Cull, `least` the confidence from which one is obvious. */
export interface Place {
  screen: Screen;
  groupId: string;
  imageId: number;
  order: CullOrder;
  least: number;
}

/** A point of a plot, with a band where there is one. */
export interface Point {
  x: number;
  y: number;
  low: number | null;
  high: number | null;
  n: number;
  label: string;
}

/** Decide every group (or crop) that an open gate allows, as one batch (a job). */
export interface Promote {
  kind?: "crop" | "winner";
}

/** Propose crops for every image that waits for one and has none (a job); looks at those not looked at first. */
export type Propose = Record<string, never>;

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
  learned: string;
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
  cropped: boolean;
  missing: boolean;
}

/** A page of the table, and what its filters need. */
export interface Rankings {
  total: number;
  offset: number;
  items: RankingRow[];
}

/** One thing that speaks for the recommended image, or against it: its share of the difference in log-odds. */
export interface Reason {
  name: string;
  text: string;
  weight: number;
}

/** What was learned from the person says of a group. Attributes: image: the image it would keep; None while a group that was drawn for a check is undecided: it is asked blind. confidence: 0 to 1. checked: drawn by chance, to measure by. agreed: whether the person's decision was what was recommended then; None before, or where nothing was. reasons: what weighs most first. */
export interface RecommendedView {
  image: number | null;
  confidence: number;
  checked: boolean;
  agreed: boolean | null;
  reasons: Reason[];
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

/** Put a batch back where it was (a job); an empty id is every batch. */
export interface Restore {
  batch?: string;
}

/** Show a file or folder of this library, its sources or exports in the system's file manager. An empty path is where the last export went. */
export interface Reveal {
  path: string;
}

/** Go back to the model before the one in use. */
export type RevertModel = Record<string, never>;

export interface Review {
  total: number;
  offset: number;
  items: ReviewItem[];
}

/** These were looked at and are right: that these images are kept, and how those are cropped. */
export interface ReviewDone {
  images: number[];
  crops?: number[];
}

export interface ReviewItem {
  image: number;
  groupId: string;
  kind: "crop" | "winner";
  batch: string;
  filename: string;
  url: string;
  thumbUrl: string;
  confidence: number;
  flags: string[];
  width: number;
  height: number;
  box: [number, number, number, number] | null;
}

/** One search for copies and what it found; `threshold` is bits, cosine or seconds, as `by` has it. */
export interface RunView {
  by: "both" | "content" | "czkawka" | "embedding" | "name" | "phash" | "time";
  threshold: number;
  orientations: boolean;
  keep: "folder" | "newest" | "quality" | "rating" | "resolution" | "stage";
  folder: string;
  at: string;
  images: number;
  groups: number;
  outside: number;
  report: string;
  note: string;
}

export interface SameImage {
  id: number;
  filename: string;
  url: string;
  thumbUrl: string;
  displayable: boolean;
  width: number;
  height: number;
  groupId: string;
}

/** A pair, and what is known of it. Attributes: together: they are in one group now. chance: that they belong together, 0 to 1; None where nothing tells. why: what tells, in words. said: what was answered, None for nothing yet; overruled: newer answers contradict that. waits: it is not answered, and other answers do not decide it. */
export interface SamePair {
  one: SameImage;
  other: SameImage;
  together: boolean;
  chance: number | null;
  why: string;
  said: "no" | "unsure" | "yes" | null;
  overruled: boolean;
  waits: boolean;
}

export interface SamePairs {
  waiting: number;
  answered: number;
  pairs: SamePair[];
  held: SamePair[];
}

/** Remember where the person is, to come back to it after a restart. */
export interface SavePlace {
  screen: Screen;
  groupId?: string;
  imageId?: number;
  order?: CullOrder;
  least?: number;
}

/** What was seen in one image, in pixels of the original of `width` x `height`; boxes are x1, y1, x2, y2. Attributes: looked: whether it was looked at, as it is now. whole: whether more than the cues is known; the rest is kept in a cache, which may have been deleted. hands: 21 points each, MediaPipe's order. */
export interface Seen {
  image: number;
  looked: boolean;
  whole: boolean;
  width: number;
  height: number;
  hands: [number, number][][];
  faces: SeenFace[];
  bodies: SeenBody[];
  cues: SeenCue[];
  abstained: SeenAbstained[];
}

/** Something that could not be judged, and why. */
export interface SeenAbstained {
  name: string;
  box: [number, number, number, number];
  text: string;
}

export interface SeenBody {
  points: [number, number][];
  visibility: number[];
}

/** Something that looks wrong. It is a doubt where its score reaches the threshold of the settings. */
export interface SeenCue {
  name: string;
  score: number;
  box: [number, number, number, number];
  text: string;
  doubt: boolean;
}

export interface SeenFace {
  box: [number, number, number, number];
  eyes: [number, number][];
}

/** Ask for a crop of this image before others, or no longer. */
export interface SendToCrop {
  image: number;
  on: boolean;
}

/** The images of this group are not duplicates of each other; remembered. */
export interface SetApart {
  groupId: string;
}

/** Two sets that show the same; `goes` is the redundant one. */
export interface SetMatch {
  id: string;
  stages: number[];
  similarity: number[];
  measure: "cosine" | "phash";
  metadata: "differs" | "same" | "unknown";
  stays: SetSide;
  goes: SetSide;
  reason: string;
  flipped: boolean;
}

export interface SetMatches {
  total: number;
  bytes: number;
  searched: boolean;
  report: string;
  note: string;
  offset: number;
  items: SetMatch[];
}

/** Change one setting of pickwise.toml; `value` is checked against its kind and range. */
export interface SetSetting {
  key: string;
  value: boolean | number | string;
}

/** The images of one timestamp, by stage. */
export interface SetSide {
  key: string;
  timestamp: string;
  images: CopyView[];
  bytes: number;
}

/** These two sets are not duplicates; remembered. */
export interface SetsApart {
  id: string;
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

/** Keep a gate shut whatever its record says, or leave it to its record. */
export interface ShutGate {
  kind: "crop" | "residual" | "winner";
  shut: boolean;
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

/** This image is no copy of the others of its group; remembered. */
export interface Split {
  groupId: string;
  imageId: number;
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

/** What was learned, and how it goes. Attributes: answers: that were learned from. accept_rate: accepted without a nudge, of the last answers; None before the first. actions: keys and drags an image; easy: the share of sure proposals among them. seconds_saved: per 100 images against the unassisted ones; None where none were measured. */
export interface Taste {
  answers: number;
  weights: TasteWeight[];
  acceptRate: number | null;
  acceptRateBefore: number | null;
  actions: number | null;
  easy: number | null;
  seconds: number | null;
  secondsUnassisted: number | null;
  secondsSaved: number | null;
}

export interface TasteWeight {
  term: string;
  start: number;
  now: number;
  text: string;
}

/** Fit the ranker to everything decided so far, and say of every open group which image it would keep (a job). */
export type Train = Record<string, never>;

/** Search the same way again, by another rule for who stays (a job). Another keeper may gather other images, since each image goes only beside a keeper it is near. An import's groups are taken as they stand; its file is not read again. */
export interface TryRule {
  keep: "folder" | "newest" | "quality" | "rating" | "resolution" | "stage";
  folder?: string;
}

export type Undo = Record<string, never>;

export type AnyEvent = JobEvent | StaleEvent | DropEvent | CommandEvent;

/** Every call: its name, what it is given, what it answers. */
export interface Methods {
  "app.hello": [Hello, HelloAnswer];
  "library.open": [OpenLibrary, HelloAnswer];
  "library.status": [GetStatus, Status];
  "dialog.folder": [ChooseFolder, Paths];
  "dialog.file": [ChooseFile, Paths];
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
  "dupes.page": [GetCopies, Copies];
  "dupes.groups": [GetCopiesGroups, CopiesGroups];
  "sets.page": [GetSets, SetMatches];
  "staged.list": [GetBatches, Batches];
  "dupes.find": [FindCopies, JobRef];
  "dupes.rule": [TryRule, JobRef];
  "dupes.accept_all": [AcceptAll, JobRef];
  "sets.find": [FindSets, JobRef];
  "sets.accept_all": [AcceptSets, JobRef];
  "staged.restore": [Restore, JobRef];
  "staged.approve": [Approve, JobRef];
  "export.ranked": [ExportRanked, JobRef];
  "export.csv": [ExportCsv, JobRef];
  "vision.look": [LookForWrong, JobRef];
  "crop.propose": [Propose, JobRef];
  "crop.cut": [Cut, JobRef];
  "learn.train": [Train, JobRef];
  "learn.back": [RevertModel, JobRef];
  "learn.promote": [Promote, JobRef];
  "dupes.flip": [Flip, Changed];
  "dupes.split": [Split, Changed];
  "dupes.apart": [SetApart, Changed];
  "dupes.accept": [Accept, Changed];
  "sets.flip": [FlipSet, Changed];
  "sets.apart": [SetsApart, Changed];
  "sets.accept": [AcceptSet, Changed];
  "vision.seen": [GetSeen, Seen];
  "check.list": [GetChecks, Checks];
  "check.answer": [AnswerCheck, Changed];
  "crop.queue": [GetCrops, Crops];
  "crop.images": [GetCrop, CropImages];
  "crop.measure": [MeasureBox, Measured];
  "crop.taste": [GetTaste, Taste];
  "crop.choose": [Choose, Changed];
  "crop.send": [SendToCrop, Changed];
  "crop.forget": [ForgetTaste, Changed];
  "learn.ask": [GetAsk, Ask];
  "learn.contradictions": [GetContradictions, Contradictions];
  "same.list": [GetSame, SamePairs];
  "insight.all": [GetInsight, Insight];
  "insight.csv": [ExportInsight, CsvFiles];
  "learn.review": [GetReview, Review];
  "learn.accept": [AcceptRecommended, Changed];
  "same.answer": [AnswerSame, Changed];
  "learn.reviewed": [ReviewDone, Changed];
  "learn.gate": [ShutGate, Changed];
}
