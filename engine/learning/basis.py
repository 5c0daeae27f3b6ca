"""From what is known of an image to the numbers a ranker weighs: a reduced embedding, and named figures beside it.

The embedding is reduced to the directions in which the library varies most, within families as much as between them:
what tells near-duplicates apart is a small part of the whole. Directions are found by a randomised range finder (Halko,
Martinsson and Tropp, SIAM Review 2011) from a fixed start, so the same library always gives the same ones.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Float32s = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

DIRECTIONS = 64
_SPARE, _POWER, _SEED = 16, 3, 20260101
_FARTHEST = 4.0  # standard deviations that count: one freak does not decide


class Basis(NamedTuple):
    """How features are made.

    Attributes:
        embedder: key of the network, "" for none.
        images: about how many had a vector when its directions were found, of some of them.
        centre: (size,), axes: (size, k), unit: (k,) standard deviation along each.
        middle, factor: (h,) of the named figures: standardised (figure - middle) * factor.
    """

    embedder: str
    images: int
    centre: Floats
    axes: Floats
    unit: Floats
    middle: Floats
    factor: Floats

    @property
    def spread(self) -> Floats:
        """(k,) standard deviations as parts of the largest."""
        return np.asarray(self.unit / self.unit.max(initial=1e-12), np.float64)

    def embedded(self, vectors: npt.NDArray[np.generic]) -> Float32s:
        """(n, k) standardised, of (n, size) vectors."""
        shift = (self.centre @ self.axes) / self.unit
        axes = (self.axes / self.unit).astype(np.float32)
        found = np.asarray(vectors, np.float32) @ axes - shift.astype(np.float32)
        return np.clip(found, -_FARTHEST, _FARTHEST)

    def named(self, figures: Floats) -> Float32s:
        """(n, h) standardised, of (n, h) figures; what is not known (NaN) is as the mean."""
        found = np.nan_to_num((figures - self.middle) * self.factor, nan=0.0, posinf=0.0, neginf=0.0)
        return np.clip(found, -_FARTHEST, _FARTHEST).astype(np.float32)


def fit(embedder: str, vectors: Float32s, groups: Ints) -> Basis:
    """Find the directions; the scales of the figures come from `scaled`.

    Args:
        embedder: key of the network.
        vectors: (m, size) of some of the images; (0, 0) where there are none.
        groups: (m,) their families.
    """
    if len(vectors) < 2:
        nothing = np.zeros(0)
        return Basis("", 0, nothing, np.zeros((0, 0)), nothing, nothing, nothing)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        centre = vectors.mean(axis=0, dtype=np.float64)
        axes = _directions(_both(vectors - centre.astype(np.float32), groups))
        along = (vectors.astype(np.float64) - centre) @ axes
    unit = along.std(axis=0)
    order = np.argsort(-unit, kind="stable")
    order = order[unit[order] > 1e-6]
    return Basis(embedder, len(vectors), centre, axes[:, order], unit[order], np.zeros(0), np.zeros(0))


def scaled(basis: Basis, figures: Floats) -> Basis:
    """With the scales of (n, h) figures, NaN where not known."""
    middle, factor = _scales(figures)
    return basis._replace(middle=middle, factor=factor)


def _scales(figures: Floats) -> tuple[Floats, Floats]:
    """Mean and 1 / standard deviation of what is known of each figure; 0 where it does not vary."""
    known = np.isfinite(figures)
    count = np.maximum(known.sum(axis=0), 1)
    middle = np.where(known, figures, 0).sum(axis=0) / count
    deviation = np.sqrt(np.where(known, (figures - middle) ** 2, 0).sum(axis=0) / count)
    return middle, np.where(deviation > 1e-9, 1 / np.maximum(deviation, 1e-9), 0)


def _both(centred: Float32s, groups: Ints) -> Float32s:
    """Rows whose variance is half of what differs within families, half of what differs between them."""
    _, family = np.unique(groups, return_inverse=True)
    size = np.bincount(family)
    means = np.zeros((len(size), centred.shape[1]), np.float32)
    np.add.at(means, family, centred)
    means /= size[:, None]
    between = means[family]
    parts = [part for part in (centred - between, between) if float(np.square(part).sum()) > 1e-6]
    return np.concatenate([part / np.sqrt(np.square(part).sum()) for part in parts] or [centred])


def _directions(rows: Float32s) -> Floats:
    """(size, k) orthonormal; the sign of each such that its largest part is positive."""
    k = min(DIRECTIONS, *rows.shape)
    width = min(k + _SPARE, *rows.shape)
    start = np.random.default_rng(_SEED).standard_normal((rows.shape[1], width)).astype(np.float32)
    reach = np.linalg.qr(rows @ start)[0]
    for _ in range(_POWER):
        reach = np.linalg.qr(rows @ np.linalg.qr(rows.T @ reach)[0])[0]
    _, _, found = np.linalg.svd(reach.T @ rows, full_matrices=False)
    axes = found[:k].T.astype(np.float64)
    sign = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    return np.asarray(axes * np.where(sign == 0, 1, sign), np.float64)
