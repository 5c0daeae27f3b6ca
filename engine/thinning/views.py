"""What the Duplicates screen shows: groups of copies, stage sets side by side, and staged batches."""

from __future__ import annotations

from typing import Literal

from engine.culling.views import View

By = Literal["content", "phash", "embedding", "both", "time", "name", "czkawka"]
Keep = Literal["stage", "rating", "resolution", "newest", "quality", "folder"]
BatchState = Literal["staged", "restored", "approved", "mixed"]


class CopyView(View, frozen=True):
    """One image of a group of copies."""

    id: int
    path: str
    filename: str
    folder: str  # below its source, "" for the source itself
    url: str
    thumb_url: str
    displayable: bool
    cropped: bool
    width: int
    height: int
    size_bytes: int
    format: str
    stage: float | None
    modified_at: str  # of the file
    quality: float  # 0 to 1
    blur_px: float
    defects: list[str]
    score: float  # mu - 3 sigma
    comparisons: int
    distance: int | None  # pHash bits of 64 from the keeper; None where it was not measured
    similarity: float | None  # cosine with the keeper
    stays: bool
    flipped: bool  # a person said so, against the rule
    reason: str  # why it stays or goes
    prompt: str
    seed: str


class CopiesView(View, frozen=True):
    """A group of copies; the keeper by the rule comes first."""

    id: str
    state: Literal["open", "kept"]  # kept: nothing of it goes any more
    bytes: int  # that would be freed
    members: list[CopyView]


class CopiesItem(View, frozen=True):
    id: str
    state: Literal["open", "kept"]
    size: int
    going: int
    bytes: int
    thumb_url: str


class RunView(View, frozen=True):
    """One search for copies and what it found; `threshold` is bits, cosine or seconds, as `by` has it."""

    by: By
    threshold: float
    orientations: bool
    keep: Keep
    folder: str
    at: str
    images: int  # looked at
    groups: int
    outside: int  # paths of an imported file that no source holds
    report: str  # the CSV, a path
    note: str


class Copies(View, frozen=True):
    """A page of groups, largest first."""

    run: RunView | None  # None: never searched
    total: int
    going: int  # images that go, over all groups
    bytes: int  # that would be freed, over all groups
    offset: int
    items: list[CopiesItem]


class CopiesGroups(View, frozen=True):
    groups: list[CopiesView]


class SetSide(View, frozen=True):
    """The images of one timestamp, by stage."""

    key: str
    timestamp: str
    images: list[CopyView]
    bytes: int  # with companions


class SetMatch(View, frozen=True):
    """Two sets that show the same; `goes` is the redundant one."""

    id: str
    stages: list[float]
    similarity: list[float]  # stage by stage; cosine, or the share of equal pHash bits
    measure: Literal["cosine", "phash"]
    metadata: Literal["same", "differs", "unknown"]
    stays: SetSide
    goes: SetSide
    reason: str
    flipped: bool


class SetMatches(View, frozen=True):
    total: int
    bytes: int  # that would be freed
    searched: bool
    report: str
    note: str
    offset: int
    items: list[SetMatch]


class BatchView(View, frozen=True):
    """Images that were set aside together."""

    id: str
    at: str
    folder: str  # `_review_dupes` or `delete_review`
    state: BatchState
    images: int  # still staged
    files: int
    bytes: int
    sources: list[str]
    thumbs: list[str]  # of the first few


class Batches(View, frozen=True):
    items: list[BatchView]
    images: int  # staged in all
    bytes: int
