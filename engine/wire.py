"""Everything that crosses the bridge: one tagged Struct a request, METHODS, and the Event union.

`ui/src/bridge.gen.ts` is generated from this file; `build/bridge_types.py` writes it and a test fails when it is stale.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from engine import wire_cropping as crop
from engine import wire_learning as learn
from engine import wire_ranking as rank
from engine import wire_thinning as thin
from engine import wire_vision as vision
from engine.culling.views import GroupView, Keepers, Queue, View
from engine.wire_base import Link, Request, Screen

__all__ = ["Link", "Request", "Screen", "crop", "learn", "rank", "thin", "vision"]


# ---- the application and its library


class Hello(Request, tag="app.hello"):
    """The page is up: what should it show?"""


class OpenLibrary(Request, tag="library.open"):
    """Open a library folder, or the library that holds (or will hold) this folder of images."""

    path: str


class GetStatus(Request, tag="library.status"): ...


class ChooseFolder(Request, tag="dialog.folder"):
    """Ask the person for folders with the system's own dialog; an empty list when they cancel."""

    title: str = ""


class ChooseFile(Request, tag="dialog.file"):
    """Ask the person for one file with the system's own dialog; an empty list when they cancel."""

    title: str = ""


class Reveal(Request, tag="dialog.reveal"):
    """Show a file or folder of this library, its sources or exports in the system's file manager.

    An empty path is where the last export went.
    """

    path: str


class AddSources(Request, tag="sources.add"):
    """Add folders of images and start the cull job over the whole library."""

    paths: list[str]
    recursive: bool = True


class StartCull(Request, tag="cull.start"):
    """Scan, intake, group and pick, over every source; also the rescan."""


class CancelJob(Request, tag="job.cancel"):
    id: int


class GetQuarantine(Request, tag="quarantine.list"):
    offset: int = 0
    limit: int = 200


# ---- culling


class GetQueue(Request, tag="cull.queue"):
    """Groups in working order. `needs` are undecided review groups; `all` has exceptions first."""

    which: Literal["needs", "decided", "auto", "all"] = "needs"
    offset: int = 0
    limit: int = 500


class GetGroups(Request, tag="cull.groups"):
    """Whole groups, in the order asked for; ids that are gone are left out. At most 32."""

    ids: list[str]


class Pick(Request, tag="cull.pick"):
    """Keep `winner` (and `also`) of a group; the rest become alternates."""

    group_id: str
    winner: int
    also: list[int] = msgspec.field(default_factory=list)


class Reject(Request, tag="cull.reject"):
    """Reject images of a group (all of them to keep none), with anomaly tags."""

    group_id: str
    images: list[int]
    tags: list[str] = msgspec.field(default_factory=list)


class Reopen(Request, tag="cull.reopen"):
    """Take back every verdict on a group and put it before the person again."""

    group_id: str


class Flag(Request, tag="cull.flag"):
    """Flag an image for a second look, or take the flag off."""

    image_id: int
    on: bool


class GetKeepers(Request, tag="sweep.keepers"):
    offset: int = 0
    limit: int = 500


# ---- history, place, settings, export


class Undo(Request, tag="history.undo"): ...


class Redo(Request, tag="history.redo"): ...


CullOrder = Literal["needs", "obvious", "informative", "close", "disputed", "doubted"]


class SavePlace(Request, tag="place.save"):
    """Remember where the person is, to come back to it after a restart."""

    screen: Screen
    group_id: str = ""
    image_id: int = 0
    order: CullOrder = "needs"
    least: float = 0.9


class GetSettings(Request, tag="settings.get"): ...


class SetSetting(Request, tag="settings.set"):
    """Change one setting of pickwise.toml; `value` is checked against its kind and range."""

    key: str
    value: bool | int | float | str


class ExportKeepers(Request, tag="export.keepers"):
    """Copy or link every keeper and its companions; `to` empty means the library's exports/approved."""

    to: str = ""
    link: Link = "copy"


# ---- answers


class Source(View):
    path: str
    images: int
    missing: int
    reachable: bool


JobKind = Literal[
    "cull",
    "export",
    "dupes",
    "sets",
    "stage",
    "restore",
    "approve",
    "look",
    "learn",
    "propose",
    "cut",
    "train",
    "promote",
]


class JobInfo(View):
    """A background job. `rate` is items a second; `seconds_left` is None while unknown."""

    id: int
    kind: JobKind
    state: Literal["running", "done", "failed", "cancelled"]
    phase: str
    done: int
    total: int
    rate: float
    seconds_left: float | None
    current: str
    message: str  # one sentence, once it has ended


