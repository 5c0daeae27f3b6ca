"""Sums of a map over any box in constant time: integral images, read between their cells.

Crow, "Summed-Area Tables for Texture Mapping", SIGGRAPH 1984. A map is one value a cell; a box may begin and end inside
a cell, and then takes its part of it: linear reading between the table's corners is exact for that.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


def tame(values: npt.NDArray[Any]) -> Floats:
    """A map between 0 and 1; what is not finite is 0."""
    return np.asarray(np.where(np.isfinite(values), values, 0).clip(0, 1), np.float32)


class Reading(NamedTuple):
    """Places along one side of a table: the cell before each, and how far into it."""

    cell: Ints
    part: Floats


def read_at(places: Floats, size: float, cells: int) -> Reading:
    """Where `places` (pixels, 0 to `size`) lie among `cells` cells."""
    scaled = np.minimum(places * np.float32(cells / size), np.float32(cells))
    cell = np.minimum(scaled.astype(np.int32), cells - 1)
    return Reading(cell, scaled - cell)


class Table:
    """Values at the corners of cells, read linearly in between.

    Args:
        corners: (rows + 1, columns + 1).
        height, width: the pixels that the rows and columns stand for.
    """

    def __init__(self, corners: npt.NDArray[Any], height: float, width: float) -> None:
        self.height, self.width = height, width
        self.rows, self.columns = corners.shape[0] - 1, corners.shape[1] - 1
        self.values = corners.astype(np.float32).ravel()

    def column(self, places: Floats) -> Reading:
        return read_at(places, self.width, self.columns)

    def row(self, places: Floats) -> Reading:
        return read_at(places, self.height, self.rows)

    def difference(self, row: Reading, first: Reading, last: Reading) -> Floats:
        """The value at (row, last) less the one at (row, first)."""
        above = row.cell * np.int32(self.columns + 1)
        upper = self._between(above, last) - self._between(above, first)
        below = above + np.int32(self.columns + 1)
        lower = self._between(below, last) - self._between(below, first)
        return np.asarray(upper + (lower - upper) * row.part, np.float32)

    def _between(self, row: Ints, column: Reading) -> Floats:
        at = row + column.cell
        before = self.values.take(at)
        return np.asarray(before + (self.values.take(at + np.int32(1)) - before) * column.part, np.float32)


class Sums:
    """The integral image of a map of a picture `width` x `height`.

    Args:
        values: (h, w), at least one cell; what is not finite counts as 0.
    """

    def __init__(self, values: npt.NDArray[Any], width: int, height: int) -> None:
        finite = tame(values)
        corners = np.zeros((finite.shape[0] + 1, finite.shape[1] + 1))
        finite.cumsum(0, np.float64).cumsum(1, out=corners[1:, 1:])
        corners /= finite.size
        self.mean = float(corners[-1, -1])
        self.table = Table(corners, height, width)

    def inside(self, boxes: Floats) -> Floats:
        """(N,) of (4, N) boxes in pixels, inside the picture: the map's mean, times the part of it that is inside."""
        left, top, right, bottom = boxes
        first, last = self.table.column(left), self.table.column(right)
        below = self.table.difference(self.table.row(bottom), first, last)
        return np.asarray(below - self.table.difference(self.table.row(top), first, last), np.float32)
