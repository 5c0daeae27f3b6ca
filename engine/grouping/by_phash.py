"""Near by perceptual hash: Hamming distance within a radius, exactly, for a million images at once.

Images of one hash are one node from the start, so a hundred thousand black frames cost no more than a hundred thousand
images. Pairs of nodes come from multi-index hashing (`hamming`). Where a crowd of nearly equal hashes has more pairs
than memory should hold, the best images gather theirs one by one first, until what is left has few enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from engine.grouping.hamming import U64, Pairs, pairs_between, pairs_within, popcount
from engine.grouping.near import BLANK_BITS
from engine.grouping.nearness import Apart, ApartPairs, Bools, Check, Floats, Ints, by_place, ranks, take_pairs

WIDEST = 16  # bits; beyond it a hash says nothing, and the search has nothing to go by
_PAIRS = 4_000_000  # pairs held, at the least; 32 MB
_SHARE = 8  # pairs an image held beyond those
_FIRST = 256  # images that gather one by one when there are too many pairs; twice as many each time


class ByPhash:
    """See `by_phash`."""

    def __init__(
        self,
        hashes: U64,
        flat: Bools,
        radius: int,
        orientations: U64 | None,
        contents: Sequence[str] | None,
        check: Check | None,
    ) -> None:
        if not 0 <= radius <= WIDEST:
            raise ValueError(f"the radius is 0 to {WIDEST} bits")
        self.own = np.ascontiguousarray(hashes, np.uint64)
        self.turned = None if orientations is None else np.ascontiguousarray(orientations, np.uint64)
        self.radius = radius
        ones = popcount(self.own)
        self._blank = np.asarray(flat, bool) | (ones <= BLANK_BITS) | (ones >= 64 - BLANK_BITS)
        self._content = _numbers(contents, len(self.own))
        self._check = check

    def gather(self, order: Ints, apart: ApartPairs = ()) -> Ints:
        if not len(order):
            return order.astype(np.int64)
        rank = ranks(order)
        limits = [(int(rank[one]), int(rank[other])) for one, other in apart]
        kind, code = self._kinds(order), np.where(self._blank, self._content, -1)[order]
        kind = np.where(code < 0, kind, 2 * len(order) + code)
        bound = np.array(sorted({one for pair in limits for one in pair}), np.int64)
        kind[bound] = 4 * len(order) + bound  # who must not meet somebody stands alone in its node
        _, first, node = np.unique(kind, return_index=True, return_inverse=True)
        by_rank = np.argsort(first)
        first, node = first[by_rank], ranks(by_rank)[node]
        sides = Apart([(int(node[one]), int(node[other])) for one, other in limits])
        hub = _Nodes(self, order[first], code[first], sides).gather()
        return by_place(first[hub][node], order)

    def _kinds(self, order: Ints) -> Ints:
        """A number for each rank, 0 .. 2n-1, equal for images that are alike in all that counts here."""
        if self._check is not None:
            return self._content[order]  # images of one hash may still be found unlike
        _, kind = np.unique(self.own[order], return_inverse=True)
        for turn in [] if self.turned is None else self.turned.T:
            _, more = np.unique(turn[order], return_inverse=True)
            _, kind = np.unique(kind.astype(np.int64) * len(order) + more, return_inverse=True)
        numbers: Ints = kind.astype(np.int64)
        return numbers

    def passes(self, one: Ints, other: Ints) -> Bools:
        """Which pairs of places, near by their hashes, are near after the further check."""
        if self._check is None:
            return np.ones(len(one), np.bool_)
        passes: Bools = self._content[one] == self._content[other]
        rest = np.flatnonzero(~passes)
        passes[rest] = self._check(one[rest], other[rest])
        return passes

    def between(self, one: Ints, other: Ints) -> tuple[Ints, Floats]:
        return self.distance(one, other).astype(np.int64), np.full(len(one), np.nan)

    def distance(self, one: Ints, other: Ints) -> npt.NDArray[np.uint8]:
        """Bits between places, the least over the orientations of either; shapes broadcast."""
        own = self.own
        least = popcount(own[one] ^ own[other])
        if self.turned is not None:
            for turn in self.turned.T:
                least = np.minimum(least, popcount(turn[one] ^ own[other]))
                least = np.minimum(least, popcount(own[one] ^ turn[other]))
        return least


def _numbers(contents: Sequence[str] | None, n: int) -> Ints:
    """A number for each place, 0 .. 2n-1, equal where the content is known to be."""
    if contents is None:
        return np.arange(n)
    numbers: dict[str, int] = {}
    known = [numbers.setdefault(content, k) if content else n + k for k, content in enumerate(contents)]
    return np.array(known, np.int64)


class _Nodes:
    """Images that are alike in every way that counts, as one; in keeper order, node 0 best."""

    def __init__(self, way: ByPhash, places: Ints, code: Ints, apart: Apart) -> None:
        self._way, self._places, self._code, self._apart = way, places, code, apart
        self._hub = np.full(len(places), -1, np.int64)

    def gather(self) -> Ints:
        """Shape (m,): the node that took each node."""
        step, free = _FIRST, np.arange(len(self._hub))
        while (packed := self._pairs(free)) is None:
            self._one_by_one(free, step)
            free, step = free[self._hub[free] < 0], 2 * step
        take_pairs(self._hub, packed, self._apart)
        return np.where(self._hub < 0, np.arange(len(self._hub)), self._hub)

    def _one_by_one(self, free: Ints, count: int) -> None:
        hub = self._hub
        for one in free[:count].tolist():
            if hub[one] >= 0:
                continue
            hub[one] = one
            free = free[hub[free] < 0]
            hub[self._apart.joining(one, free[self._near(one, free)])] = one

    def _near(self, one: int, others: Ints) -> Bools:
        if self._code[one] >= 0:
            return np.asarray(self._code[others] == self._code[one])
        near = self._way.distance(self._places[one], self._places[others]) <= self._way.radius
        near &= self._code[others] < 0
        some = np.flatnonzero(near)
        near[some] = self._way.passes(np.full(len(some), self._places[one]), self._places[others[some]])
        return np.asarray(near, np.bool_)

    def _pairs(self, free: Ints) -> Ints | None:
        """All pairs among these nodes as `take_pairs` wants them; None where they are too many to hold."""
        m, held, found = len(self._hub), 0, []
        for i, j in chain(self._blank_pairs(free), self._look_pairs(free[self._code[free] < 0])):
            held += len(i)
            if held > max(_PAIRS, _SHARE * m):
                return None
            good = self._way.passes(self._places[i], self._places[j])
            found.append((np.minimum(i, j) * m + np.maximum(i, j))[good])
        packed: Ints = np.concatenate(found) if found else np.zeros(0, np.int64)
        packed.sort()
        if self._way.turned is not None and len(packed):  # a pair may be met in several orientations
            packed = packed[np.append(True, packed[1:] != packed[:-1])]
        return packed

    def _look_pairs(self, free: Ints) -> Iterator[Pairs]:
        way = self._way
        own = way.own[self._places[free]]
        for i, j in pairs_within(own, way.radius):
            yield free[i], free[j]
        if way.turned is None:
            return
        turned = np.sort(way.turned[self._places[free]], axis=1)
        fresh = turned != own[:, None]
        fresh[:, 1:] &= turned[:, 1:] != turned[:, :-1]
        row, column = np.nonzero(fresh)
        for i, j in pairs_between(own, turned[row, column], way.radius):
            other = row[j]
            yield free[i[i != other]], free[other[i != other]]

    def _blank_pairs(self, free: Ints) -> Iterator[Pairs]:
        """Near-blank nodes of one content: more than one only where `apart` has set some aside."""
        blank = free[self._code[free] >= 0]
        blank = blank[np.argsort(self._code[blank], kind="stable")]
        code = self._code[blank]
        for k in range(len(blank)):
            more = int(np.searchsorted(code, code[k], side="right"))
            if more > k + 1:
                yield np.full(more - k - 1, blank[k]), blank[k + 1 : more]


def by_phash(
    hashes: U64,
    flat: Bools,
    radius: int = 8,
    orientations: U64 | None = None,
    contents: Sequence[str] | None = None,
    check: Check | None = None,
) -> ByPhash:
    """Near within `radius` bits; a near-blank image, whose hash is noise, only where the content is equal.

    Args:
        hashes: shape (n,), uint64.
        flat: shape (n,), measured as near-blank; a hash with at most 8 or at least 56 bits set is taken so too.
        radius: 0 to 16 bits of 64.
        orientations: shape (n, 8), the hashes of each image turned and mirrored; an image is then near another when
            any orientation of one is within the radius of the other as it is.
        contents: the content hash of each image, "" where unknown; without them near-blank images stay alone.
        check: a further test of pairs of places, shape (k,) each; near only where it says so, or the content is equal.

    Raises:
        ValueError: a radius out of range.
    """
    return ByPhash(hashes, flat, radius, orientations, contents, check)
