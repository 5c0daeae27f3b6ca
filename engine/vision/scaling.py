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
        return _round(p[0] * x), _round(p[1] * y)

    def box(b: Box) -> Box:
        return _round(b[0] * x), _round(b[1] * y), _round(b[2] * x), _round(b[3] * y)

    replace = msgspec.structs.replace
    seen = look.people
    people = People(
        width=width,
        height=height,
        hands=[
            replace(
                h, points=[*map(point, h.points)], depth=[_round(d * x) for d in h.depth], box=box(h.box),
                side_score=float(h.side_score),
            )
            for h in seen.hands
            if _finite(h.box, *h.points, h.depth, (h.side_score,))
        ],
        faces=[
            replace(
                f, box=box(f.box), mesh=[*map(point, f.mesh)], score=float(f.score),
                eyes=None if f.eyes is None else (point(f.eyes[0]), point(f.eyes[1])),
            )
            for f in seen.faces
            if _finite(f.box, *f.mesh, *(f.eyes or ()), (f.score,))
        ],
        bodies=[
            replace(b, points=[*map(point, b.points)], box=box(b.box), visibility=[float(v) for v in b.visibility])
            for b in seen.bodies
            if _finite(b.box, *b.points, b.visibility)
        ],
    )  # fmt: skip
    cues = [
        replace(c, box=box(c.box), score=min(max(float(c.score), 0.0), 1.0))
        for c in look.cues
        if _finite(c.box, (c.score,))
    ]
    return Look(people, cues, [replace(a, box=box(a.box)) for a in look.abstained if _finite(a.box)])


def _round(number: float) -> float:
    """To a hundredth of a pixel; numpy's numbers become Python's, as no other kind goes into JSON."""
    return round(float(number), 2)


def _finite(*numbers: tuple[float, ...] | list[float]) -> bool:
    return all(math.isfinite(number) for some in numbers for number in some)
