"""Hands against the arms they hang on: a left hand on a right arm, two hands on one wrist, a hand too large or small.

A hand belongs to the body wrist that lies nearest, when that is near by the hand's own length and the body's other
wrist is clearly farther. Sizes: hand length is 0.108 of stature and the face from chin to brow about a tenth (Drillis &
Contini, "Body Segment Parameters", 1966; ANSUR II, 2012), so a hand is about as long as the face's box is high. A hand
held to the camera grows in the picture, which is why only more than twice that counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np

from engine.vision.cues.measuring import (
    Floats,
    hand_length,
    hand_points,
    overlap,
    rise,
    round_points,
    same_hand,
    trusted,
    trusted_box,
)
from engine.vision.seen import WRISTS, Body, Cue, Face, Hand, People

SURE_SIDE = (0.9, 0.98)  # of a hand's own side: score 0 and 1
SURER_SIDE = (0.97, 0.999)  # the same for a hand that was found only on an enlarged part
LARGE_ENOUGH = 48.0  # pixels of a hand's length, below which its side is a guess however sure it looks
VISIBLE = 0.7
AT_WRIST = 0.45  # hand lengths between the hand's wrist and the body's
ELSEWHERE = 1.5  # hand lengths to the body's other wrist, at least; or, for a hand too large for that,
FARTHER = 5.0  # times as far as to the near one, and half a hand's length
TOGETHER = (0.3, 0.12)  # hand lengths between two hands' wrists: score 0 and 1
TOO_LARGE = (2.0, 3.0)  # hand lengths over the face's long side
TOO_SMALL = (0.36, 0.18)
NOSE = 0
SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")


class Held(NamedTuple):
    """One hand and where it hangs: `body` and `wrist` (0 left, 1 right of the person), or -1 where no arm was found."""

    hand: Hand
    points: Floats  # (21, 3)
    length: float  # pixels
    body: int = -1
    wrist: int = -1


def arms(people: People) -> list[Cue]:
    """Cues of hands that do not fit their arms: `handedness`, `two_hands_one_wrist`, `hand_size`."""
    hands = held(people)
    found = [handedness(hand) for hand in hands]
    found += [two_hands(a, b) for a, b in combinations(hands, 2)]
    found += [hand_size(hand, people) for hand in hands]
    return [cue for cue in found if cue is not None]


def held(people: People) -> list[Held]:
    """The hands that can be trusted, each found twice taken once, with the arm each hangs on."""
    kept: list[Held] = []
    for hand in people.hands:
        points = hand_points(hand)
        if points is None or any(same_hand(points, other.points) for other in kept):
            continue
        length = hand_length(points)
        kept.append(Held(hand, points, length, *_arm(points[0, :2], length, people.bodies)))
    return kept


def _arm(wrist: Floats, length: float, bodies: Sequence[Body]) -> tuple[int, int]:
    """Which body and which of its wrists this is; (-1, -1) where none is near, or not clearly one."""
    nearest = (AT_WRIST * length, -1, -1)
    for index, body in enumerate(bodies):
        points, visibility = trusted(body.points, 33), trusted(body.visibility, 33, 1)
        if points is None or visibility is None:
            continue
        apart = np.linalg.norm(points[list(WRISTS)] - wrist, axis=1)
        side = int(apart.argmin())
        seen = visibility[list(WRISTS)].min() >= VISIBLE
        clear = min(ELSEWHERE * length, max(FARTHER * apart[side], 0.5 * length))
        if seen and apart[1 - side] >= clear and apart[side] < nearest[0]:
            nearest = (float(apart[side]), index, side)
    return nearest[1], nearest[2]


def handedness(held: Held) -> Cue | None:
    """A hand whose look contradicts the arm it hangs on."""
    if held.wrist < 0 or held.hand.side == SIDES[held.wrist] or held.length < LARGE_ENOUGH:
        return None
    score = rise(held.hand.side_score, *(SURER_SIDE if held.hand.second_look else SURE_SIDE))
    if score == 0:
        return None
    text = f"A {held.hand.side} hand hangs on the {SIDES[held.wrist]} arm ({100 * held.hand.side_score:.0f} % sure)."
    return Cue("handedness", score, round_points([held.points], 0.1), text)


def two_hands(a: Held, b: Held) -> Cue | None:
    """Two hands that grow from one wrist: wrists together, and by side or by arm not the two of a clasp."""
    one_arm = a.wrist >= 0 and (a.body, a.wrist) == (b.body, b.wrist)
    if not one_arm and a.hand.side != b.hand.side:
        return None
    length = max(a.length, b.length)
    if min(a.length, b.length) < 0.5 * length:
        return None
    apart = float(np.linalg.norm(a.points[0, :2] - b.points[0, :2])) / length
    score = rise(apart, *TOGETHER)
    if score == 0:
        return None
    text = f"Two hands share one wrist: their wrists are {apart:.2f} hand lengths apart."
    return Cue("two_hands_one_wrist", score, round_points([a.points, b.points], 0.05), text)


def hand_size(held: Held, people: People) -> Cue | None:
    """A hand too large or too small for the face of the body it hangs on."""
    face = _face_of(held, people)
    if face is None:
        return None
    times = held.length / max(face.box[2] - face.box[0], face.box[3] - face.box[1])
    large, small = rise(times, *TOO_LARGE), rise(times, *TOO_SMALL)
    if max(large, small) == 0:
        return None
    box = round_points([held.points], 0.1)
    return Cue("hand_size", max(large, small), box, f"A hand is {times:.1f} times as long as its person's face.")


def _face_of(held: Held, people: People) -> Face | None:
    """The face of the body this hand hangs on."""
    if held.body < 0:
        return None
    body = people.bodies[held.body]
    if body.visibility[NOSE] < VISIBLE:
        return None
    x, y = body.points[NOSE]
    faces = [f for f in people.faces if trusted_box(f.box) and f.box[0] <= x <= f.box[2] and f.box[1] <= y <= f.box[3]]
    alone = len(faces) == 1 or all(overlap(faces[0].box, other.box)[0] > 0.5 for other in faces[1:])
    return faces[0] if faces and alone else None