class Place(View):
    """Where the person is; `order` of the groups on Cull, `least` the confidence from which one is obvious."""

    screen: Screen
    group_id: str
    image_id: int
    order: CullOrder = "needs"
    least: float = 0.9


class Status(View):
    library: str  # path
    name: str
    read_only: bool
    holder: str  # "Pickwise, process 123 on host, since 12:04", or ""
    sources: list[Source]
    images: int
    missing: int
    quarantined: int
    groups: int
    keepers: int  # decided by default or by the person
    needs_you: int
    decided: int  # by the person
    undo: str  # label of what Undo would take back, or ""
    redo: str
    job: JobInfo | None
    notices: list[str]  # sentences worth showing once: a repaired journal, a restored source


class HelloAnswer(View):
    version: str
    platform: Literal["linux", "darwin", "windows"]
    status: Status | None  # None: no library is open yet
    place: Place | None
    theme: Literal["dark", "mid", "light"]


class Paths(View):
    paths: list[str]


class JobRef(View):
    job: int


class Changed(View):
    """What a mutation did: the screens that are stale, and where it happened."""

    stale: list[Screen]
    label: str  # "Kept a_stage3.png"
    group_id: str
    image_id: int
    match: list[int]  # the images of the match it was about, as they were shown; empty for anything else
    undo: str
    redo: str
    needs_you: int
    decided: int


class Ok(View): ...


class QuarantineItem(View):
    id: int
    path: str
    filename: str
    reason: str
    hint: str


class Quarantine(View):
    total: int
    offset: int
    items: list[QuarantineItem]


class SettingView(View):
    """One adjustable setting, enough to draw its control."""

    key: str  # "groups.phash_distance"
    section: str
    label: str
    help: str
    kind: Literal["bool", "int", "float", "text", "choice"]
    value: bool | int | float | str
    default: bool | int | float | str
    minimum: float | None
    maximum: float | None
    step: float | None
    choices: list[str]
    unit: str


class SettingsAnswer(View):
    file: str
    items: list[SettingView]


class Groups(View):
    groups: list[GroupView]


def _all(answer: type[View], *requests: type[Request]) -> dict[type[Request], type[View]]:
    return dict.fromkeys(requests, answer)


METHODS: dict[type[Request], type[View]] = {
    Hello: HelloAnswer,
    OpenLibrary: HelloAnswer,
    GetStatus: Status,
    ChooseFolder: Paths,
    ChooseFile: Paths,
    Reveal: Ok,
    AddSources: JobRef,
    StartCull: JobRef,
    CancelJob: Ok,
    GetQuarantine: Quarantine,
    GetQueue: Queue,
    GetGroups: Groups,
    Pick: Changed,
    Reject: Changed,
    Reopen: Changed,
    Flag: Changed,
    GetKeepers: Keepers,
    Undo: Changed,
    Redo: Changed,
    SavePlace: Ok,
    GetSettings: SettingsAnswer,
    SetSetting: Changed,
    ExportKeepers: JobRef,
    **rank.METHODS,
    rank.PickBest: Changed,
    rank.Draw: Changed,
    rank.Skip: Changed,
    **thin.METHODS,
    **_all(
        JobRef, thin.FindCopies, thin.TryRule, thin.AcceptAll, thin.FindSets, thin.AcceptSets, thin.Restore,
        thin.Approve, rank.ExportRanked, rank.ExportCsv, vision.LookForWrong, crop.Propose, crop.Cut, learn.Train,
        learn.RevertModel, learn.Promote,
    ),
    **_all(Changed, thin.Flip, thin.Split, thin.SetApart, thin.Accept, thin.FlipSet, thin.SetsApart, thin.AcceptSet),
    **vision.METHODS,
    vision.AnswerCheck: Changed,
    **crop.METHODS,
    crop.Choose: Changed,
    crop.SendToCrop: Changed,
    crop.ForgetTaste: Changed,
    **learn.METHODS,
    **_all(Changed, learn.AcceptRecommended, learn.AnswerSame, learn.ReviewDone, learn.ShutGate),
}  # fmt: skip


class ErrorBody(View):
    code: str
    message: str
    hint: str


# ---- events: engine -> page, at most twenty batches a second


class Event(msgspec.Struct, frozen=True, rename="camel", tag_field="type"):
    """Base of every event."""


class JobEvent(Event, tag="job"):
    job: JobInfo


class StaleEvent(Event, tag="stale"):
    """Something changed outside the page's own requests: refresh these screens."""

    screens: list[Screen]


class DropEvent(Event, tag="drop"):
    """Folders were dropped on the window."""

    paths: list[str]


class CommandEvent(Event, tag="command"):
    """A native menu item was chosen; `name` is a palette command id."""

    name: str


AnyEvent = JobEvent | StaleEvent | DropEvent | CommandEvent
