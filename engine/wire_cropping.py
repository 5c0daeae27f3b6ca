"""What crosses the bridge for the Crop screen; part of `wire.METHODS`."""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.culling.views import View
from engine.wire_base import Request

Box = tuple[int, int, int, int]
Choice = Literal["best", "alt1", "alt2", "nudged", "full"]


class Propose(Request, frozen=True, tag="crop.propose"):
    """Propose crops for every image that waits for one and has none (a job); looks at those not looked at first."""


class GetCrops(Request, frozen=True, tag="crop.queue"):
    """Images in the order they are asked about. `waiting` have no answer yet, `done` have, newest first."""

    which: Literal["waiting", "done"] = "waiting"
    trios: bool = False  # three variants of a group at once: pick and crop in one go
    offset: int = 0
    limit: int = 60


class GetCrop(Request, frozen=True, tag="crop.images"):
    """All that the screen shows of these images (at most 9), in their order; those that are gone are left out."""

    images: list[int]


class MeasureBox(Request, frozen=True, tag="crop.measure"):
    """The terms and score of a box of the person's own."""

    image: int
    box: Box


class Answer(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What was done with one image."""

    image: int
    choice: Choice
    box: Box
    tags: list[str] = msgspec.field(default_factory=list)


class Choose(Request, frozen=True, tag="crop.choose"):
    """Decide the crop of one image, or of a trio's winner: then the others become alternates.

    `time_ms` is from first paint to the decision without idle time, `actions` the keys and drags until then.
    """

    answer: Answer
    group_id: str = ""  # with `losers`: a trio
    losers: list[int] = msgspec.field(default_factory=list)
    time_ms: int = 0
    actions: int = 0
    unassisted: bool = False


class SendToCrop(Request, frozen=True, tag="crop.send"):
    """Ask for a crop of this image before others, or no longer."""

    image: int
    on: bool


class GetTaste(Request, frozen=True, tag="crop.taste"):
    """What was learned about crops, in words and numbers, and the readouts."""


class ForgetTaste(Request, frozen=True, tag="crop.forget"):
    """Begin again from the settings' weights; the answers stay."""


class Cut(Request, frozen=True, tag="crop.cut"):
    """Write a cropped copy of every decided crop that has none into exports/cropped (a job)."""


# ---- answers


class CropItem(View, frozen=True):
    """One entry of the queue: one image, or the three of a trio."""

    images: list[int]
    group_id: str
    thumb_urls: list[str]
    filename: str
    confidence: float
    clean: bool
    asked_for: bool  # a person sent it to crop
    unassisted: bool  # to be decided without proposals, to measure what they save


class Crops(View, frozen=True):
    """A page of the queue.

    Attributes:
        waiting: entries without an answer; done: images with one; unproposed: images that still need a proposal.
        copies: decided crops of which no copy was written yet.
    """

    total: int
    waiting: int
    done: int
    unproposed: int
    copies: int
    offset: int
    items: list[CropItem]


class CropCandidate(View, frozen=True):
    id: Literal["best", "alt1", "alt2"]
    box: Box
    note: str
    score: float
    terms: dict[str, float]
    avoids: list[str]


class CropKeepOut(View, frozen=True):
    shape: str
    region: Box
    text: str
    tag: str


class CropImage(View, frozen=True):
    """One image of the Crop screen, sizes in pixels of the original.

    Attributes:
        step: the sizes whose ratio is exact are multiples of this (width, height); the whole picture where there are
            no others.
        candidates: best first; empty where nothing was proposed yet.
        clean, why: whether a clean crop exists, and the sentence about it.
        answer: what was decided before, if anything; `box` the box, `tags` the reasons.
    """

    id: int
    filename: str
    path: str
    url: str
    thumb_url: str
    displayable: bool
    missing: bool
    width: int
    height: int
    step: tuple[int, int]
    candidates: list[CropCandidate]
    keep_out: list[CropKeepOut]
    heads: list[tuple[float, float, float, float]]
    clean: bool
    why: str
    confidence: float
    ratio_error: float
    choice: Choice | None
    box: Box | None
    tags: list[str]
    copied: bool


class CropImages(View, frozen=True):
    images: list[CropImage]


class Measured(View, frozen=True):
    score: float
    terms: dict[str, float]
    avoids: list[str]
    ratio_error: float


class TasteWeight(View, frozen=True):
    term: str
    start: float  # of the settings
    now: float
    text: str  # "you let heads come nearer to the edge than was proposed"


class Taste(View, frozen=True):
    """What was learned, and how it goes.

    Attributes:
        answers: that were learned from.
        accept_rate: accepted without a nudge, of the last answers; None before the first.
        actions: keys and drags an image; easy: the share of sure proposals among them.
        seconds_saved: per 100 images against the unassisted ones; None where none were measured.
    """

    answers: int
    weights: list[TasteWeight]
    accept_rate: float | None
    accept_rate_before: float | None
    actions: float | None
    easy: float | None
    seconds: float | None
    seconds_unassisted: float | None
    seconds_saved: float | None


METHODS: dict[type[Request], type[View]] = {
    GetCrops: Crops,
    GetCrop: CropImages,
    MeasureBox: Measured,
    GetTaste: Taste,
}
"""The calls that answer with a view of their own; `wire.METHODS` adds the others."""
