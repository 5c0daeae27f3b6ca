"""Where the parts of people that a tag is about stand in a picture, by what was seen in it."""

from __future__ import annotations

from engine.library.tags import Part
from engine.vision.look_sidecars import feet
from engine.vision.seen import Box, Look

MOST = 8  # of a kind in one picture, the largest
_LEAST = 12.0  # pixels of the original: of less there is nothing to see
WIDER: dict[Part, float] = {"hand": 1.5, "foot": 1.6, "face": 1.4, "body": 1.2}
"""A wrist or a forearm beside the hand tells as much as the fingers; boxes of models are tight."""


def boxes(look: Look, part: Part) -> list[Box]:
    """The boxes of a kind of part, largest first, pixels of the original; none of `whole`."""
    people = look.people
    found: list[Box] = []
    if part == "hand":
        found = [hand.box for hand in people.hands]
    elif part == "face":
        found = [face.box for face in people.faces]
    elif part == "body":
        found = [body.box for body in people.bodies]
    elif part == "foot":
        found = [foot.box for foot in feet(look)]
    inside = [_inside(box, people.width, people.height) for box in found]
    good = [box for box in inside if min(box[2] - box[0], box[3] - box[1]) >= _LEAST]
    return sorted(good, key=lambda box: ((box[0] - box[2]) * (box[3] - box[1]), box))[:MOST]


def window(box: Box, part: Part, width: int, height: int) -> tuple[int, int, int, int]:
    """The square to look at: round the middle of the box and wider by WIDER, whole pixels, cut at the edges."""
    half = max(box[2] - box[0], box[3] - box[1]) * WIDER[part] / 2
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    left, top = (min(max(0, int(v - half)), size - 1) for v, size in ((x, width), (y, height)))
    right, bottom = min(width, round(x + half)), min(height, round(y + half))
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _inside(box: Box, width: int, height: int) -> Box:
    x1, y1, x2, y2 = box
    return max(0.0, x1), max(0.0, y1), min(float(width), x2), min(float(height), y2)
