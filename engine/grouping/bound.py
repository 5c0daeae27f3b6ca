"""Groups bound by what a person said: images that belong together end in one group, images that do not never do.

It works on finished groups, so where nobody said anything nothing changes, and an answer touches only the groups it is
about. Groups whose images belong together become one. Where images of such a group must be apart, it is parted anew:

1. a bundle (images that belong together) is never cut; what is left of a unit beside its bundles stays whole too,
2. a bundle pulls the groups of all its images together,
3. whoever must be apart from another becomes a heart, beside the group's own; hearts near one another unite as stars,
4. everything else goes to the nearest heart that is near all of it.

So every member is near its medoid, as it is without answers, or was brought there by a bundle. All of it goes by rank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.grouping.hamming import Index
from engine.grouping.links import Settled
from engine.grouping.table import Table

_TRIED = 512  # images of a piece that may be its middle
_AT_ONCE = 1 << 16  # edges turned into Python numbers at once

Ranks = npt.NDArray[np.int32]


class Gathered(NamedTuple):
    """Ranks of a group, ascending; the image that all are near (None: not known); whether a person had a say."""

    hub: int | None
    ranks: list[int]
    bound: bool = False


def bind(table: Table, units: Sequence[list[int]], groups: list[Gathered], said: Settled) -> list[Gathered]:
    """Make the groups keep what a person said; those it does not touch are given back as they are."""
    place = {item.id: rank for rank, item in enumerate(table.items)}
    bundles: dict[int, list[int]] = {}
    for image, bundle in said.bundle.items():
        if image in place:
            bundles.setdefault(bundle, []).append(place[image])
    home = {rank: number for number, made in enumerate(groups) for rank in made.ranks} if bundles else {}
    families = {unit[0]: unit for unit in units if len(unit) > 1} if bundles else {}
    touched: set[int] = set()
    answer: list[Gathered] = []
    for numbers, inside in _clusters(home, bundles):
        if len(numbers) == 1 and not any(said.apart.get(bundle, set()) & inside.keys() for bundle in inside):
            continue
        touched.update(numbers)
        answer += _Parting(table, [groups[number] for number in sorted(numbers)], families, inside, said).parts()
    return [made for number, made in enumerate(groups) if number not in touched] + answer


def _clusters(home: dict[int, int], bundles: dict[int, list[int]]) -> list[tuple[set[int], dict[int, list[int]]]]:
    """Groups that bundles pull together: their numbers, and the bundles inside, ranks ascending."""
    lowest = {home[rank]: home[rank] for ranks in bundles.values() for rank in ranks}
    find = _finder(lowest)
    for ranks in bundles.values():
        for rank in ranks[1:]:
            one, other = sorted((find(home[ranks[0]]), find(home[rank])))
            lowest[other] = one
    clusters: dict[int, tuple[set[int], dict[int, list[int]]]] = {number: (set(), {}) for number in lowest}
    for number in lowest:
        clusters[find(number)][0].add(number)
    for bundle, ranks in bundles.items():
        clusters[find(home[ranks[0]])][1][bundle] = sorted(ranks)
    return [cluster for cluster in clusters.values() if cluster[0]]


def _finder(parent: dict[int, int]) -> Callable[[int], int]:
    def find(number: int) -> int:
        while number != parent[number]:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    return find


class _Edges(NamedTuple):
    """Pieces that hearts may have, in the order they are to be looked at; as arrays, for there may be millions."""

    key: Ranks
    heart: Ranks

    def of(self, some: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
        """Some of them, piece and heart."""
        for part in np.array_split(np.flatnonzero(some), len(some) // _AT_ONCE + 1):
            yield from zip(self.key[part].tolist(), self.heart[part].tolist(), strict=True)


class _Parting:
    """The images of one cluster, parted. A piece moves as a whole and is known by its first rank."""

    def __init__(
        self, table: Table, groups: list[Gathered], families: dict[int, list[int]], bundles: dict[int, list[int]],
        said: Settled,
    ) -> None:  # fmt: skip
        self.table, self.groups, self.bundles = table, groups, bundles
        self.ranks: Index = np.array(sorted(rank for made in groups for rank in made.ranks), np.int64)
        self.hubs = [_middle(table, made.ranks) if made.hub is None else made.hub for made in groups]
        self.foes = {bundle: said.apart.get(bundle, set()) & bundles.keys() for bundle in bundles}
        self.parent: dict[int, int] = {rank: rank for rank in self.ranks.tolist()}
        self.find = _finder(self.parent)
        self.holds = {ranks[0]: {bundle} for bundle, ranks in bundles.items()}
        for ranks in bundles.values():
            for rank in ranks:
                self.parent[rank] = ranks[0]
        for first in self.ranks.tolist():
            if unit := families.get(first):
                middle = _middle(table, unit)
                for rank in unit:
                    self._join(middle, rank)
        self.pieces: dict[int, list[int]] = {}
        for rank in self.ranks.tolist():
            self.pieces.setdefault(self.find(rank), []).append(rank)
        self.bound = {
            key for key in self.pieces for bundle in self.holds.get(key, ()) if len(bundles[bundle]) > 1
        }  # fmt: skip

    def _join(self, one: int, other: int) -> bool:
        """Unite what these two stand in, unless somebody there must be apart from somebody here."""
        one, other = self.find(one), self.find(other)
        if one == other:
            return True
        mine, theirs = self.holds.get(one, set()), self.holds.get(other, set())
        few, many = (mine, theirs) if len(mine) <= len(theirs) else (theirs, mine)
        if any(self.foes[bundle] & many for bundle in few):
            return False
        low, high = min(one, other), max(one, other)
        self.parent[high] = low
        if mine or theirs:
            self.holds[low] = mine | theirs
        return True

    def parts(self) -> list[Gathered]:
        """The groups this cluster becomes."""
        self._pull()
        ruled = {self.find(hub) for hub in self.hubs}
        free = {  # pieces that a hub cannot have
            _middle(self.table, ranks): key
            for key, ranks in self.pieces.items()
            if any(self.foes[bundle] for bundle in self.holds.get(key, ())) and self.find(key) not in ruled
        }
        edges = self._edges([*dict.fromkeys(self.hubs), *free])
        taken = self._unite(edges, free)
        settled = {self.find(hub) for hub in self.hubs} | {self.find(key) for key in free.values()}
        settled = {key for key in self.pieces if self.find(key) in settled}
        for key, heart in edges.of(~np.isin(edges.key, list(settled)) & ~np.isin(edges.heart, list(taken))):
            if key not in settled and self._join(heart, key):
                settled.add(key)
        made: dict[int, list[int]] = {}
        for rank in self.ranks.tolist():
            made.setdefault(self.find(rank), []).append(rank)
        hearts = {self.find(heart): heart for heart in reversed([*self.hubs, *(h for h in free if h not in taken)])}
        return [Gathered(hearts[key], ranks, bound=True) for key, ranks in made.items()]

    def _pull(self) -> None:
        """Let pieces with a bundle join the hubs of all the groups their images come from, the nearest first."""
        hub_of = {rank: hub for made, hub in zip(self.groups, self.hubs, strict=True) for rank in made.ranks}
        edges = [
            ((int(self.table.hashes[hub_of[rank]]) ^ int(self.table.hashes[rank])).bit_count(), rank)
            for key in self.bound
            for rank in self.pieces[key]
        ]
        for _, rank in sorted(edges):
            self._join(hub_of[rank], rank)

    def _edges(self, hearts: list[int]) -> _Edges:
        """Pieces all of whose images are near a heart, by their mean distance in bits, the nearest first."""
        keys = np.fromiter(self.pieces, np.int32, len(self.pieces))
        of: Index = np.empty(len(self.ranks), np.int64)
        for number, piece in enumerate(self.pieces.values()):
            of[np.searchsorted(self.ranks, piece)] = number
        size = np.bincount(of, minlength=len(keys))
        bits, pieces, count = [], [], []
        for heart in hearts:
            near, apart = self.table.near(heart, self.ranks)
            whole = np.flatnonzero(np.bincount(of, near, len(keys)) == size)
            bits.append(np.bincount(of, apart, len(keys))[whole] / size[whole])
            pieces.append(keys[whole])
            count.append(len(whole))
        key, heart_of = np.concatenate(pieces), np.repeat(np.array(hearts, np.int32), count)
        order = np.lexsort((heart_of, key, np.concatenate(bits)))
        return _Edges(key[order], heart_of[order])

    def _unite(self, edges: _Edges, free: dict[int, int]) -> set[int]:
        """Let hearts take hearts that are near them; answers with those that were taken.

        A heart that took another is never taken itself, so that nothing chains; and a hub only takes.
        """
        heart_of = {key: heart for heart, key in free.items() if key not in self.bound}
        taken: set[int] = set()
        takes: set[int] = set()
        for key, heart in edges.of(np.isin(edges.key, list(heart_of))):
            other = heart_of[key]
            fresh = other != heart and not {other} & (taken | takes) and heart not in taken
            if fresh and self._join(heart, key):
                taken.add(other)
                takes.add(heart)
        return taken


def _middle(table: Table, ranks: Sequence[int]) -> int:
    """The image near the most of these, the first in keeper order among equals."""
    if len(ranks) == 1:
        return ranks[0]
    others: Index = np.array(ranks, np.int64)
    tried = ranks[:_TRIED]
    counts = [int(table.near(rank, others)[0].sum()) for rank in tried]
    return tried[counts.index(max(counts))]
