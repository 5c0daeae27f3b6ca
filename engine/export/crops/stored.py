"""Where a crop of the upright picture lies in the pixels as they are stored (EXIF 2.32, Orientation, tag 0x0112).

Cropping what is stored keeps the file's own orientation, and with it all its metadata, as it is.
"""

from __future__ import annotations

from engine.cropping.model import Box


def stored(box: Box, width: int, height: int, turn: int) -> Box:
    """A box of the upright picture as a box of the stored one.

    Args:
        box: x1, y1, x2, y2 in the upright picture of `width` x `height`.
        turn: EXIF orientation, 1 to 8.
    """
    (ax, ay), (bx, by) = (_point(x, y, width, height, turn) for x, y in (box[:2], box[2:]))
    return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def _point(x: int, y: int, width: int, height: int, turn: int) -> tuple[int, int]:
    if turn in (2, 3, 7, 8):
        x = width - x if turn in (2, 3) else x
        y = height - y if turn in (7, 8) else y
    if turn in (3, 4):
        y = height - y
    if turn in (6, 7):
        x = width - x
    return (y, x) if turn >= 5 else (x, y)
