"""One hand cut out upright and enlarged: the fingers point up, one unit is the length of the palm.

Whatever judges a hand's outline can then speak in units, whatever the hand's size and turn in the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from engine.vision.seen import FINGERS, WRIST, Box, Hand

SIZE = 384  # side of the crop, px
UNIT = 96  # length of the palm in the crop, px
_WRIST_AT = (SIZE / 2, SIZE * 0.78)
KNUCKLES = (5, 9, 13, 17)

Floats = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Pose = Literal["open", "half_open", "closed"]


@dataclass(frozen=True)
class HandCrop:
    """A hand upright.

    Attributes:
        rgb: (SIZE, SIZE, 3) uint8.
        points: (21, 2) of the hand, in the crop's pixels.
        inside: (SIZE, SIZE) bool, where the picture reaches.
        matrix: (2, 3), from the picture's pixels to the crop's.
        scale: pixels of the crop per pixel of the picture.
    """

    rgb: Pixels
    points: Floats
    inside: Mask
    matrix: Floats
    scale: float

    def box_in_picture(self, mask: Mask) -> Box:
        """Box, in the picture's pixels, round what is set in a mask of the crop; round all of it if nothing is."""
        rows, columns = np.nonzero(mask if mask.any() else np.ones_like(mask))
        corners = np.array(
            [(x, y) for x in (columns.min(), columns.max() + 1) for y in (rows.min(), rows.max() + 1)], float
        )
        there = cv2.transform(corners[None], cv2.invertAffineTransform(self.matrix))[0]
        (x1, y1), (x2, y2) = there.min(0), there.max(0)
        return float(x1), float(y1), float(x2), float(y2)


def unit_of(points: Floats) -> float:
    """Length of the palm in pixels; from its breadth or the fingers where it is seen foreshortened."""
    lengths = [np.linalg.norm(np.diff(points[list(chain)], axis=0), axis=1).sum() for chain in FINGERS[1:]]
    palm = np.linalg.norm(points[list(KNUCKLES)].mean(0) - points[WRIST])
    return float(max(palm, 1.2 * np.linalg.norm(points[5] - points[17]), 0.9 * max(lengths)))


def cut(rgb: Pixels, hand: Hand) -> HandCrop:
    """The hand upright out of (H, W, 3) uint8; its points must be finite and not all in one place."""
    points = np.asarray(hand.points, float)
    up = points[list(KNUCKLES)].mean(0) - points[WRIST]
    scale = UNIT / unit_of(points)
    turn = np.arctan2(-up[0], -up[1])  # from where the fingers point to straight up
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    matrix = np.array([[cos, -sin, 0.0], [sin, cos, 0.0]])
    matrix[:, 2] = _WRIST_AT - matrix[:, :2] @ points[WRIST]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    pixels = cv2.warpAffine(rgb, matrix, (SIZE, SIZE), flags=how, borderMode=cv2.BORDER_REPLICATE)
    whole = np.ones(rgb.shape[:2], np.uint8)
    inside = cv2.warpAffine(whole, matrix, (SIZE, SIZE), flags=cv2.INTER_NEAREST) > 0
    return HandCrop(np.asarray(pixels, np.uint8), cv2.transform(points[None], matrix)[0], inside, matrix, scale)


def bends(hand: Hand) -> Floats:
    """(4,) how far each finger but the thumb is bent, in degrees: between its first bone and the line to its tip.

    In three dimensions: MediaPipe's depth is coarse but tells a finger that points at the camera from a short one.
    """
    points = np.column_stack([np.asarray(hand.points, float), np.asarray(hand.depth, float)])
    palm = points[list(KNUCKLES)] - points[WRIST]
    roots, middles, tips = (points[[chain[i] for chain in FINGERS[1:]]] for i in (0, 1, 3))
    inner = _angles(middles - roots, tips - middles)
    return np.asarray(np.maximum(inner, _angles(palm, tips - roots) * 0.7), float)


def pose(hand: Hand) -> Pose:
    """Open with four straight fingers, closed with fewer than two that are at least half straight."""
    bent = bends(hand)
    if (bent < 40).sum() >= 4:
        return "open"
    return "half_open" if (bent < 60).sum() >= 2 else "closed"


def _angles(a: Floats, b: Floats) -> Floats:
    cosine = (a * b).sum(1) / np.maximum(np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1), 1e-9)
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1, 1))), float)
