"""Too many fingers: the digits cue on one hand.

Hand models always answer with five fingers, so finger-like ridges are counted on the enlarged hand. A hand that is
closed, cut, tiny or not to be told from what is behind it is not judged, and the answer says so; nor is one on which
not even five fingers can be made out.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from engine.vision.cues.digit_count import distance, fingers
from engine.vision.cues.digit_ridges import Ridge
from engine.vision.cues.hand_crop import SIZE, UNIT, HandCrop, Pixels, cut, pose, unit_of
from engine.vision.cues.silhouette import painted, skin_odds
from engine.vision.seen import FINGERS, Abstained, Cue, Hand

SMALLEST = 18.0  # length of the palm, px
SHOWN = 0.3  # scores below are nothing to speak of
FAINT = -2.0  # log odds of the fifth finger, below which five cannot be made out
_EVEN = 0.5  # log odds of the sixth at which the score is a half
_NUMBERS = {6: "Six", 7: "Seven", 8: "Eight", 9: "Nine"}


def judge(rgb: Pixels, hand: Hand, person_mask: npt.NDArray[np.float32] | None = None) -> Cue | Abstained | None:
    """A cue where a hand shows more than five fingers, Abstained where that cannot be told, None where it shows five.

    Args:
        rgb: (H, W, 3) uint8.
        hand: in the pixels of `rgb`.
        person_mask: (H, W) float32 in 0..1, where people are.
    """
    why = _unfit(rgb, hand)
    if why:
        return Abstained("digits", hand.box, why)
    crop = cut(rgb, hand)
    person = None
    if person_mask is not None:
        person = np.asarray(cv2.warpAffine(person_mask, crop.matrix, (SIZE, SIZE)), np.float32)
    why = _unreliable(crop, person)
    if why:
        return Abstained("digits", hand.box, why)
    found = fingers(crop)
    if len(found) < 5 or found[4].odds < FAINT:
        return Abstained("digits", hand.box, f"Not all fingers of the {hand.side} hand can be made out.")
    return _cue(crop, hand, found)


def _unfit(rgb: Pixels, hand: Hand) -> str:
    """Why the points alone say that this hand cannot be judged; empty if they do not."""
    points = np.asarray(hand.points, float)
    if points.shape != (21, 2) or not np.isfinite(points).all() or np.ptp(points, axis=0).max() < 1:
        return "The hand's points are not those of a hand."
    if unit_of(points) < SMALLEST:
        return f"The {hand.side} hand is too small to count its fingers."
    height, width = rgb.shape[:2]
    edge = 0.04 * unit_of(points)
    if (points < edge).any() or (points > np.array([width, height]) - 1 - edge).any():
        return f"The {hand.side} hand is cut by the edge of the picture."
    if pose(hand) == "closed":
        return f"The {hand.side} hand is closed, so its fingers cannot be counted."
    return ""


def _unreliable(crop: HandCrop, person: npt.NDArray[np.float32] | None) -> str:
    """Why the hand's colours are not to be trusted; empty if they are."""
    bones = painted(crop.points, 0.03, 0.0)
    if np.median(skin_odds(crop, person)[bones]) < 0.6:
        return "The hand's colours are also those of what is around it."
    return ""


def _cue(crop: HandCrop, hand: Hand, found: list[Ridge]) -> Cue | None:
    scores = [1 / (1 + np.exp(_EVEN - ridge.odds)) for ridge in found]
    if len(found) < 6 or scores[5] < SHOWN:
        return None
    number = sum(score >= SHOWN for score in scores)
    extra = _furthest(crop, found[:number])
    where = np.zeros((SIZE, SIZE), np.uint8)
    cv2.polylines(where, [np.round(extra.path).astype(np.int32)], False, (1,), round(0.2 * UNIT))
    text = f"{_NUMBERS.get(number, str(number))} fingers on a {hand.side} hand."
    return Cue("digits", float(scores[5]), crop.box_in_picture(where > 0), text)


def _furthest(crop: HandCrop, found: list[Ridge]) -> Ridge:
    """Of the fingers found, the one furthest from the five that the hand model knows."""
    chains = [crop.points[list(chain)] for chain in FINGERS]
    return max(found, key=lambda ridge: min(distance(ridge.path, chain) for chain in chains))
