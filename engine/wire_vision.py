"""What crosses the bridge for what was seen in the images; part of `wire.METHODS`."""

from __future__ import annotations

from engine.culling.views import View
from engine.wire_base import Request


class LookForWrong(Request, frozen=True, tag="vision.look"):
    """Look at every image that was not looked at yet for what is wrong with it (a job)."""


class GetSeen(Request, frozen=True, tag="vision.seen"):
    """What was seen in one image."""

    image: int


class GetChecks(Request, frozen=True, tag="check.list"):
    """Images that may show what a tag names and that nobody judged yet, most likely first. No tag: those of all."""

    tag: str = ""
    offset: int = 0
    limit: int = 100


class AnswerCheck(Request, frozen=True, tag="check.answer"):
    """Say whether an image shows what a tag names. It teaches the detector; it rejects nothing."""

    image: int
    tag: str
    yes: bool


class CheckTag(View, frozen=True):
    """One tag of the Check screen.

    Attributes:
        waiting: images that may show it and are not judged.
        yes, no: what the person's own answers, tags and keepers say; the learned detector needs `needs` of each.
        learned: its detector is on.
        average_precision, calibration_error: of the detector on the person's own answers it was not fitted to.
    """

    tag: str
    waiting: int
    yes: int
    no: int
    needs: int
    learned: bool
    average_precision: float | None
    calibration_error: float | None


class Check(View, frozen=True):
    """An image that may show what `tag` names: where (pixels of the original of `width` x `height`), and why."""

    image: int
    tag: str
    cue: str
    score: float
    text: str
    box: tuple[float, float, float, float]
    filename: str
    url: str
    thumb_url: str
    displayable: bool
    missing: bool
    width: int
    height: int


class Checks(View, frozen=True):
    total: int
    offset: int
    looked: int  # images that were looked at
    tags: list[CheckTag]
    items: list[Check]


class SeenFace(View, frozen=True):
    box: tuple[float, float, float, float]
    eyes: list[tuple[float, float]]  # two, or none


class SeenBody(View, frozen=True):
    points: list[tuple[float, float]]  # 33, MediaPipe's order
    visibility: list[float]  # 0 to 1; below 0.5 a point is a guess


class SeenCue(View, frozen=True):
    """Something that looks wrong. It is a doubt where its score reaches the threshold of the settings."""

    name: str
    score: float
    box: tuple[float, float, float, float]
    text: str
    doubt: bool


class SeenAbstained(View, frozen=True):
    """Something that could not be judged, and why."""

    name: str
    box: tuple[float, float, float, float]
    text: str


class Seen(View, frozen=True):
    """What was seen in one image, in pixels of the original of `width` x `height`; boxes are x1, y1, x2, y2.

    Attributes:
        looked: whether it was looked at, as it is now.
        whole: whether more than the cues is known; the rest is kept in a cache, which may have been deleted.
        hands: 21 points each, MediaPipe's order.
    """

    image: int
    looked: bool
    whole: bool
    width: int
    height: int
    hands: list[list[tuple[float, float]]]
    faces: list[SeenFace]
    bodies: list[SeenBody]
    cues: list[SeenCue]
    abstained: list[SeenAbstained]


METHODS: dict[type[Request], type[View]] = {GetSeen: Seen, GetChecks: Checks}
"""The calls that answer with a view of their own; `wire.METHODS` adds the one that answers with `JobRef`."""
