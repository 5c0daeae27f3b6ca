"""All images of a run as arrays in keeper order, and the near rule of `engine.grouping.near` over them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.grouping import near as rule
from engine.grouping.hamming import U64, Index, popcount
from engine.grouping.model import Item, keeper_order
from engine.library.settings import Groups

Mask = npt.NDArray[np.bool_]


class Table:
    """Images by rank: rank 0 comes first in keeper order, so no answer depends on the order they came in.

    Attributes:
        items: the images, sorted.
        hashes: shape (n,), uint64.
        looks: shape (m,), the different hashes, ascending.
        look: shape (n,), index into `looks`.
        family: shape (n,), number of the family name, -1 for none.
        times, timed: shape (n,), seconds (0 where unknown) and whether they are known.
        blank: shape (n,), the hash is noise.
    """

    def __init__(self, items: Sequence[Item], limits: Groups) -> None:
        self.items = sorted(items, key=keeper_order)
        self.limits = limits
        n = len(self.items)
        self.hashes: U64 = np.fromiter((rule.bits(item) for item in self.items), np.uint64, n)
        self.looks, look = np.unique(self.hashes, return_inverse=True)
        self.look: Index = look.astype(np.int64)
        numbers = rule.family_numbers(self.items) if limits.by_name else [-1] * n
        self.family: Index = np.array(numbers, np.int64)
        times = [rule.seconds(item) for item in self.items]
        self.timed: Mask = np.array([t is not None for t in times], bool)
        self.times = np.array([t or 0.0 for t in times], np.float64)
        self.blank: Mask = np.array([rule.is_blank(item) for item in self.items], bool)
        self._staged: Mask = np.array([rule.is_staged(item) for item in self.items], bool)
        self._stamped: Mask = np.array([item.name_timestamp for item in self.items], bool)

    def same_name(self, a: int, b: int) -> bool:
        return bool(self.family[a] >= 0 and self.family[a] == self.family[b])

    def near(self, rank: int, others: Index) -> tuple[Mask, npt.NDArray[np.uint8]]:
        """Which of the others are near one image, and how many bits each is away.

        Args:
            rank: the one image.
            others: shape (k,), ranks.
        """
        limits = self.limits
        apart = popcount(self.hashes[others] ^ self.hashes[rank])
        blank = self.blank[others] | self.blank[rank]
        near = apart <= np.where(blank, 0, limits.phash_distance)
        if self.family[rank] >= 0:
            sure = (self._staged[others] | self._staged[rank]) & (self._stamped[rank] | blank)
            near |= (self.family[others] == self.family[rank]) & (sure | (apart <= limits.name_distance))
        if self.timed[rank] and limits.window_seconds > 0:
            close = np.abs(self.times[others] - self.times[rank]) <= limits.window_seconds
            near |= close & self.timed[others] & ~blank & (apart <= limits.window_distance)
        return near, apart
