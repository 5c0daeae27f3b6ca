"""Too many fingers: the digits cue on one hand.

Hand models always answer with five fingers, so the fingers are counted on the silhouette of the enlarged hand. A hand
that is closed, cut, tiny or not to be told from what is behind it is not judged, and the answer says so.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from engine.vision.cues.digit_count import Branch, branches, circles, ramp
from engine.vision.cues.hand_crop import SIZE, UNIT, HandCrop, Pixels, cut, pose, unit_of
from engine.vision.cues.silhouette import painted, silhouette, skin_odds
from engine.vision.seen import FINGERS, Abstained, Cue, Hand

SMALLEST = 18.0  # length of the palm, px
SHOWN = 0.3  # scores below are nothing to speak of
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
    seen = silhouette(crop, person)
    left_over = branches(crop, seen)
    why = _unreliable(crop, person, left_over)
    if why:
        return Abstained("digits", hand.box, why)
    return _cue(crop, hand, left_over, circles(crop, seen))


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


def _unreliable(crop: HandCrop, person: npt.NDArray[np.float32] | None, left_over: list[Branch]) -> str:
    """Why the silhouette is not to be trusted; empty if it is."""
    tips = crop.points[[chain[3] for chain in FINGERS[1:]]]
    if np.linalg.norm(np.diff(tips, axis=0), axis=1).min() < 0.08 * UNIT:
        return "Fingers lie behind one another, so they cannot be counted."
    bones = painted(crop.points, 0.03, 0.0)
    if np.median(skin_odds(crop, person)[bones]) < 0.6:
        return "The hand's colours are also those of what is around it."
    strange = sum(b.area for b in left_over if b.score < 0.05)
    if strange > 0.2:
        return "Something of the hand's colour touches it, so its outline cannot be told."
    return ""


def _cue(crop: HandCrop, hand: Hand, left_over: list[Branch], counted: int) -> Cue | None:
    # Of real hands with five fingers one in ten has a branch of 0.82, one in fifty of 0.97, where points are off:
    # only what looks all but wholly like a finger is worth a half.
    best = ramp(left_over[0].score, 0.9, 1.0) if left_over else 0.0
    score = 1 - (1 - best) * (1 - (0.6 if counted > 5 else 0.0))
    if score < SHOWN:
        return None
    extra = [branch for branch in left_over if branch.score >= SHOWN]
    number = max(counted, 5 + max(1, len(extra)))
    where = np.any([branch.mask for branch in extra], axis=0) if extra else np.zeros((SIZE, SIZE), bool)
    box = crop.box_in_picture(where) if extra else hand.box
    return Cue("digits", float(score), box, f"{_NUMBERS.get(number, str(number))} fingers on a {hand.side} hand.")
