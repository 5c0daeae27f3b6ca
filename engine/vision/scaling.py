"""From the pixels a detector looked at to those of the original."""

from __future__ import annotations

import math

import msgspec

from engine.vision.seen import Box, Look, People, Point


def scaled(look: Look, x: float, y: float, width: int, height: int) -> Look:
    """The same look with every point and box times (x, y), of an original of `width` x `height` pixels.

    A part with a coordinate that is no number is left out: a detector's slip must not reach a file.
    """

    def point(p: Point) -> Point:
        return round(p[0] * x, 2), round(p[1] * y, 2)

    def box(b: Box) -> Box:
        return round(b[0] * x, 2), round(b[1] * y, 2), round(b[2] * x, 2), round(b[3] * y, 2)

    replace = msgspec.structs.replace
    seen = look.people
    people = People(
        width=width,
        height=height,
        hands=[
            replace(h, points=[*map(point, h.points)], depth=[round(d * x, 2) for d in h.depth], box=box(h.box))
            for h in seen.hands
            if _finite(h.box, *h.points, h.depth, (h.side_score,))
        ],
        faces=[
            replace(
                f, box=box(f.box), mesh=[*map(point, f.mesh)],
                eyes=None if f.eyes is None else (point(f.eyes[0]), point(f.eyes[1])),
            )
            for f in seen.faces
            if _finite(f.box, *f.mesh, *(f.eyes or ()), (f.score,))
        ],
        bodies=[
            replace(b, points=[*map(point, b.points)], box=box(b.box))
            for b in seen.bodies
            if _finite(b.box, *b.points, b.visibility)
        ],
    )  # fmt: skip
    cues = [replace(c, box=box(c.box)) for c in look.cues if _finite(c.box, (c.score,))]
    return Look(people, cues, [replace(a, box=box(a.box)) for a in look.abstained if _finite(a.box)])


def _finite(*numbers: tuple[float, ...] | list[float]) -> bool:
    return all(math.isfinite(number) for some in numbers for number in some)
