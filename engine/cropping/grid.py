"""Which sizes a crop may have, so that it keeps the picture's shape, and boxes of such sizes.

With g = gcd(width, height) the multiples of (width/g, height/g) have the picture's ratio exactly. That grid is used
where g is at least FINE: then it holds 24 sizes or more between two fifths of the picture (the default for the smallest
crop) and all of it. Elsewhere (1000 x 1333 has the full frame alone) a width may be any whole number that
gives a height of at least one pixel, and the height is the nearest whole number: at most half a pixel off.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from engine.cropping.model import Box

FINE = 40

Ints = npt.NDArray[np.int64]


def step(width: int, height: int) -> tuple[int, int]:
    """(width, height) of the smallest box of exactly the picture's ratio; every multiple has it too.

    Raises:
        ValueError: a side is below 1.
    """
    if width < 1 or height < 1:
        raise ValueError("a picture has at least one pixel")
    common = math.gcd(width, height)
    return width // common, height // common


def is_fine(width: int, height: int) -> bool:
    """Whether crops keep to the exact sizes: there are FINE of them."""
    return width // step(width, height)[0] >= FINE


def least_width(width: int, height: int) -> int:
    """The narrowest lawful width: one step, or what still gives a height of one pixel by rounding."""
    return step(width, height)[0] if is_fine(width, height) else max(1, -(-width // (2 * height)))


def height_of(width: int, height: int, w: int) -> int:
    """The whole number nearest to w * height / width (a half goes up)."""
    return (2 * w * height + width) // (2 * width)


def fitting(width: int, height: int, w: float) -> tuple[int, int, float]:
    """(w, h, error) of the lawful size nearest to width `w`.

    `error` is the pixels by which h differs from what the ratio asks for: 0 on the exact grid, else at most 0.5.
    """
    least = least_width(width, height)
    if is_fine(width, height):
        lawful = min(max(round(w / least), 1) * least, width)
    else:
        lawful = min(max(round(w), least), width)
    return lawful, height_of(width, height, lawful), error(width, height, lawful)


def error(width: int, height: int, w: int) -> float:
    """Pixels by which the height of the lawful size `w` differs from what the ratio asks for, exactly rounded."""
    return abs(height_of(width, height, w) * width - w * height) / width


def snapped(width: int, height: int, box: tuple[float, float, float, float]) -> Box:
    """The lawful box inside the picture nearest to this one: its width decides the size, its middle the place."""
    w, h, _ = fitting(width, height, box[2] - box[0])
    x = min(max(round((box[0] + box[2] - w) / 2), 0), width - w)
    y = min(max(round((box[1] + box[3] - h) / 2), 0), height - h)
    return x, y, x + w, y + h


def widths(width: int, height: int, smallest: float, most: int) -> Ints:
    """At most `most` lawful widths from `smallest` (a part of the picture, above 0) to all of it, evenly, rising."""
    least = least_width(width, height)
    if is_fine(width, height):
        first, last, unit = min(math.ceil(smallest * width / least - 1e-9), width // least), width // least, least
    else:
        first, last, unit = min(max(math.ceil(smallest * width - 1e-9), least), width), width, 1
    count = min(last - first + 1, most)
    return np.unique(np.linspace(first, last, count).round().astype(np.int64)) * unit
