"""Where to look again for hands: at wrists, past elbows, in quarters of the picture, about people. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from engine.vision.people.boxes import Window, cut, longer, middle, square
from engine.vision.seen import ELBOWS, SHOULDERS, WRISTS, Body, Box, Face, Hand, Point

SEEN = 0.3  # visibility from which a joint of a pose is worth a look
PALM_OF_FOREARM = 0.35  # the palm's middle lies about so much of a forearm beyond the wrist
WIDE = 2.6  # a hand's window beside the hand, as MediaPipe's own palm model likes it
MOST = 48  # windows a picture; a crowd must not take minutes


def second_look(
    picture: tuple[int, int], hands: Sequence[Hand], bodies: Sequence[Body], faces: Sequence[Face]
) -> list[Window]:
    """The parts of a picture (width, height) in which hands may be that were too small in the whole."""
    return distinct(
        [
            *(window for hand in hands for window in about_hand(hand, picture, (WIDE,))),
            *(window for body in bodies for window in _about_arms(body, picture)),
            *(window for face in faces for window in _about_face(face, picture)),
            *tiles(picture),
        ]
    )[:MOST]


def about_hand(hand: Hand, picture: tuple[int, int], scales: Iterable[float]) -> list[Window]:
    """Squares about one hand, so many times its size."""
    found = [square(middle(hand.box), max(24.0, scale * longer(hand.box)), picture) for scale in scales]
    return [window for window in found if window]


def tiles(picture: tuple[int, int], count: int = 2) -> list[Window]:
    """Overlapping parts of the picture, `count` along the shorter side and as many as it takes along the other."""
    width, height = picture
    side = min(width, height) / count * 1.3
    if side < 96:
        return []
    along = [min(8, max(1, math.ceil((length - 0.15 * side) / (0.8 * side)))) for length in picture]
    steps = [[(length - side) * i / max(1, n - 1) for i in range(n)] for length, n in zip(picture, along, strict=True)]
    found = [cut((x, y, x + side, y + side), picture) for y in steps[1] for x in steps[0]]
    return [window for window in found if window]


def distinct(windows: Sequence[Window]) -> list[Window]:
    """Without windows that show nearly what an earlier one shows."""
    kept: list[Window] = []
    for window in windows:
        if not any(_alike(window, other) for other in kept):
            kept.append(window)
    return kept


def _alike(a: Window, b: Window) -> bool:
    reach = 0.06 * max(*a.size, *b.size)
    return all(abs(p - q) < reach for p, q in zip(a, b, strict=True))


def _about_arms(body: Body, picture: tuple[int, int]) -> Iterator[Window]:
    """Two squares about each hand that an arm points to: a close one and a wide one."""
    for shoulder, elbow, wrist in zip(SHOULDERS, ELBOWS, WRISTS, strict=True):
        if max(body.visibility[elbow], body.visibility[wrist]) < SEEN:
            continue
        upper = math.dist(body.points[shoulder], body.points[elbow])
        fore = math.dist(body.points[elbow], body.points[wrist])
        arm = max(upper, fore, 0.35 * _width(body))
        palm = beyond(body.points[elbow], body.points[wrist], PALM_OF_FOREARM)
        for scale in (1.5, 2.4):
            if window := square(palm, max(24.0, scale * arm), picture):
                yield window


def beyond(elbow: Point, wrist: Point, share: float) -> Point:
    """The point past the wrist, on the line from the elbow, by a share of the forearm."""
    return wrist[0] + share * (wrist[0] - elbow[0]), wrist[1] + share * (wrist[1] - elbow[1])


def _width(body: Body) -> float:
    left, right = SHOULDERS
    return math.dist(body.points[left], body.points[right])


def _about_face(face: Face, picture: tuple[int, int]) -> Iterator[Window]:
    """Where a person's hands are when no pose tells: beside the face, before the chest, at the hips."""
    x, y = middle(face.box)
    side = longer(face.box)
    for dx, dy, scale in ((0.0, 0.3, 3.2), (-1.4, 2.6, 3.6), (1.4, 2.6, 3.6), (0.0, 4.6, 5.0)):
        if window := square((x + dx * side, y + dy * side), max(24.0, scale * side), picture):
            yield window


def about_person(face: Box, picture: tuple[int, int]) -> Window | None:
    """The part of the picture that holds the whole person of this face: eight heads tall, as figures are drawn."""
    x, _ = middle(face)
    side = longer(face)
    return cut((x - 3.2 * side, face[1] - 1.2 * side, x + 3.2 * side, face[1] + 7.6 * side), picture)
