"""The greedy gathering of units around hubs: which hub is near which whole units, and who takes whom."""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt

from engine.grouping.hamming import Index
from engine.grouping.neighbours import Neighbours
from engine.grouping.table import Table
from engine.progress import Progress

Cover = tuple[Index, Index]  # units all of whose images are near a hub, and the sum of their distances to it


class _Gathering:
    """State of one run. `hub[u]` is the image that took unit u (-1: nobody yet)."""

    def __init__(self, table: Table, units: list[list[int]]) -> None:
        self.table, self.units = table, units
        self.neighbours = Neighbours(table)
        self.size = np.array([len(unit) for unit in units], np.int64)
        self.unit = np.zeros(len(table.items), np.int64)
        for number, unit in enumerate(units):
            self.unit[unit] = number
        self.by_look = np.argsort(table.look, kind="stable")
        self.look_start = np.searchsorted(table.look[self.by_look], np.arange(len(table.looks) + 1))
        self.hub = np.full(len(units), -1, np.int64)
        self.nearest = np.full(len(units), -1, np.int64)
        self.nearest_sum = np.full(len(units), np.iinfo(np.int64).max, np.int64)
        self._known: dict[int, Cover] = {}

    def candidates(self) -> list[tuple[int, int]]:
        """(-most it can gather, rank) of every image that could gather a unit beside its own."""
        look = self.table.look
        images = np.bincount(look, minlength=len(self.table.looks))
        found: list[tuple[int, int]] = []
        for unit in self.units:
            seen = look[unit]
            # Images of one hash gather the same by look: the first stands for all of them.
            few = unit if (seen != seen[0]).any() else unit[:1]
            reach = self.neighbours.reach[look[few]]
            if (reach > images[look[few]]).any() or (images[look[few]] > len(unit)).any() or self._shared(few, images):
                found.extend(zip((-reach - len(unit)).tolist(), few, strict=True))
        return found

    def _shared(self, few: list[int], images: Index) -> bool:
        """True when some look of this unit is also had by an image of another unit."""
        kinds, count = np.unique(self.table.look[few], return_counts=True)
        return len(few) > 1 and bool((images[kinds] > count).any())

    def cover(self, rank: int) -> Cover:
        """Every unit that is near this image as a whole, taken or not."""
        if rank in self._known:
            return self._known[rank]
        looks = self.neighbours.of(int(self.table.look[rank]))
        spans = [self.by_look[self.look_start[k] : self.look_start[k + 1]] for k in looks.tolist()]
        images = np.unique(np.concatenate([*spans, self.units[int(self.unit[rank])]]))
        near, apart = self.table.near(rank, images)
        found, where, count = np.unique(self.unit[images[near]], return_inverse=True, return_counts=True)
        sums = np.bincount(where, weights=apart[near], minlength=len(found)).astype(np.int64)
        whole = count == self.size[found]
        answer = found[whole], sums[whole]
        if not self.neighbours.crowded[self.table.look[rank]]:
            self._known[rank] = answer
        return answer

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
