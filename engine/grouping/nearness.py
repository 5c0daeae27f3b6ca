"""What a way of finding copies is, and how its groups are gathered: greedy stars in keeper order, never chains.

Images are taken best first. The first that is still free becomes a keeper and gathers everything free that is near
it, so every image that goes is near the very image that stays for it. A drifting burst of sixty frames is then several
small groups and not one whose ends have nothing in common (platform.md; stars as in Aslam, Pelekhov and Rus, "The Star
Clustering Algorithm", 2004, but by the keeper's rank and not by degree). The answer does not depend on the order in
which images or pairs are given.

Each way is a module beside this one: `by_phash`, `by_content`, `by_vectors`, `by_pairs`, `by_time`, `by_name`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
ApartPairs = Collection[tuple[int, int]]
Check = Callable[[Ints, Ints], Bools]  # of pairs of places, shape (k,) each: near after all?

UNMEASURED = -1
_AT_ONCE = 1 << 18  # pairs turned into Python numbers at once


class Near(Protocol):
    """One way of telling that two images are copies, over places 0 .. n-1. Near is symmetric."""

    def gather(self, order: Ints, apart: ApartPairs = ()) -> Ints:
        """Part all images into stars.

        Args:
            order: shape (n,), every place once, best first.
            apart: pairs of places that never come together under one keeper.

        Returns:
            hub, shape (n,): the place of each image's keeper; its own for a keeper and for an image alone. Every
            image is near its keeper.
        """

    def between(self, one: Ints, other: Ints) -> tuple[Ints, Floats]:
        """How alike pairs of places are.

        Args:
            one, other: shape (k,), places.

        Returns:
            pHash distance in bits, 0 to 64 (-1: this way does not measure it), and cosine similarity, -1 to 1
            (nan: not measured), each shape (k,).
        """


class Apart:
    """Who must not come together; keeps account of who has joined whom. Numbers are the caller's own."""

    def __init__(self, pairs: ApartPairs) -> None:
        self._partners: dict[int, set[int]] = {}
        self._held: dict[int, set[int]] = {}
        for one, other in pairs:
            if one != other:
                self._partners.setdefault(one, set()).add(other)
                self._partners.setdefault(other, set()).add(one)

    @property
    def bound(self) -> list[int]:
        """Those that may not meet somebody, ascending."""
        return sorted(self._partners)

    def joins(self, hub: int, one: int) -> bool:
        """True when `one` may join this hub, and from then on it has."""
        partners = self._partners.get(one)
        if partners is None:
            return True
        held = self._held.setdefault(hub, {hub})
        if not partners.isdisjoint(held):
            return False
        held.add(one)
        return True

    def joining(self, hub: int, some: Ints) -> Ints:
        """Those of `some` that may join this hub, taken in the order given; from then on they have."""
        if not self._partners:
            return some
        return some[[self.joins(hub, one) for one in some.tolist()]]


def ranks(order: Ints) -> Ints:
    """The rank of each place: the inverse of `order`."""
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank


def apart_by_rank(apart: ApartPairs, order: Ints) -> Apart:
    rank = ranks(order)
    return Apart([(int(rank[one]), int(rank[other])) for one, other in apart])


def take_pairs(hub: Ints, packed: Ints, apart: Apart) -> None:
    """Go through pairs of ranks best first and let each free rank gather what is free and near it, in place.

    Args:
        hub: shape (n,), who took each rank so far, -1 where nobody has. A rank without pairs stays -1.
        packed: sorted, `first * n + second` of every pair of ranks that are near, first < second, each once.
    """
    n, taken = len(hub), hub.tolist()
    for start in range(0, len(packed), _AT_ONCE):
        first, second = np.divmod(packed[start : start + _AT_ONCE], n)
        for one, other in zip(first.tolist(), second.tolist(), strict=True):
            # All pairs in which `one` comes second have been seen: if nobody took it, it is a keeper.
            if taken[one] < 0:
                taken[one] = one
            if taken[one] == one and taken[other] < 0 and apart.joins(one, other):
                taken[other] = one
    hub[:] = taken


def take_classes(hub: Ints, kind: Ints, near: Callable[[int, int], bool], apart: Apart) -> None:
    """Gather where only images of one kind can be near: within each kind, one after the other, in place.

    Time grows with the size of a kind times its keepers, of which there are few where `near` mostly holds.

    Args:
        hub: shape (n,), by rank, all -1.
        kind: shape (n,), by rank; -1 is near nothing.
        near: of two ranks of one kind, the first the keeper.
    """
    sort = np.argsort(kind, kind="stable")
    for members in np.split(sort, np.flatnonzero(np.diff(kind[sort])) + 1):
        free = members.tolist() if len(members) > 1 and kind[members[0]] >= 0 else []
        while free:
            keeper, others, free = free[0], free[1:], []
            hub[keeper] = keeper
            for other in others:
                if near(keeper, other) and apart.joins(keeper, other):
                    hub[other] = keeper
                else:
                    free.append(other)


def by_place(hub: Ints, order: Ints) -> Ints:
    """From ranks back to places; whoever nobody took is its own."""
    own = np.where(hub < 0, np.arange(len(hub)), hub)
    answer = np.empty(len(order), np.int64)
    answer[order] = order[own]
    return answer


def unmeasured(one: Ints, other: Ints) -> tuple[Ints, Floats]:
    """What `between` answers where a way measures nothing."""
    count = np.broadcast(one, other).size
    return np.full(count, UNMEASURED, np.int64), np.full(count, np.nan)
