"""Heads and bodies for the search, out of what the detectors saw: pure geometry over `engine.vision.seen`.

A face finder's box goes from the forehead to the chin, a head from the crown to the chin and from ear to ear: in
figure drawing's proportions the crown lies about a third of a face above it. "Up" is across the line of the eyes, so
that a tilted or lying head is widened where its crown is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.cropping.model import Area, Head, Person, Point
from engine.vision.seen import (
    ANKLES,
    ELBOWS,
    HEELS,
    HIPS,
    KNEES,
    SHOULDERS,
    TOES,
    WRIST,
    WRISTS,
    Body,
    Face,
    Hand,
    People,
)

SEEN = 0.5  # visibility from which on a point of a body was seen and not guessed
CROWN, EARS, CHIN = 0.35, 0.15, 0.05  # of the face's height, width, height: what a head has more
TIPS = (4, 8, 12, 16, 20)  # places of the finger tips in `Hand.points`
NOSE, MOUTH = 0, (9, 10)  # places in `Body.points`
_MESH_NOSE, _MESH_CHEEKS, _MESH_CHIN = 1, (234, 454), 152
_MESH = 468
_NAMED = {
    "shoulder": SHOULDERS, "elbow": ELBOWS, "wrist": WRISTS, "hip": HIPS, "knee": KNEES, "ankle": ANKLES,
    "heel": HEELS, "toes": TOES,
}  # fmt: skip


def heads(people: People) -> tuple[Head, ...]:
    """One head a face."""
    return tuple(Head(head_box(face), _eyes(face), gaze(face)) for face in people.faces if _is_area(face.box))


def head_box(face: Face) -> Area:
    """The face's box, widened to crown, ears and chin."""
    x1, y1, x2, y2 = face.box
    width, height = x2 - x1, y2 - y1
    wide = (x1 - EARS * width, y1, x2 + EARS * width, y2)
    up = _up(face)
    crown = _moved(wide, (up[0] * CROWN * height, up[1] * CROWN * height))
    chin = _moved(wide, (-up[0] * CHIN * height, -up[1] * CHIN * height))
    return _union([wide, crown, chin])


def gaze(face: Face) -> float | None:
    """Where a face is turned: -1 (to the left of the picture) to 1; None where nothing tells.

    By the mesh: how far the nose is from the middle of the cheeks. Without one: how far the eyes are from the middle
    of the face's box.
    """
    if len(face.mesh) >= _MESH:
        left, right = sorted(face.mesh[place][0] for place in _MESH_CHEEKS)
        if right - left >= 1:
            return _limited(2 * (face.mesh[_MESH_NOSE][0] - (left + right) / 2) / (right - left))
    eyes = _eyes(face)
    if eyes is None:
        return None
    middle, half = (face.box[0] + face.box[2]) / 2, (face.box[2] - face.box[0]) / 2
    return _limited(2 * ((eyes[0][0] + eyes[1][0]) / 2 - middle) / half)


def people(found: People) -> tuple[Person, ...]:
    """One person a body, with the chin of their face and the fingers of their hands; hands of nobody stand alone."""
    owner = [_owner(hand, found.bodies) for hand in found.hands]
    made = []
    for number, body in enumerate(found.bodies):
        hands = [hand for hand, whose in zip(found.hands, owner, strict=True) if whose == number]
        face = next((face for face in found.faces if _holds(face.box, body.points[NOSE])), None)
        if person := _person(body, face, hands):
            made.append(person)
    alone = [hand for hand, whose in zip(found.hands, owner, strict=True) if whose is None]
    return (*made, *(Person(tuple(_fingers(hand)), hand.box) for hand in alone if _is_area(hand.box)))


def _person(body: Body, face: Face | None, hands: Sequence[Hand]) -> Person | None:
    joints: list[tuple[str, Point]] = []
    for name, places in _NAMED.items():
        for side, place in zip(("left", "right"), places, strict=True):
            if _seen(body, place):
                joints.append((f"{side}_{name}", body.points[place]))
    joints += _neck(body)
    joints += _chin(body, face)
    for hand in hands:
        joints += _fingers(hand)
    if not joints:
        return None
    areas = [(x, y, x, y) for _, (x, y) in joints]
    if face is not None:
        areas.append(head_box(face))
    feet = any(_seen(body, place) for place in (*ANKLES, *HEELS, *TOES))
    return Person(tuple(joints), _union(areas), whole=feet and (face is not None or _seen(body, NOSE)))


def _neck(body: Body) -> list[tuple[str, Point]]:
    """A quarter of the way from between the shoulders to the mouth."""
    if not all(_seen(body, place) for place in (*SHOULDERS, *MOUTH)):
        return []
    base, mouth = _middle(body, SHOULDERS), _middle(body, MOUTH)
    return [("neck", (base[0] + (mouth[0] - base[0]) / 4, base[1] + (mouth[1] - base[1]) / 4))]


def _chin(body: Body, face: Face | None) -> list[tuple[str, Point]]:
    if face is not None and len(face.mesh) >= _MESH:
        return [("chin", face.mesh[_MESH_CHIN])]
    if all(_seen(body, place) for place in (NOSE, *MOUTH)):  # as far below the mouth as the nose is above it
        nose, mouth = body.points[NOSE], _middle(body, MOUTH)
        return [("chin", (2 * mouth[0] - nose[0], 2 * mouth[1] - nose[1]))]
    return []


def _fingers(hand: Hand) -> list[tuple[str, Point]]:
    return [(f"{hand.side}_fingers", hand.points[place]) for place in TIPS if place < len(hand.points)]


def _owner(hand: Hand, bodies: Sequence[Body]) -> int | None:
    """The body whose seen wrist is nearest, no further than the hand is long."""
    reach = max(hand.box[2] - hand.box[0], hand.box[3] - hand.box[1])
    near = [
        (math.dist(body.points[place], hand.points[WRIST]), number)
        for number, body in enumerate(bodies)
        for place in WRISTS
        if hand.points and _seen(body, place)
    ]
    distance, number = min(near, default=(math.inf, 0))
    return number if distance <= reach else None


def _seen(body: Body, place: int) -> bool:
    return place < min(len(body.points), len(body.visibility)) and body.visibility[place] >= SEEN


def _middle(body: Body, places: tuple[int, int]) -> Point:
    (x1, y1), (x2, y2) = (body.points[place] for place in places)
    return (x1 + x2) / 2, (y1 + y2) / 2


def _eyes(face: Face) -> tuple[Point, Point] | None:
    """As the face has them, where they are two places."""
    return face.eyes if face.eyes and math.dist(*face.eyes) >= 1 else None


def _up(face: Face) -> Point:
    """A step of length 1 from the chin to the crown; straight up where the eyes do not tell."""
    eyes = _eyes(face)
    if eyes is None:
        return 0.0, -1.0
    (x1, y1), (x2, y2) = eyes
    length = math.dist(*eyes)
    return (y2 - y1) / length, -(x2 - x1) / length


def _limited(value: float) -> float:
    return min(1.0, max(-1.0, value))


def _is_area(box: Area) -> bool:
    return box[2] - box[0] >= 1 and box[3] - box[1] >= 1


def _holds(box: Area, point: Point) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _moved(box: Area, by: Point) -> Area:
    return box[0] + by[0], box[1] + by[1], box[2] + by[0], box[3] + by[1]


def _union(boxes: Sequence[Area]) -> Area:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
