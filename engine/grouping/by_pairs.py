"""Near by a list of pairs that somebody else found: another program's results, or candidates that passed a check."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.grouping.nearness import ApartPairs, Floats, Ints, apart_by_rank, by_place, ranks, take_pairs, unmeasured


class ByPairs:
    """Two images are near when the list has them as a pair (see `nearness.Near`)."""

    def __init__(
        self,
        n: int,
        one: npt.ArrayLike,
        other: npt.ArrayLike,
        distance: npt.ArrayLike | None = None,
        similarity: npt.ArrayLike | None = None,
    ) -> None:
        a, b = np.asarray(one, np.int64), np.asarray(other, np.int64)
        if len(a) and not (min(a.min(), b.min()) >= 0 and max(a.max(), b.max()) < n):
            raise ValueError("a pair names a place that there is none of")
        bits, cosine = unmeasured(a, b)
        bits = bits if distance is None else np.asarray(distance, np.int64)
        cosine = cosine if similarity is None else np.asarray(similarity, np.float64)
        packed = np.minimum(a, b) * n + np.maximum(a, b)
        # Of a pair that is listed twice the nearest counts, whichever comes first.
        sort = np.lexsort((bits, -np.nan_to_num(cosine, nan=-2), packed))
        sort = sort[(a != b)[sort]]
        fresh = np.ones(len(sort), bool)
        fresh[1:] = packed[sort][1:] != packed[sort][:-1]
        sort = sort[fresh]
        self._n, self._packed, self._bits, self._cosine = n, packed[sort], bits[sort], cosine[sort]

    def gather(self, order: Ints, apart: ApartPairs = ()) -> Ints:
        rank = ranks(order)
        a, b = (rank[side] for side in np.divmod(self._packed, max(self._n, 1)))
        hub = np.full(self._n, -1, np.int64)
        take_pairs(hub, np.sort(np.minimum(a, b) * self._n + np.maximum(a, b)), apart_by_rank(apart, order))
        return by_place(hub, order)

    def between(self, one: Ints, other: Ints) -> tuple[Ints, Floats]:
        bits, cosine = unmeasured(one, other)
        if not len(self._packed):
            return bits, cosine
        wanted = np.minimum(one, other) * self._n + np.maximum(one, other)
        at = np.minimum(np.searchsorted(self._packed, wanted), len(self._packed) - 1)
        known = self._packed[at] == wanted
        bits[known], cosine[known] = self._bits[at[known]], self._cosine[at[known]]
        return bits, cosine


def by_pairs(
    n: int,
    one: npt.ArrayLike,
    other: npt.ArrayLike,
    distance: npt.ArrayLike | None = None,
    similarity: npt.ArrayLike | None = None,
) -> ByPairs:
    """Near as a list says.

    Args:
        n: how many images there are.
        one, other: shape (k,), places of each pair, either way round; repeats do no harm, nor an image with itself.
        distance: shape (k,), bits 0 to 64, -1 where unknown; None for nowhere known.
        similarity: shape (k,), -1 to 1, nan where unknown; None for nowhere known.

    Raises:
        ValueError: a place outside 0 .. n-1.
    """
    return ByPairs(n, one, other, distance, similarity)
