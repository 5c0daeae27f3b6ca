"""Hands with a sixth finger, made from a hand's own, and the same hands blended alike but left with five.

A finger is turned about its knuckle, or moved beside, into where the least of the hand is; it keeps its own light
and grain. Only a finger that is seen straight and long is taken: a curled one moved is a lump, in which no one would
see a finger. The control blends, with the same feathered seams and the same resampling, the finger into its own place
and the surroundings into theirs, so that neither seams nor softness tell the two apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from engine.vision.cues.hand_crop import SIZE, Floats, HandCrop, Mask, Pixels, cut, unit_of
from engine.vision.cues.silhouette import painted, skin_odds
from engine.vision.seen import FINGERS, Hand

_DRAWS = 8  # places tried; more would always find the same one
_SHOWN = 0.6  # how much of the finger lies beside the hand, at least


@dataclass(frozen=True)
class Altered:
    """A pair from one hand: `six` and its control `five`, (H, W, 3) uint8, and where the finger was put (H, W) bool."""

    six: Pixels
    five: Pixels
    put: Mask


def alter(rgb: Pixels, hand: Hand, rng: np.random.Generator) -> Altered | None:
    """None where no finger can be put so that well over half of it lies beside the hand."""
    points = np.asarray(hand.points, float)
    unit = unit_of(points)
    own = _hand_mask(rgb, hand)
    fit = [finger for finger in range(1, 5) if _straight(points[list(FINGERS[finger])], unit)]
    best: tuple[float, int, Floats] | None = None
    for _ in range(_DRAWS if fit else 0):
        finger = int(rng.choice(fit))
        turn = float(rng.choice([-1, 1]) * rng.uniform(18, 45))
        matrix = cv2.getRotationMatrix2D(tuple(points[FINGERS[finger][0]]), turn, float(rng.uniform(0.85, 1.0)))
        matrix[:, 2] += rng.uniform(-0.1, 0.1, 2) * unit
        shown = _shown(_finger(points, finger, unit, rgb.shape) & own, own, matrix, unit)
        if best is None or shown > best[0]:
            best = (shown, finger, matrix)
    if best is None or best[0] < _SHOWN:
        return None
    _, finger, matrix = best
    mask = _finger(points, finger, unit, rgb.shape) & own
    put = _moved(mask.astype(np.float32), matrix) > 0.5
    return Altered(_blend(rgb, mask, matrix, unit), _control(rgb, mask, put, matrix, unit), put)


def _straight(chain: Floats, unit: float) -> bool:
    along = float(np.linalg.norm(np.diff(chain, axis=0), axis=1).sum())
    return along > 0.5 * unit and float(np.linalg.norm(chain[3] - chain[0])) > 0.92 * along


def _hand_mask(rgb: Pixels, hand: Hand) -> Mask:
    crop = cut(rgb, hand)
    size = (rgb.shape[1], rgb.shape[0])
    near = _silhouette(crop) & painted(crop.points, 0.16, 0.15)
    back = cv2.invertAffineTransform(crop.matrix)
    return np.asarray(cv2.warpAffine(near.astype(np.float32), back, size) > 0.5, bool)


def _silhouette(crop: HandCrop) -> Mask:
    """(SIZE, SIZE) bool: the hand and the skin that hangs on it, by GrabCut (Rother and others, 2004)."""
    small_side = SIZE // 2
    odds = skin_odds(crop)
    sure = painted(crop.points, 0.03, 0.0)
    label = np.where(odds > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    label[odds < 0.06] = cv2.GC_BGD
    label[sure] = cv2.GC_FGD
    label[~crop.inside] = cv2.GC_BGD
    small = cv2.resize(crop.rgb, (small_side, small_side), interpolation=cv2.INTER_AREA)
    label = np.asarray(cv2.resize(label, (small_side, small_side), interpolation=cv2.INTER_NEAREST), np.uint8)
    if len(np.unique(label)) > 1 and (label % 2 == 0).any():
        cv2.setRNGSeed(0)
        cv2.grabCut(small, label, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), 2, cv2.GC_INIT_WITH_MASK)
    whole = cv2.resize((label % 2).astype(np.uint8), (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
    _, parts = cv2.connectedComponents(cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    kept = np.unique(parts[sure])
    return np.asarray(np.isin(parts, kept[kept > 0]), bool)


def _finger(points: Floats, finger: int, unit: float, shape: tuple[int, ...]) -> Mask:
    """The finger from a little above its knuckle to beyond its tip."""
    chain = points[list(FINGERS[finger])]
    beyond = chain[3] + (chain[3] - chain[2]) * 0.5
    line = np.vstack([chain[0] * 0.8 + chain[1] * 0.2, chain[1:], beyond])
    mask = np.zeros(shape[:2], np.uint8)
    cv2.polylines(mask, [np.round(line).astype(np.int32)], False, 1, max(1, round(0.24 * unit)))
    return mask > 0


def _shown(mask: Mask, own: Mask, matrix: Floats, unit: float) -> float:
    """How much of the moved finger lies beside the hand and within the picture; 0 where it is a mere stump."""
    put = _moved(mask.astype(np.float32), matrix) > 0.5
    if mask.sum() < 0.06 * unit**2:
        return 0.0
    return float((put & ~own).sum() / mask.sum())


def _moved(image: np.ndarray, matrix: Floats) -> np.ndarray:
    size = (image.shape[1], image.shape[0])
    return np.asarray(cv2.warpAffine(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))


def _feathered(mask: Mask, unit: float) -> np.ndarray:
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(0.6, 0.02 * unit))[..., None])


def _blend(rgb: Pixels, mask: Mask, matrix: Floats, unit: float) -> Pixels:
    alpha = np.clip(_moved(_feathered(mask, unit)[..., 0], matrix), 0, 1)[..., None]
    return np.asarray(np.round(_moved(rgb, matrix) * alpha + rgb * (1 - alpha)).astype(np.uint8))


def _control(rgb: Pixels, mask: Mask, put: Mask, matrix: Floats, unit: float) -> Pixels:
    """Finger and surroundings, each resampled there and back, blended where they were."""
    again = _moved(_moved(rgb, matrix), cv2.invertAffineTransform(matrix))
    alpha = np.maximum(_feathered(mask, unit), _feathered(put, unit))
    return np.asarray(np.round(again * alpha + rgb * (1 - alpha)).astype(np.uint8))
