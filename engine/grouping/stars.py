"""The greedy gathering of units around hubs: which hub is near which whole units, and who takes whom."""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt

from engine.grouping.hamming import Index, popcount
from engine.grouping.neighbours import Neighbours
from engine.grouping.table import Table
from engine.progress import Progress

Cover = tuple[Index, Index]  # units all of whose images are near a hub, and the sum of their distances to it
_NONE: Cover = (np.zeros(0, np.int64), np.zeros(0, np.int64))
_CACHED = 6_000_000  # units remembered over all covers; 100 MB
_ENTRY = 20  # what an entry costs beside its units, in units


class _Gathering:
    """State of one run. `hub[u]` is the image that took unit u (-1: nobody yet)."""

    def __init__(self, table: Table, units: list[list[int]]) -> None:
        self.table, self.units = table, units
        self.neighbours = Neighbours(table)
        self.size = np.array([len(unit) for unit in units], np.int64)
        self.by_unit = np.array([rank for unit in units for rank in unit], np.int64)
        self.unit_start = np.concatenate([[0], np.cumsum(self.size)])
        self.unit = np.empty(len(table.items), np.int64)
        self.unit[self.by_unit] = np.repeat(np.arange(len(units)), self.size)
        self.by_look = np.argsort(table.look, kind="stable")
        self.look_start = np.searchsorted(table.look[self.by_look], np.arange(len(table.looks) + 1))
        self.hub = np.full(len(units), -1, np.int64)
        self.nearest = np.full(len(units), -1, np.int64)
        self.nearest_sum = np.full(len(units), np.iinfo(np.int64).max, np.int64)
        self._looks: dict[int, Cover] = {}
        self._covers: dict[int, Cover] = {}
        self._room = _CACHED

    def candidates(self) -> list[tuple[int, int]]:
        """(-most it can gather, rank) of every image of a unit that may have something to do with another unit."""
        look, starts = self.table.look[self.by_unit], self.unit_start[:-1]
        low, high = np.minimum.reduceat(look, starts), np.maximum.reduceat(look, starts)
        # The unit of a look, where all its images are in one.
        units = self.unit[self.by_look]
        first = np.minimum.reduceat(units, self.look_start[:-1])
        home = np.where(first == np.maximum.reduceat(units, self.look_start[:-1]), first, -1)
        meets = np.logical_or.reduceat(self.neighbours.foreign(home)[look], starts)
        # Images of one hash gather the same by look: the first stands for all of them.
        stands = np.repeat(low != high, self.size)
        stands[starts] = True
        ranks = self.by_unit[stands & np.repeat(meets, self.size)]
        most = self.neighbours.reach[self.table.look[ranks]] + self.size[self.unit[ranks]]
        return list(zip((-most).tolist(), ranks.tolist(), strict=True))

    def cover(self, rank: int) -> Cover:
        """Every unit that is near this image as a whole, taken or not; its own by any rule, others by look or time."""
        if rank in self._covers:
            return self._covers[rank]
        own, look = int(self.unit[rank]), int(self.table.look[rank])
        found, sums = _NONE if self.table.blank[rank] else self._by_look(look)
        more = self._units_in_window(rank, look)
        if own not in found:
            more = np.append(more[more != own], own)
        if not len(more):
            return found, sums
        extra, extra_sums = self._whole(rank, more)
        keep = ~np.isin(found, more)
        answer = np.append(found[keep], extra), np.append(sums[keep], extra_sums)
        self._remember(self._covers, rank, answer)
        return answer

    def _remember(self, where: dict[int, Cover], key: int, answer: Cover) -> None:
        if len(answer[0]) + _ENTRY <= self._room:
            self._room -= len(answer[0]) + _ENTRY
            where[key] = answer

    def _by_look(self, look: int) -> Cover:
        """Units all of whose images have a hash near this one: the same for every image of the look."""
        if look in self._looks:
            return self._looks[look]
        looks, apart = self._neighbours(look)
        near = apart <= self.table.limits.phash_distance
        images, apart = self._images(looks[near], apart[near])
        seen = ~self.table.blank[images]
        units, where, count = np.unique(self.unit[images[seen]], return_inverse=True, return_counts=True)
        sums = np.bincount(where, apart[seen], len(units)).astype(np.int64)
        whole = count == self.size[units]
        answer = units[whole], sums[whole]
        self._remember(self._looks, look, answer)
        return answer

    def _units_in_window(self, rank: int, look: int) -> Index:
        """Units of which some image is near by time alone; whether all of the unit is near is still to be seen."""
        table, limits = self.table, self.table.limits
        if not table.timed[rank] or table.blank[rank] or limits.window_seconds <= 0:
            return _NONE[0]
        looks, apart = self._neighbours(look)
        far = apart > limits.phash_distance
        if not far.any():
            return _NONE[0]
        images, _ = self._images(looks[far], apart[far])
        close = table.timed[images] & (np.abs(table.times[images] - table.times[rank]) <= limits.window_seconds)
        units: Index = np.unique(self.unit[images[close]])
        return units

    def _whole(self, rank: int, units: Index) -> Cover:
        """Those of the units whose every image is near, and the sums of their distances."""
        size = self.size[units]
        ends = np.cumsum(size)
        images = self.by_unit[np.arange(int(ends[-1])) + np.repeat(self.unit_start[units] - ends + size, size)]
        near, apart = self.table.near(rank, images)
        starts = ends - size
        whole = np.logical_and.reduceat(near, starts)
        return units[whole], np.add.reduceat(apart, starts, dtype=np.int64)[whole]

    def _neighbours(self, look: int) -> tuple[Index, Index]:
        looks = self.neighbours.of(look)
        return looks, popcount(self.table.looks[looks] ^ self.table.looks[look]).astype(np.int64)

    def _images(self, looks: Index, apart: Index) -> tuple[Index, Index]:
        """All images of these looks, each with the distance of its look."""
        spans = [self.by_look[self.look_start[k] : self.look_start[k + 1]] for k in looks.tolist()]
        images = np.concatenate(spans) if spans else _NONE[0]
        return images, np.repeat(apart, self.look_start[looks + 1] - self.look_start[looks])

    def take(self, rank: int) -> int:
        """Let this image gather what is still free; returns how many images that were."""
        found, sums = self.cover(rank)
        free = found[self.hub[found] < 0]
        self.hub[free] = rank
        others = found != self.unit[rank]
        found, sums = found[others], sums[others]
        better = sums < self.nearest_sum[found]
        self.nearest[found[better]] = rank
        self.nearest_sum[found[better]] = sums[better]
        return int(self.size[free].sum())


