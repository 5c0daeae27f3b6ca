"""Which looks (different hashes) may be near which: kept where they are few, worked out on demand where they are many.

A thousand near-identical screens are a million pairs. Only pairs that have an end with few neighbours are kept; the
neighbours of a crowded look are found by comparing it with all looks when somebody asks, so memory is bounded
whatever the images are, and no pair is ever lost.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.grouping.hamming import Index, Pairs, pairs_within, popcount, window_pairs
from engine.grouping.table import Mask, Table

_BUDGET = 4_000_000  # directed pairs kept; 32 MB


class Neighbours:
    """Neighbouring looks by look or by time; blank looks have none.

    Attributes:
        reach: shape (m,), at most how many images have a neighbouring or the same look; never less than there are.
        crowded: shape (m,), the look's neighbours are worked out on demand.
    """

    def __init__(self, table: Table, budget: int = _BUDGET) -> None:
        self._table = table
        m = len(table.looks)
        self._images = np.bincount(table.look, minlength=m)
        self._open = np.zeros(m, bool)
        self._open[table.look[~table.blank]] = True
        self.crowded = np.zeros(m, bool)
        self.reach, self._start, self._next = self._collect(budget)

    def of(self, look: int) -> Index:
        """Looks that may be near this one, itself among them; each still has to be checked image by image."""
        if not self.crowded[look]:
            return np.append(self._next[self._start[look] : self._start[look + 1]], look)
        limits = self._table.limits
        widest = max(limits.phash_distance, limits.window_distance if limits.window_seconds > 0 else 0)
        near = popcount(self._table.looks ^ self._table.looks[look]) <= widest
        near &= self._open
        near[look] = True
        return np.flatnonzero(near)

    def foreign(self, home: Index) -> Mask:
        """Looks that have an image, or a neighbour's image, outside their own unit; never a blank one.

        Args:
            home: shape (m,), the unit of each look, -1 where its images are in several.
        """
        rows = np.repeat(np.arange(len(home)), np.diff(self._start))
        abroad = (home[rows] != home[self._next]) | (home[self._next] < 0)
        answer: Mask = self.crowded | (home < 0)
        answer[rows[abroad]] = True
        answer &= self._open
        return answer

    def _collect(self, budget: int) -> tuple[Index, Index, Index]:
        m = len(self._images)
        degree, reach = np.zeros(m, np.int64), self._images.astype(np.int64)
        kept: list[Pairs] = []
        total = 0
        for i, j in self._pairs():
            degree += np.bincount(i, minlength=m) + np.bincount(j, minlength=m)
            reach += np.bincount(i, self._images[j], m).astype(np.int64)
            reach += np.bincount(j, self._images[i], m).astype(np.int64)
            kept.append(self._sparse((i, j)))
            total += 2 * len(kept[-1][0])
            if total > budget:
                # Of what is left after this, every pair has an end with at most half the budget over m neighbours.
                self.crowded |= degree > budget // (2 * m)
                kept = [self._sparse(pair) for pair in kept]
                total = 2 * sum(len(pair[0]) for pair in kept)
        return reach, *self._rows(kept)

    def _sparse(self, pair: Pairs) -> Pairs:
        keep = ~(self.crowded[pair[0]] & self.crowded[pair[1]])
        return pair[0][keep], pair[1][keep]

    def _rows(self, kept: list[Pairs]) -> Pairs:
        """Compressed rows: start (m + 1,) and the neighbours in one array."""
        m = len(self._images)
        ends = [side for i, j in kept for side in (i * m + j, j * m + i)]
        both = np.unique(np.concatenate(ends)) if ends else np.zeros(0, np.int64)
        return np.searchsorted(both, np.arange(m + 1) * m), both % max(m, 1)

    def _pairs(self) -> Iterator[Pairs]:
        """Pairs of looks, each a chunk without repeats, i < j."""
        table = self._table
        some = np.flatnonzero(self._open)
        for i, j in pairs_within(table.looks[some], table.limits.phash_distance):
            yield some[i], some[j]
        if table.limits.window_seconds > 0 and table.limits.window_distance > table.limits.phash_distance:
            yield from self._window()

    def _window(self) -> Iterator[Pairs]:
        """Pairs of looks of which two images are within the time window, and that are not near by look alone."""
        table, m = self._table, len(self._images)
        ranks = np.flatnonzero(table.timed & ~table.blank)
        order = np.lexsort((table.look[ranks], table.times[ranks]))
        ranks = ranks[order]
        look, times = table.look[ranks], table.times[ranks]
        fresh = np.ones(len(ranks), bool)
        fresh[1:] = (look[1:] != look[:-1]) | (times[1:] != times[:-1])
        look, times = look[fresh], times[fresh]
        # A little wider than the window: the exact test comes later, and rounding must not lose a pair here.
        stop = np.searchsorted(times, np.nextafter(times + table.limits.window_seconds, np.inf), side="right")
        for i, j in window_pairs(table.looks[look], stop, table.limits.window_distance):
            a, b = np.minimum(look[i], look[j]), np.maximum(look[i], look[j])
            far = popcount(table.looks[a] ^ table.looks[b]) > table.limits.phash_distance
            both = np.unique(a[far] * m + b[far])
            if len(both):
                yield both // m, both % m
