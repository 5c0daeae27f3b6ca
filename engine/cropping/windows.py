"""Every window of the picture's shape: all lawful sizes by all places, at a working resolution; and those about one.

The working resolution is CELLS places along the longer side; a picture of fewer pixels is searched to the pixel. Beside
the even places and sizes there are the marked ones: those whose side lies just on the edge of something.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.cropping import grid
from engine.cropping.maps import Floats
from engine.cropping.model import Box

CELLS = 64
FINER = 4  # steps that a step is refined to
_LEAST_PLACES = 9  # along a short way too
_MOST_MARKS = 24  # edges a side: what is more crowded is searched evenly
_MOST_PAIRED = 6  # edges a side of which any two may be the two sides of a window

Ints = npt.NDArray[np.int64]


def stride(width: int, height: int) -> int:
    """Pixels from place to place."""
    return max(1, -(-max(width, height) // CELLS))


def everywhere(width: int, height: int, smallest: float, marks: Sequence[Box] = ()) -> Floats:
    """(4, N) float32 whole pixels: x1, y1, x2, y2 of all windows. `marks`: boxes whose edges are tried as sides too."""
    across = sorted({side for box in marks for side in (box[0], box[2])})[:_MOST_MARKS]
    down = sorted({side for box in marks for side in (box[1], box[3])})[:_MOST_MARKS]
    parts = []
    for w in _sizes(width, height, smallest, across, down):
        h = grid.height_of(width, height, w)
        xs, ys = _places(width, w, stride(width, height), across), _places(height, h, stride(width, height), down)
        part = np.empty((4, ys.size, xs.size), np.float32)
        part[0], part[1] = xs, ys[:, None]
        part[2], part[3] = part[0] + w, part[1] + h
        parts.append(part.reshape(4, -1))
    return np.concatenate(parts, axis=1)


def about(width: int, height: int, smallest: float, box: Box, reach: int) -> Floats:
    """Windows about one: FINER steps of `reach` pixels to each side, and as many sizes to each; some of them twice."""
    least = int(grid.widths(width, height, smallest, 1)[0])
    unit = grid.step(width, height)[0] if grid.is_fine(width, height) else 1
    steps = np.arange(-FINER, FINER + 1)
    w = (box[2] - box[0] + steps * (max(1, round(reach / unit)) * unit)).clip(least, width)[:, None, None]
    h = (2 * w * height + width) // (2 * width)
    x = ((box[0] + box[2] - w) // 2 + steps * reach).clip(0, width - w)
    y = ((box[1] + box[3] - h) // 2 + steps[:, None] * reach).clip(0, height - h)
    shape = w.size, y.shape[1], x.shape[2]
    sides = [np.broadcast_to(side, shape).ravel() for side in (x, y, x + w, y + h)]
    return np.asarray(np.stack(sides), np.float32)


def _sizes(width: int, height: int, smallest: float, across: Sequence[int], down: Sequence[int]) -> list[int]:
    """Even widths, and the widest that fit beside each mark and between two."""
    even = grid.widths(width, height, smallest, math.ceil((1 - smallest) * CELLS) + 1)
    unit = grid.step(width, height)[0] if grid.is_fine(width, height) else 1
    few, low = across[:_MOST_PAIRED], down[:_MOST_PAIRED]
    wide = [b - a for a in (0, *few) for b in (*few, width) if b > a]
    wide += [(b - a) * width // height for a in (0, *low) for b in (*low, height) if b > a]
    marked = {size // unit * unit for size in wide}
    return sorted({int(w) for w in even} | {size for size in marked if even[0] <= size <= width})


def _places(side: int, length: int, by: int, marks: Sequence[int]) -> Ints:
    """Where a window of `length` may begin along `side`."""
    room = side - length
    count = min(room + 1, max(-(-room // by) + 1, _LEAST_PLACES))
    even = np.arange(count) * room // max(1, count - 1)
    if not marks:
        return even
    marked = [at for mark in marks for at in (mark, mark - length) if 0 <= at <= room]
    return np.asarray(np.unique(np.concatenate([even, np.array(marked, np.int64)])), np.int64)
