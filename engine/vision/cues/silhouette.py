"""Where a hand is in its upright crop: its chains and palm painted, and colours learned along the chains.

Colours are counted in Lab on the bones and the palm and, for the surroundings, well away from them; each pixel's odds
follow from the two counts (Jones and Rehg, "Statistical color models", 2002). Where a mask of people is given, colours
outside it count less.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from engine.vision.cues.hand_crop import KNUCKLES, SIZE, UNIT, Floats, HandCrop, Mask, Pixels
from engine.vision.seen import FINGERS, WRIST

_BINS = (16, 32, 32)


def painted(points: Floats, thickness: Floats | float, palm: float) -> Mask:
    """(SIZE, SIZE) bool: five chains with so many units of half-width (one, or one each), the palm grown by `palm`."""
    widths = np.broadcast_to(thickness, 5)
    mask = np.zeros((SIZE, SIZE), np.uint8)
    for chain, width in zip(FINGERS, widths, strict=True):
        line = np.round(points[list(chain)]).astype(np.int32)
        cv2.polylines(mask, [line], isClosed=False, color=(1,), thickness=max(1, round(2 * float(width) * UNIT)))
    return (mask > 0) | palm_of(points, palm)


def palm_of(points: Floats, grown: float) -> Mask:
    """(SIZE, SIZE) bool: the palm between wrist, thumb's root and knuckles, grown by so many units."""
    mask = np.zeros((SIZE, SIZE), np.uint8)
    hull = cv2.convexHull(np.round(points[[WRIST, 1, 2, *KNUCKLES]]).astype(np.int32))
    cv2.fillConvexPoly(mask, hull, (1,))
    if grown > 0:
        cv2.polylines(mask, [hull], isClosed=True, color=(1,), thickness=max(1, round(2 * grown * UNIT)))
    return mask > 0


def skin_odds(crop: HandCrop, person: npt.NDArray[np.float32] | None = None) -> npt.NDArray[np.float32]:
    """(SIZE, SIZE) float32 in 0..1: how much each pixel's colour is the hand's rather than the surroundings'."""
    lab = np.asarray(cv2.cvtColor(cv2.GaussianBlur(crop.rgb, (0, 0), 1.2), cv2.COLOR_RGB2LAB), np.uint8)
    on = painted(crop.points, 0.05, 0.0) & crop.inside
    off = crop.inside & ~painted(crop.points, 0.5, 0.4) & ~_forearm(crop.points)
    odds = _share(lab, on, off)
    if person is not None:
        odds *= 0.4 + 0.6 * np.clip(cv2.GaussianBlur(person, (0, 0), 6) * 2, 0, 1)
    return np.where(crop.inside, odds, 0).astype(np.float32)


def _forearm(points: Floats) -> Mask:
    """Below the wrist: arm or sleeve, which is neither hand nor surroundings."""
    mask = np.zeros((SIZE, SIZE), bool)
    x, y = points[WRIST]
    mask[int(np.clip(y, 0, SIZE)) :, int(np.clip(x - UNIT * 0.7, 0, SIZE)) : int(np.clip(x + UNIT * 0.7, 0, SIZE))] = (
        True
    )
    return mask


def _share(lab: Pixels, on: Mask, off: Mask) -> npt.NDArray[np.float32]:
    """Each pixel's share of `on` among the two counts of its colour."""
    cell = [lab[..., i].astype(np.int32) * n // 256 for i, n in enumerate(_BINS)]
    index = (cell[0] * _BINS[1] + cell[1]) * _BINS[2] + cell[2]
    counts = [_count(index[where]) for where in (on, off)]
    share = (counts[0] / (counts[0] + 0.7 * counts[1])).astype(np.float32)
    return np.asarray(share[index], np.float32)


def _count(cells: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    """Normalised and smoothed over neighbouring colours, with a little everywhere."""
    size = int(np.prod(_BINS))
    grid = np.bincount(cells, minlength=size).reshape(_BINS).astype(np.float64)
    for axis in range(3):
        padded = np.pad(grid, [(1, 1) if i == axis else (0, 0) for i in range(3)], mode="edge")
        low, middle, high = (np.take(padded, range(i, i + _BINS[axis]), axis) for i in range(3))
        grid = 0.25 * low + 0.5 * middle + 0.25 * high
    return np.asarray((grid / max(grid.sum(), 1.0)).ravel() + 2e-6, np.float64)
