"""What crosses the bridge for what was seen in the images; part of `wire.METHODS`."""

from __future__ import annotations

from engine.culling.views import View
from engine.wire_base import Request


class LookForWrong(Request, frozen=True, tag="vision.look"):
    """Look at every image that was not looked at yet for what is wrong with it (a job)."""


class GetSeen(Request, frozen=True, tag="vision.seen"):
    """What was seen in one image."""

    image: int


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


METHODS: dict[type[Request], type[View]] = {GetSeen: Seen}
"""The calls that answer with a view of their own; `wire.METHODS` adds the one that answers with `JobRef`."""
