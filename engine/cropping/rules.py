"""What a crop must never do. The whole picture breaks none of these rules, so there is always a lawful box.

- The main head stays inside with its margin (what of the margin lies in the picture).
- No other head, no pair of eyes and no keep-out region is cut: each is inside whole, or outside.
- Of a full-body shot's main body at least a third of the height stays inside.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from engine.cropping.maps import Floats
from engine.cropping.model import Box, Head, KeepOut, Scene
from engine.cropping.subject import Subject, clipped, grown, is_empty

STRONG = 0.35  # from this score on a keep-out inside makes a picture unclean; below it may stay in
MOST = 0.5  # of the saliency, or of the torso: a crop with less has lost most of the subject
BODY = 1 / 3
_EYE = 0.25  # of the distance between the eyes: an eye's half size

Flags = npt.NDArray[np.bool_]


class Rules:
    """The rules of one scene, asked of all boxes at once: (4, N) whole pixels, inside the picture."""

    def __init__(self, scene: Scene, subject: Subject, margin: float) -> None:
        width, height = scene.width, scene.height
        self.inside = clipped(grown(subject.head.box, margin), width, height) if subject.head else None
        whole = [clipped(head.box, width, height) for head in subject.others]
        whole += [clipped(_eyes(head), width, height) for head in scene.heads if head.eyes]
        self.keep_out = [clipped(one.region, width, height) for one in scene.keep_out]
        self.strong = [is_strong(one) for one in scene.keep_out]
        self.whole = list(dict.fromkeys(box for box in whole + self.keep_out if not is_empty(box)))
        body = clipped(subject.person.box, width, height) if subject.person and subject.person.whole else None
        self.body = None if body is None or is_empty(body) else body
        self.torso = subject.torso if subject.head is None else None

    def lawful(self, boxes: Floats) -> Flags:
        good = np.ones(boxes.shape[1], np.bool_)
        if self.inside is not None:
            good &= holds(boxes, self.inside)
        for box in self.whole:
            good &= holds(boxes, box) | misses(boxes, box)
        if self.body is not None:
            seen = np.minimum(boxes[3], self.body[3]) - np.maximum(boxes[1], self.body[1])
            good &= (seen * 3 >= self.body[3] - self.body[1]) & ~misses(boxes, self.body)
        return good

    def clean(self, boxes: Floats) -> Flags:
        """Without any strong keep-out, if the boxes are lawful."""
        good = np.ones(boxes.shape[1], np.bool_)
        for box, strong in zip(self.keep_out, self.strong, strict=True):
            if strong and not is_empty(box):
                good &= misses(boxes, box)
        return good

    def keeps_most(self, boxes: Floats, saliency: Floats) -> Flags:
        """Whether most of the subject stays: of the saliency (its term, (N,)), and without a head of the torso."""
        good = saliency >= MOST
        if self.torso is not None:
            x1, y1, x2, y2 = self.torso
            across = np.minimum(boxes[2], x2) - np.maximum(boxes[0], x1)
            down = np.minimum(boxes[3], y2) - np.maximum(boxes[1], y1)
            good &= np.maximum(across, 0) * np.maximum(down, 0) >= MOST * (x2 - x1) * (y2 - y1)
        return good


def is_strong(keep_out: KeepOut) -> bool:
    return sure_of(keep_out) >= STRONG


def sure_of(keep_out: KeepOut) -> float:
    """Its score between 0 and 1; 1 where that is no number."""
    return min(1.0, max(0.0, keep_out.score)) if math.isfinite(keep_out.score) else 1.0


def holds(boxes: Floats, box: Box) -> Flags:
    """Which boxes have this one inside whole."""
    x1, y1, x2, y2 = (np.float32(side) for side in box)
    return np.asarray((boxes[0] <= x1) & (boxes[1] <= y1) & (boxes[2] >= x2) & (boxes[3] >= y2))


def misses(boxes: Floats, box: Box) -> Flags:
    """Which boxes have nothing of this one inside."""
    x1, y1, x2, y2 = (np.float32(side) for side in box)
    return np.asarray((boxes[0] >= x2) | (boxes[1] >= y2) | (boxes[2] <= x1) | (boxes[3] <= y1))


def _eyes(head: Head) -> tuple[float, float, float, float]:
    """Round both eyes of a head that has them."""
    assert head.eyes is not None  # noqa: S101 - asked for those with eyes
    (ax, ay), (bx, by) = head.eyes
    half = max(1.0, _EYE * float(np.hypot(ax - bx, ay - by)))
    return min(ax, bx) - half, min(ay, by) - half, max(ax, bx) + half, max(ay, by) + half
