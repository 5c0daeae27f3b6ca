"""Near by embedding: cosine similarity of at least a threshold, candidates from the FAISS index, cosine on the vectors.

Images are taken best first, and only keepers ask the index: what a keeper has gathered is never looked up again. The
answers to a batch of questions are all that is held, so a hundred thousand frames of one scene need no more memory
than a hundred thousand unlike ones.
"""

from __future__ import annotations

import numpy as np

from engine.grouping.nearness import Apart, ApartPairs, Bools, Check, Floats, Ints, by_place, ranks, unmeasured
from engine.grouping.vector_index import Float32s, VectorIndex, Vectors

ROUNDING = 1e-6  # a cosine of four-byte numbers
_ASKED = (16, 2048)  # keepers that ask at once: at first, and at most
_ANSWERS = 1 << 21  # answers held; when there are more, fewer ask at once
_AT_ONCE = 2048  # pairs compared at once


class ByVectors:
    """See `by_vectors`."""

    def __init__(self, index: VectorIndex, keys: Ints, vectors: Vectors, threshold: float, check: Check | None) -> None:
        self._index, self._keys, self._vectors = index, np.asarray(keys, np.int64), vectors
        self.threshold, self._check = threshold, check

    def gather(self, order: Ints, apart: ApartPairs = ()) -> Ints:
        rank = ranks(order)
        limits = Apart([(int(rank[one]), int(rank[other])) for one, other in apart])
        keys = self._keys[order]
        by_key = np.argsort(keys, kind="stable")
        line = _Line(self, keys[by_key], by_key)
        hub = np.full(len(order), -1, np.int64)
        size, pending = _ASKED[0], np.flatnonzero(keys >= 0)
        while len(pending := pending[hub[pending] < 0]):
            asking, pending = pending[:size], pending[size:]
            found = line.candidates(order[asking])
            for keeper, (low, high) in zip(asking.tolist(), found.spans, strict=True):
                if hub[keeper] < 0:
                    hub[keeper] = keeper
                    free = np.sort(found.ranks[low:high][hub[found.ranks[low:high]] < 0])
                    hub[limits.joining(keeper, free[self._near(order[keeper], order[free])])] = keeper
            size = max(size // 2, 1) if len(found.ranks) > _ANSWERS else min(size * 2, _ASKED[1])
        return by_place(hub, order)

    def between(self, one: Ints, other: Ints) -> tuple[Ints, Floats]:
        bits, similarity = unmeasured(one, other)
        known = np.flatnonzero((self._keys[one] >= 0) & (self._keys[other] >= 0))
        similarity[known] = cosine(self._vectors, one[known], other[known])
        return bits, similarity

    def pairs(self) -> tuple[Ints, Ints, Floats]:
        """Every pair of places that is near, each once, one < other. Held whole: a crowd of m has m² / 2."""
        sort = np.argsort(self._keys, kind="stable")
        line, places = _Line(self, self._keys[sort], sort), np.flatnonzero(self._keys >= 0)
        n, packed = len(self._keys), [np.zeros(0, np.int64)]
        for start in range(0, len(places), _ASKED[1] // 4):
            asking = places[start : start + _ASKED[1] // 4]
            found = line.candidates(asking)
            one = np.repeat(asking, [high - low for low, high in found.spans])
            packed.append(np.unique(np.minimum(one, found.ranks) * n + np.maximum(one, found.ranks)))
        one, other = np.divmod(np.unique(np.concatenate(packed)), max(n, 1))
        one, other = one[one != other], other[one != other]
        similarity = cosine(self._vectors, one, other)
        near = similarity >= self.threshold - ROUNDING
        near[near] = self._passes(one[near], other[near])
        return one[near], other[near], similarity[near]

    def ask(self, places: Ints) -> tuple[Ints, Ints]:
        """(row, key) of the candidates of these places."""
        return self._index.candidates(self._vectors[places], self.threshold)

    def _near(self, keeper: int, others: Ints) -> Bools:
        """Which of these places are near one."""
        one = np.full(len(others), keeper)
        near = cosine(self._vectors, one, others) >= self.threshold - ROUNDING
        near[near] = self._passes(one[near], others[near])
        return near

    def _passes(self, one: Ints, other: Ints) -> Bools:
        passes: Bools = self._keys[one] == self._keys[other]
        if self._check is None:
            passes[:] = True
        elif not passes.all():
            passes[~passes] = self._check(one[~passes], other[~passes])
        return passes


class _Found:
    """Candidates of several images, and the span of each of them."""

    def __init__(self, ranks: Ints, counts: Ints) -> None:
        self.ranks = ranks
        ends = np.cumsum(counts)
        self.spans = list(zip((ends - counts).tolist(), ends.tolist(), strict=True))


class _Line:
    """The images of a run by key, so that the keys an index answers with are found again."""

    def __init__(self, way: ByVectors, keys: Ints, ranks: Ints) -> None:
        self._way, self._keys, self._ranks = way, keys, ranks

    def candidates(self, places: Ints) -> _Found:
        """For each of these places whoever may be near it; images of one key all of them."""
        row, key = self._way.ask(places)
        first = np.searchsorted(self._keys, key, side="left")
        count = np.searchsorted(self._keys, key, side="right") - first
        offset = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        found = self._ranks[np.repeat(first, count) + offset]
        return _Found(found, np.bincount(np.repeat(row, count), minlength=len(places)))


def cosine(vectors: Vectors, one: Ints, other: Ints) -> Floats:
    """Cosine similarity of pairs of rows, -1 to 1; nan where a row is all zeros.

    Args:
        vectors: shape (n, d).
        one, other: shape (k,).
    """
    answer = np.empty(len(one), np.float64)
    for start in range(0, len(one), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        a, b = _unit(vectors[one[part]]), _unit(vectors[other[part]])
        answer[part] = np.einsum("ij,ij->i", a, b)
    return np.clip(answer, -1, 1)


def _unit(vectors: Vectors) -> Float32s:
    full = vectors.astype(np.float32)
    length = np.sqrt(np.einsum("ij,ij->i", full, full))[:, None]
    with np.errstate(invalid="ignore"):
        unit: Float32s = full / length
    return unit


def by_vectors(
    index: VectorIndex, keys: Ints, vectors: Vectors, threshold: float, check: Check | None = None
) -> ByVectors:
    """Near where the cosine similarity is at least `threshold`.

    What is missing from the index is added to it (nothing is saved); what it holds beyond these images does no harm.

    Args:
        index: of vectors of this embedder.
        keys: shape (n,), `vector_index.keys_of` the content hashes; -1 for an image without a vector (near nothing).
        vectors: shape (n, d), a row of any kind where the key is -1.
        threshold: -1 to 1.
        check: a further test of pairs of places, shape (k,) each; near only where it says so, or the content is equal.
    """
    index.add(keys, vectors)
    return ByVectors(index, keys, vectors, threshold, check)
