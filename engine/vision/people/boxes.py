"""Boxes and parts of a picture: overlap, growing, cutting out, and mapping what was found in a part back.

A box is (x1, y1, x2, y2) in pixels, right and bottom exclusive. Nothing here loads a model.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.vision.seen import Box, Point

Pixels = npt.NDArray[np.uint8]

SMALLEST = 8  # px; nothing of a person can be told in less, and resizing gets nowhere


class Window(NamedTuple):
    """A part of a picture that is looked at: whole pixels, inside the picture."""

    x1: int
    y1: int
    x2: int
    y2: int

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.x2 - self.x1, self.y2 - self.y1

    def place(self, x: float, y: float) -> Point:
        """Where a point lies in the picture that is at these shares (0..1) of the window's width and height."""
        width, height = self.size
        return self.x1 + x * width, self.y1 + y * height

    def touches_inner_edge(self, box: Box, picture: tuple[int, int], margin: float) -> bool:
        """Whether `box` comes within `margin` px of an edge of the window that is no edge of the picture (w, h)."""
        width, height = picture
        return (
            (self.x1 > 0 and box[0] < self.x1 + margin)
            or (self.y1 > 0 and box[1] < self.y1 + margin)
            or (self.x2 < width and box[2] > self.x2 - margin)
            or (self.y2 < height and box[3] > self.y2 - margin)
        )


def overlap(a: Box, b: Box) -> float:
    """Intersection over union, 0..1; 0 where either box is empty."""
    shared = _shared(a, b)
    union = area(a) + area(b) - shared
    return shared / union if union > 0 else 0.0


def inside(a: Box, b: Box) -> float:
    """The share of `a` that lies in `b`, 0..1."""
    return _shared(a, b) / area(a) if area(a) > 0 else 0.0


def area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def middle(box: Box) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def longer(box: Box) -> float:
    """The longer side of a box, px."""
    return max(box[2] - box[0], box[3] - box[1])


def around(points: Iterable[Point]) -> Box:
    """The box round some points; (0, 0, 0, 0) round none."""
    places = np.asarray(list(points), dtype=np.float64).reshape(-1, 2)
    if not len(places):
        return (0.0, 0.0, 0.0, 0.0)
    (x1, y1), (x2, y2) = places.min(axis=0), places.max(axis=0)
    return float(x1), float(y1), float(x2), float(y2)


def square(at: Point, side: float, picture: tuple[int, int]) -> Window | None:
    """The square of `side` px about `at`, cut to a picture of (width, height); None where too little is left."""
    x, y = at
    return cut((x - side / 2, y - side / 2, x + side / 2, y + side / 2), picture)


def cut(box: Box, picture: tuple[int, int]) -> Window | None:
    """A box as whole pixels inside a picture of (width, height); None where less than `SMALLEST` is left."""
    if not all(np.isfinite(box)):
        return None
    width, height = picture
    x1, y1 = max(0, round(box[0])), max(0, round(box[1]))
    x2, y2 = min(width, round(box[2])), min(height, round(box[3]))
    return Window(x1, y1, x2, y2) if min(x2 - x1, y2 - y1) >= SMALLEST else None


def cut_out(rgb: Pixels, window: Window, side: int) -> Pixels:
    """That part of (H, W, 3) uint8, contiguous; enlarged where its longer side is below `side` px, never shrunk."""
    import cv2

    part = np.ascontiguousarray(rgb[window.y1 : window.y2, window.x1 : window.x2])
    scale = side / max(window.size)
    if scale <= 1:
        return part
    width, height = (max(1, round(length * scale)) for length in window.size)
    return np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def _shared(a: Box, b: Box) -> float:
    return area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))