def stars(table: Table, units: list[list[int]], progress: Progress) -> list[tuple[int | None, list[int]]]:
    """Gather units into groups.

    Returns:
        For each group the image all its units are near (None for a unit that stayed alone) and its units.
    """
    run = _Gathering(table, units)
    hubs = _greedy(run, progress)
    _settle(run, hubs)
    groups: dict[int, list[int]] = {}
    alone: list[tuple[int | None, list[int]]] = []
    for unit, hub in enumerate(run.hub.tolist()):
        if hub < 0:
            alone.append((None, [unit]))
        else:
            groups.setdefault(hub, []).append(unit)
    return [*groups.items(), *alone]


def _greedy(run: _Gathering, progress: Progress) -> list[int]:
    """Take hubs by how many free images they gather; returns them in the order they were taken."""
    heap = run.candidates()
    heapq.heapify(heap)
    hubs: list[int] = []
    done = turns = 0
    while heap:
        most, rank = heapq.heappop(heap)
        turns += 1
        if turns % 256 == 0:
            progress.step(done)
        if run.hub[run.unit[rank]] >= 0:
            continue
        found, _ = run.cover(rank)
        if run.unit[rank] not in found:
            continue  # it is not near all of its own unit; another image of the unit is
        # What it gathers only shrinks, so an old count is an upper bound: count again, and go on if it is beaten.
        now = -int(run.size[found[run.hub[found] < 0]].sum())
        crowded = run.neighbours.crowded[run.table.look[rank]]
        if not crowded and heap and (now, rank) > heap[0] and now > most:
            heapq.heappush(heap, (now, rank))
            continue
        done += run.take(rank)
        hubs.append(rank)
    return hubs


def _settle(run: _Gathering, hubs: list[int]) -> None:
    """Move each unit to its nearest hub, then let a hub that was left alone join another that is near it."""
    own: npt.NDArray[np.bool_] = np.zeros(len(run.units), bool)
    own[run.unit[hubs]] = True
    move = ~own & (run.nearest >= 0)
    run.hub[move] = run.nearest[move]
    held = np.bincount(run.unit[run.hub[run.hub >= 0]], minlength=len(run.units))  # units of each hub, by its own unit
    for rank in hubs:
        unit = int(run.unit[rank])
        other = int(run.nearest[unit])
        if held[unit] == 1 and other >= 0 and run.hub[run.unit[other]] == other:
            run.hub[unit] = other
            held[unit] = 0
            held[run.unit[other]] += 1
