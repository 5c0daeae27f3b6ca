"""Fingers too long or too short for their hand, and finger joints bent backwards or sideways.

Bone lengths: Buryanov & Kotiuk, "Proportions of hand segments", Int. J. Morphol. 28 (2010), 755-758: from the knuckle
to the tip, index, middle, ring and little finger stand as 0.89 : 1 : 0.95 : 0.77, the whole thumb as 1.12, each with a
standard deviation of about a twentieth; Chatzioglou, Pinar & Govsa, Anat. Cell Biol. 57 (2024), 172-182, find
0.90 : 1 : 0.93 : 0.75 from crease to tip. Joint angles: Norkin & White, "Measurement of Joint Motion": the middle
joint of a finger opens to straight, the end joint a few degrees further (some 30 in loose joints), neither moves
sideways.

Points are found by a model, and its depth is the weakest of them. So each length is a range, from what the picture
plane alone shows to twice the depth the model gave, and a fault counts only where no value in the ranges explains it:
a finger that points at the camera is no fault. A joint counts with the smallest bend over several scales of depth.
Which way is backwards is what most of the hand's own joints say, not the side it was taken for: a hand all of whose
fingers bend backwards looks like the other hand, and that is the cue `handedness`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.vision.cues.measuring import Floats, along, hand_points, rise, round_points
from engine.vision.seen import FINGERS, Cue, Hand

NAMES = ("thumb", "index finger", "middle finger", "ring finger", "little finger")
PALM = (0, 9)
# Lengths of the chains above and of the palm, the middle finger 1: bones, with the model's own thumb and wrist.
STANDARD = np.array([1.05, 0.90, 1.0, 0.94, 0.76, 1.18])
TOO_LONG = (1.3, 1.9)  # times what the rest of the hand allows: score 0 and 1
TOO_SHORT = (1.4, 2.2)  # the same, times shorter
BACKWARDS = (25.0, 65.0)  # degrees beyond straight
SIDEWAYS = (25.0, 65.0)  # degrees to either side
DEPTHS = (0.5, 1.0, 1.6)
BONES = ((0.51, 0.29, 0.20), (0.51, 0.29, 0.20), (0.49, 0.30, 0.21), (0.48, 0.27, 0.25))  # of each finger's length
LEVEL = 0.55  # a bone shows its direction where this share of its length lies in the picture plane
FOLDED = 100.0  # degrees; a joint bent further may have bent either way

Fault = tuple[float, str, Floats]  # score, sentence, points


def hand_geometry(hand: Hand) -> Cue | None:
    """The worst fault in one hand's proportions and joints.

    Returns:
        A cue boxed round the finger, with the numbers in its sentence; None where all is within human range, or the
        points are too few, wild or tiny to say.
    """
    points = hand_points(hand)
    if points is None:
        return None
    score, text, where = max(_length_fault(points), _joint_fault(points), key=lambda fault: fault[0])
    return Cue("hand_geometry", score, round_points([where], 0.15), text) if score > 0 else None


def lengths(points: Floats) -> tuple[Floats, Floats]:
    """Least and greatest length of the five fingers and the palm, each (6,), in standard lengths, of a (21, 3) hand."""
    deeper = points * (1, 1, 2)
    chains = [*FINGERS, PALM]
    low = np.array([along(points[:, :2], chain) for chain in chains])
    high = np.array([along(deeper, chain) for chain in chains])
    return low / STANDARD, high / STANDARD


def length_excess(points: Floats) -> tuple[Floats, Floats]:
    """How many times too long, and too short, each finger surely is (5,): 1 or less is what the hand allows."""
    low, high = lengths(points)
    longer, shorter = np.zeros(5), np.zeros(5)
    for finger in range(5):
        others = np.arange(6) != finger
        longer[finger] = low[finger] / max(float(np.median(high[others])), 1e-6)
        shorter[finger] = float(np.median(low[others])) / max(high[finger], 1e-6)
    return longer, shorter


def _length_fault(points: Floats) -> Fault:
    longer, shorter = length_excess(points)
    long, short = int(longer.argmax()), int(shorter.argmax())
    long_score, short_score = rise(longer[long], *TOO_LONG), rise(shorter[short], *TOO_SHORT)
    if long_score >= short_score:
        text = f"The {NAMES[long]} is {longer[long]:.1f} times as long as the rest of the hand allows."
        return long_score, text, points[list(FINGERS[long])]
    text = f"The {NAMES[short]} is only {100 / shorter[short]:.0f} % as long as the rest of the hand asks for."
    return short_score, text, points[list(FINGERS[short])]


def bends(points: Floats) -> tuple[Floats, Floats]:
    """Bend towards the palm, and to the side, of the middle and end joints of four fingers, degrees, (4, 2) each.

    The sign of the first is such that most of the hand bends towards the palm.
    """
    across = _unit(points[17] - points[5])
    forward, side = np.zeros((4, 2)), np.zeros((4, 2))
    for row, chain in enumerate(FINGERS[1:]):
        bones = np.diff(points[list(chain)], axis=0)
        for joint in (0, 1):
            before, after = _unit(bones[joint]), _unit(bones[joint + 1])
            axis = _unit(across - before * float(across @ before))
            up = np.cross(before, axis)
            forward[row, joint] = np.degrees(np.arctan2(float(after @ up), float(after @ before)))
            side[row, joint] = np.degrees(np.arcsin(np.clip(float(after @ axis), -1, 1)))
    return forward * (1.0 if forward.sum() >= 0 else -1.0), side


def least_bends(points: Floats) -> tuple[Floats, Floats]:
    """The smallest bend backwards and sideways over the scales of depth, degrees, (4, 2) each, 0 or more."""
    every = [bends(points * (1, 1, scale)) for scale in DEPTHS]
    backwards = np.min([np.where(forward < -FOLDED, 0, np.maximum(-forward, 0)) for forward, _ in every], axis=0)
    sideways = np.min([np.where(np.abs(forward) > FOLDED / 2, 0, _alone(side)) for forward, side in every], axis=0)
    shown = _shown(points)
    return backwards * shown, sideways * shown


def _alone(side: Floats) -> Floats:
    """Bend to the side that the other fingers do not share: where all lean one way, the palm was taken askew."""
    rest = np.array([np.median(np.delete(side, row, axis=0), axis=0) for row in range(4)])
    return np.minimum(np.abs(side), np.abs(side - rest))


def _shown(points: Floats) -> NDArray[np.bool_]:
    """Whether both bones of a joint lie level enough in the picture plane to tell its bend, (4, 2)."""
    low, high = lengths(points)
    scale = float(np.median((low + high) / 2))
    flat = np.array([np.linalg.norm(np.diff(points[list(chain), :2], axis=0), axis=1) for chain in FINGERS[1:]])
    level = flat >= LEVEL * scale * np.array(BONES) * STANDARD[1:5, None]
    both: NDArray[np.bool_] = level[:, :-1] & level[:, 1:]
    return both


def _joint_fault(points: Floats) -> Fault:
    backwards, sideways = least_bends(points)
    worst: Fault = (0.0, "", points[:1])
    for kind, found, limits in (("backwards", backwards, BACKWARDS), ("sideways", sideways, SIDEWAYS)):
        row, joint = divmod(int(found.argmax()), 2)
        score = rise(float(found[row, joint]), *limits)
        if score > worst[0]:
            which = ("middle", "end")[joint]
            text = f"The {NAMES[row + 1]}'s {which} joint bends {found[row, joint]:.0f} degrees {kind}."
            worst = (score, text, points[list(FINGERS[row + 1])])
    return worst


def _unit(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-9 else np.zeros(3)
