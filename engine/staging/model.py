"""What staging is asked for and what it answers. Paths are whole, as text (`engine.library.text`)."""

from __future__ import annotations

from typing import Literal

import msgspec

Folder = Literal["_review_dupes", "delete_review"]
Operation = Literal["stage", "restore", "approve"]
Standing = Literal["staged", "restored", "approved", "gone", "unsettled"]
Together = Literal["staged", "restored", "approved", "mixed"]


class Unit(msgspec.Struct, frozen=True):
    """One image to move; its companions are found when the move is planned.

    Attributes:
        image: its path, below `source`.
        source: the source folder it came from; the staging folder lies directly inside it.
        tag: whatever the caller wants back with it.
        size, mtime_ns: what the image was judged by; -1 where any state of it will do.
    """

    image: str
    source: str
    tag: str = ""
    size: int = -1
    mtime_ns: int = -1


class Trouble(msgspec.Struct, frozen=True):
    """One file, or an image with its companions, that was left where it was, and why in one sentence."""

    path: str
    reason: str


class Moved(msgspec.Struct, frozen=True):
    """One image that was moved with its companions, into the staging folder, back, or to the Trash.

    Attributes:
        tag: as given in the `Unit`.
        image: its own place, whichever way it was moved.
        to: its place in the staging folder.
        companions: (own place, place in the staging folder). Those that several moved images share stand under the
            first of them.
        bytes: of the image and the companions listed here.
    """

    tag: str
    image: str
    to: str
    companions: list[tuple[str, str]]
    bytes: int


class Preview(msgspec.Struct, frozen=True):
    """What staging would do. `stays`: companions that also belong to an image that stays."""

    moves: list[Moved]
    troubles: list[Trouble]
    stays: list[str]
    bytes: int


class Report(msgspec.Struct, frozen=True):
    """What was done. `stopped`: a cancel was asked for; what is listed is done, the rest was not begun."""

    batch: str
    moved: list[Moved]
    troubles: list[Trouble]
    bytes: int
    stays: list[str] = []
    stopped: bool = False


class Recovered(msgspec.Struct, frozen=True):
    """What was under way when Pickwise ended, and how it stands now.

    Attributes:
        operation: what was under way.
        report: `moved` holds all that this operation did, before the end and now; `troubles` what it could not settle.
        settled: False where a part must wait, for a disk that is not there for instance; the next open tries again.
    """

    operation: Operation
    report: Report
    settled: bool


class Held(msgspec.Struct, frozen=True):
    """One image of a batch and where it is."""

    moved: Moved
    state: Standing


class BatchState(msgspec.Struct, frozen=True):
    """One batch. Images, files and bytes are those still staged, or, where nothing is, those that once were."""

    id: str
    folder: Folder
    at: str  # UTC ISO 8601, when it was staged last
    state: Together
    images: int
    files: int
    bytes: int
    sources: list[str]
    staged: int  # images that are still staged
