"""What the cues of anatomy share: points that can be trusted, boxes round them, and scores that rise smoothly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.vision.seen import Box, Hand

Floats = NDArray[np.float64]

FARTHEST = 1e6  # pixels; nothing seen in a picture lies beyond
SMALLEST_HAND = 24.0  # pixels; below it the points are mostly guesswork


def rise(value: float, start: float, full: float) -> float:
    """0 up to `start`, 1 from `full` on, a smooth S between; `full` may lie below `start`."""
    if not np.isfinite(value):
        return 0.0
    share = min(1.0, max(0.0, (value - start) / (full - start)))
    return share * share * (3 - 2 * share)


def trusted(values: Sequence[object], rows: int, columns: int = 2) -> Floats | None:
    """The values as a float array (rows, columns), or (rows,) for one column; None where any is missing or wild."""
    shape = (rows,) if columns == 1 else (rows, columns)
    try:
        found = np.array(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    if found.shape != shape or not np.isfinite(found).all() or np.abs(found).max(initial=0) > FARTHEST:
        return None
    return found


def trusted_box(box: Box) -> bool:
    """Whether a box is finite and holds at least a pixel."""
    found = trusted(box, 4, 1)
    return found is not None and bool(found[2] - found[0] >= 1 and found[3] - found[1] >= 1)


def round_points(points: Iterable[Floats], margin: float = 0.0) -> Box:
    """The box round all points, (n, 2) arrays or single points, widened by `margin` of its long side."""
    every = np.concatenate([np.atleast_2d(p)[:, :2] for p in points])
    low, high = every.min(axis=0), every.max(axis=0)
    more = margin * float((high - low).max())
    return (float(low[0] - more), float(low[1] - more), float(high[0] + more), float(high[1] + more))


def overlap(a: Box, b: Box) -> tuple[float, float]:
    """Shared area over the union, and over the smaller of two trusted boxes."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0, 0.0
    areas = [(c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)]
    return wide * high / (sum(areas) - wide * high), wide * high / min(areas)


def hand_points(hand: Hand) -> Floats | None:
    """(21, 3) pixels with depth; None where points are missing, wild, or the hand is tiny."""
    flat, depth = trusted(hand.points, 21), trusted(hand.depth, 21, 1)
    if flat is None or depth is None or float(np.ptp(flat, axis=0).max()) < SMALLEST_HAND:
        return None
    return np.column_stack([flat, depth])


def along(points: Floats, chain: Sequence[int]) -> float:
    """Length of a chain of points in their own units."""
    return float(np.linalg.norm(np.diff(points[list(chain)], axis=0), axis=1).sum())


def hand_length(points: Floats) -> float:
    """From the wrist to the middle finger's tip along the bones, as if the hand lay flat; a (21, 3) hand."""
    return along(points, (0, 9, 10, 11, 12))


def same_hand(a: Floats, b: Floats) -> bool:
    """Whether two finds are one hand found twice."""
    apart = float(np.median(np.linalg.norm(a[:, :2] - b[:, :2], axis=1)))
    return apart < 0.3 * min(hand_length(a), hand_length(b))
