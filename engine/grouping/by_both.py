"""Near by pHash and by embedding at once: a look-alike hash whose cosine agrees.

The rule is an AND, so the cosine is worked out on the pHash pairs alone, and no index is needed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.grouping.by_phash import ByPhash
from engine.grouping.by_vectors import ROUNDING, cosine
from engine.grouping.hamming import U64
from engine.grouping.nearness import Bools, Floats, Ints
from engine.grouping.vector_index import Vectors


class ByBoth(ByPhash):
    """See `by_both`."""

    def __init__(
        self,
        hashes: U64,
        flat: Bools,
        contents: Sequence[str],
        vectors: Vectors,
        known: Bools,
        radius: int,
        threshold: float,
    ) -> None:
        super().__init__(hashes, flat, radius, None, contents, self._agrees)
        self._vectors, self._known, self.threshold = vectors, np.asarray(known, bool), threshold

    def between(self, one: Ints, other: Ints) -> tuple[Ints, Floats]:
        bits, similarity = super().between(one, other)
        known = np.flatnonzero(self._known[one] & self._known[other])
        similarity[known] = cosine(self._vectors, one[known], other[known])
        return bits, similarity

    def _agrees(self, one: Ints, other: Ints) -> Bools:
        agrees: Bools = self._known[one] & self._known[other]
        agrees[agrees] = cosine(self._vectors, one[agrees], other[agrees]) >= self.threshold - ROUNDING
        return agrees


def by_both(
    hashes: U64,
    flat: Bools,
    contents: Sequence[str],
    vectors: Vectors,
    known: Bools,
    radius: int = 8,
    threshold: float = 0.95,
) -> ByBoth:
    """Near within `radius` bits and with a cosine of at least `threshold`; equal content always.

    Args:
        hashes, flat, radius: as for `by_phash`.
        contents: the content hash of each image, "" where unknown.
        vectors: shape (n, d), one row an image.
        known: shape (n,), which images have a vector; the others are near equal content only.
        threshold: -1 to 1.

    Raises:
        ValueError: a radius out of range.
    """
    return ByBoth(hashes, flat, contents, vectors, known, radius, threshold)
