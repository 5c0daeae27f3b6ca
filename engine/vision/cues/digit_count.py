"""Counting fingers on a silhouette: circles about the palm's centre, and branches that no chain explains.

The circles are Malima, Özgür and Çetin's ("A fast algorithm for vision-based hand gesture recognition", 2006) at many
radii rather than one. The branches are what remains of the silhouette once every chain is painted in its own breadth.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from engine.vision.cues.hand_crop import KNUCKLES, SIZE, UNIT, Floats, HandCrop, Mask
from engine.vision.cues.silhouette import painted
from engine.vision.seen import FINGERS, WRIST

_RADII = np.arange(0.5, 1.75, 0.05)  # units
_WRIST_SECTOR = 55  # degrees to either side of straight down


@dataclass(frozen=True)
class Branch:
    """A part of the silhouette that no chain explains.

    Attributes:
        mask: (SIZE, SIZE) bool.
        length, breadth: in units.
        area: in square units.
        free: 0..1, how much of its rim borders on surroundings rather than on the hand.
        cut: it runs on into the arm, the picture's edge or the crop's.
        score: 0..1, how much it looks like a finger.
    """

    mask: Mask
    length: float
    breadth: float
    area: float
    free: float
    cut: bool
    score: float


def breadths(points: Floats, hand: Mask) -> Floats:
    """(5,) half-breadth of each finger in units, where its outer bones show; kept to what fingers can be."""
    inward = cv2.distanceTransform(hand.astype(np.uint8), cv2.DIST_L2, 5)
    found = []
    for chain in FINGERS:
        a, b, c = points[list(chain[1:])]
        along = np.concatenate([a + (b - a) * t for t in (0.3, 0.5, 0.7)] + [b + (c - b) * t for t in (0.2, 0.4)])
        columns, rows = np.clip(np.round(along.reshape(-1, 2)).astype(int), 0, SIZE - 1).T
        found.append(np.median(inward[rows, columns]) / UNIT)
    return np.asarray(np.clip(found, 0.06, 0.09), float)


def branches(crop: HandCrop, hand: Mask) -> list[Branch]:
    """What of the silhouette is left over, the most finger-like first."""
    points = crop.points
    wide = breadths(points, hand)
    explained = painted(points, wide + 0.06, 0.15) | _web(points)
    near = painted(points, 0.8, 0.6)
    arm = np.zeros((SIZE, SIZE), bool)
    arm[int(np.clip(points[WRIST, 1] - 0.25 * UNIT, 0, SIZE)) :] = True
    rest = (hand & ~explained & ~arm & near).astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    number, parts = cv2.connectedComponents(cv2.morphologyEx(rest, cv2.MORPH_OPEN, kernel))
    ends = ~crop.inside | _frame() | (hand & ~near)
    found = [_branch(parts == i, hand, ends, arm) for i in range(1, number)]
    return sorted((branch for branch in found if branch.area > 0.01), key=lambda b: -b.score)


def ramp(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high`, straight between."""
    return float(np.clip((value - low) / (high - low), 0, 1))


def circles(crop: HandCrop, hand: Mask) -> int:
    """The largest count of fingers on any three neighbouring circles, outside the wrist's sector."""
    points = crop.points
    centre = 0.4 * points[WRIST] + 0.6 * points[list(KNUCKLES)].mean(0)
    counts = [_arcs(hand, centre, radius) for radius in _RADII]
    return max(min(three) for three in zip(counts, counts[1:], counts[2:], strict=False))


def _arcs(hand: Mask, centre: Floats, radius: float) -> int:
    half = np.radians(180 - _WRIST_SECTOR)
    steps = round(2 * half * radius * UNIT)
    angle = np.linspace(-half, half, steps)  # 0 is up
    at = centre + radius * UNIT * np.column_stack([np.sin(angle), -np.cos(angle)])
    columns, rows = np.round(at).astype(int).T
    seen = (columns >= 0) & (rows >= 0) & (columns < SIZE) & (rows < SIZE)
    on = np.zeros(steps + 2, np.int8)
    on[1:-1][seen] = hand[rows[seen], columns[seen]]
    starts, stops = np.flatnonzero(np.diff(on) == 1), np.flatnonzero(np.diff(on) == -1)
    wide = (stops - starts) / UNIT
    whole = (starts > 0) & (stops < steps)
    return int(((wide > 0.08) & (wide < 0.45) & whole).sum())


def _web(points: Floats) -> Mask:
    """Skin between the thumb and the forefinger."""
    mask = np.zeros((SIZE, SIZE), np.uint8)
    corners = np.array(
        [points[1], points[2], (points[2] + points[3]) / 2, points[5] * 0.8 + points[6] * 0.2, points[5]]
    )
    cv2.fillConvexPoly(mask, cv2.convexHull(np.round(corners).astype(np.int32)), (1,))
    return mask > 0


def _frame() -> Mask:
    mask = np.ones((SIZE, SIZE), bool)
    mask[3:-3, 3:-3] = False
    return mask


def _branch(mask: Mask, hand: Mask, ends: Mask, arm: Mask) -> Branch:
    small = mask.astype(np.uint8)
    breadth = 2 * float(cv2.distanceTransform(small, cv2.DIST_L2, 5).max()) / UNIT
    length = max(cv2.minAreaRect(np.argwhere(mask).astype(np.float32))[1]) / UNIT
    rim = (cv2.dilate(small, np.ones((5, 5), np.uint8)) > 0) & ~mask
    free, far, low = (float((rim & where).sum() / max(int(rim.sum()), 1)) for where in (~hand, ends, arm))
    score = ramp(length, 0.1, 0.45) * ramp(breadth, 0.05, 0.12) * (1 - ramp(breadth, 0.3, 0.42))
    score *= ramp(free, 0.15, 0.55) * (1 - ramp(far, 0.02, 0.1)) * (1 - ramp(low, 0.02, 0.15))
    score *= ramp(length / max(breadth, 0.01), 0.9, 1.8)
    return Branch(mask, length, breadth, float(mask.sum()) / UNIT**2, free, far + low > 0.02, score)
