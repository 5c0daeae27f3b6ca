"""The lines of a batch's write-ahead journal: what is meant to be done, what was done, what was seen to be done.

An operation is `begin`, for staging one `planned` a unit, then for each unit `done` and `verified`, then `end`. Only
`begin`, `planned` and `copied` must be on the disk before anything moves: what became of a plan is read from the disk.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.staging.model import Folder, Operation

State = Literal["staged", "restored", "approved", "gone", "stayed"]


class File(msgspec.Struct, frozen=True, array_like=True):
    """One file of a unit. Both paths are text below the unit's source; `ino` tells a copy from its original."""

    path: str
    to: str
    size: int
    mtime_ns: int
    mode: int
    ino: int


class Image(msgspec.Struct, frozen=True, array_like=True):
    """One image of a unit: its own place among the files and those of its companions."""

    tag: str
    file: int
    companions: list[int]


class Before(msgspec.Struct, frozen=True, array_like=True):
    """A folder (text below the source, "" the source itself) as it was before the operation touched it."""

    path: str
    mtime_ns: int
    mode: int


class Source(msgspec.Struct, frozen=True):
    """A source of this operation; `made` are the folders that are Pickwise's own, to be removed once empty."""

    path: str
    ino: int
    made: list[str] = []
    before: list[Before] = []


class Begin(msgspec.Struct, frozen=True, tag="begin", tag_field="line"):
    """`units` are those a restore or an approval is about; a staging names its own by the `planned` that follow."""

    at: str
    operation: Operation
    folder: Folder
    sources: list[Source] = []
    units: list[int] = []


class Planned(msgspec.Struct, frozen=True, tag="planned", tag_field="line"):
    """Files that move together or not at all; image first."""

    unit: int
    source: str
    images: list[Image]
    files: list[File]


class Copied(msgspec.Struct, frozen=True, tag="copied", tag_field="line"):
    """A whole, checked copy stands on the other disk under a name of its own and is about to take its place."""

    unit: int
    file: int
    back: bool
    digest: str
    ino: int


class Reserves(msgspec.Struct, frozen=True, tag="reserves", tag_field="line"):
    """A disk of this operation can only reserve names by empty files: one may be left behind."""


class Done(msgspec.Struct, frozen=True, tag="done", tag_field="line"):
    unit: int
    state: State


class Verified(msgspec.Struct, frozen=True, tag="verified", tag_field="line"):
    """Seen in their places after the folders were flushed to the disk."""

    units: list[int]
    state: State


class After(msgspec.Struct, frozen=True, array_like=True):
    source: str
    path: str
    mtime_ns: int


class End(msgspec.Struct, frozen=True, tag="end", tag_field="line"):
    """Nothing of the operation is under way; what was planned and is not verified was not begun.

    Attributes:
        staged: units that are in the staging folder now.
        after: the times of the folders that were touched, so that a restore knows whether others touched them since.
    """

    staged: int
    after: list[After] = []


Line = Begin | Planned | Copied | Reserves | Done | Verified | End
