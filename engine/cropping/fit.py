"""Rules of thumb of photographers, as numbers from 0 to 1: headroom, thirds, gaze room, and how much a subject fills.

Headroom and lead room as camera operators learn them (Zettl, "Sight, Sound, Motion"): a head has room above it, less
the nearer it is; a face has more room where it looks. Bounds: by the uncrop bench (tests/bench/crops.py).
"""

from __future__ import annotations

import math

import numpy as np

from engine.cropping.maps import Floats
from engine.cropping.subject import GROUP, Subject

PEOPLE_FILL = (0.05, 0.3, 0.6, 1.0)  # mean saliency of the box: lost, from here right, to here right, tight
THINGS_FILL = (0.03, 0.15, 0.6, 1.0)  # a thing may be small in its place, and its mask is less to be trusted
FRONTAL = 0.3  # a face that looks less far to a side looks at us: the middle is a good place
_NEAR = 0.1  # of a side: this far off a third, half of the worth is gone
_EYE_LINE = (0.3, 0.48)  # of the height, from a small head to one that fills the frame


class Fit:
    """The rules for one scene."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        head = subject.head if subject.anchor == "head" else None
        self.heads = [one.box for one in (head, *subject.others)] if head else []
        gaze = head.gaze if head else None
        self.look = 0.0 if gaze is None or not math.isfinite(gaze) else min(1.0, max(-1.0, gaze))
        sizes = [(box[2] - box[0]) * (box[3] - box[1]) for box in self.heads]
        self.several = sum(size >= GROUP * sizes[0] for size in sizes) > 1 if sizes else False
        self.middle_due = self.several or abs(self.look) < FRONTAL

    def headroom(self, boxes: Floats) -> Floats:
        """1 where the room above the highest head inside is right for the size of the main head; 1 without heads."""
        if not self.heads:
            return np.ones(boxes.shape[1], np.float32)
        left, top, right, bottom = boxes
        down = bottom - top
        highest = np.full(boxes.shape[1], np.inf, np.float32)
        for x1, y1, x2, y2 in self.heads:
            x, y = np.float32((x1 + x2) / 2), np.float32((y1 + y2) / 2)
            inside = (left <= x) & (x <= right) & (top <= y) & (y <= bottom)
            highest = np.minimum(highest, np.where(inside, np.float32(y1), np.float32(np.inf)))
        highest = np.where(np.isfinite(highest), highest, bottom)
        room = (highest - top) / down
        main = np.float32(self.heads[0][3] - self.heads[0][1]) / down
        least, most = np.minimum(0.25 * main, 0.06 * (1 - main)), np.maximum(0.07, 0.3 - 0.6 * main)
        short = (least - room) / np.maximum(least, np.float32(1e-3))
        return np.asarray(1 - np.maximum(np.maximum(short, 0), (room - most) / 0.25).clip(0, 1), np.float32)

    def thirds(self, boxes: Floats) -> Floats:
        """How near the anchor is to where it should be, across and down, each a half."""
        left, top, right, bottom = boxes
        across = (np.float32(self.subject.point[0]) - left) / (right - left)
        down = (np.float32(self.subject.point[1]) - top) / (bottom - top)
        off = np.minimum(np.abs(across - np.float32(1 / 3)), np.abs(across - np.float32(2 / 3)))
        if self.middle_due:
            off = np.minimum(off, np.abs(across - np.float32(0.5)))
        return np.asarray((_near(off) + _near(self._down(down, bottom - top))) / 2, np.float32)

    def _down(self, at: Floats, height: Floats) -> Floats:
        """How far the anchor is from its line: heads from the eye line, other things from a third or the middle."""
        if self.subject.anchor != "head":
            third = np.minimum(np.abs(at - np.float32(1 / 3)), np.abs(at - np.float32(2 / 3)))
            return np.asarray(np.minimum(third, np.abs(at - np.float32(0.5))), np.float32)
        main = ((self.heads[0][3] - self.heads[0][1]) / height).clip(0, 1)
        line = _EYE_LINE[0] + (_EYE_LINE[1] - _EYE_LINE[0]) * np.minimum(main * 1.5, 1)
        return np.asarray(np.abs(at - line), np.float32)

    def gaze(self, boxes: Floats) -> Floats:
        """1 with half of the frame before the face, 0 with a fifth; the less it looks aside, the nearer 1."""
        if not self.look or not self.heads:
            return np.ones(boxes.shape[1], np.float32)
        middle = np.float32((self.heads[0][0] + self.heads[0][2]) / 2)
        at = (middle - boxes[0]) / (boxes[2] - boxes[0])
        ahead = 1 - at if self.look > 0 else at
        room = ((ahead - np.float32(0.2)) / np.float32(0.3)).clip(0, 1)
        return np.asarray(1 - abs(self.look) * (1 - room), np.float32)

    def size(self, fill: Floats) -> Floats:
        """Of the mean saliency in the box: rises to 1 by its logarithm, and falls again where nothing else is seen."""
        lost, from_here, to_here, tight = PEOPLE_FILL if self.heads else THINGS_FILL
        small = np.log(np.maximum(fill, 1e-6) / lost) / math.log(from_here / lost)
        large = (tight - fill) / (tight - to_here)
        return np.asarray(np.minimum(small, large).clip(0, 1), np.float32)


def _near(off: Floats) -> Floats:
    return np.asarray(1 / (1 + (off / np.float32(_NEAR)) ** 2), np.float32)
