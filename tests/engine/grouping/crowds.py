"""What the tests of finding copies share: hashes in families, and greedy stars as the definition says them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np


def families(seed: int, count: int, flips: int, bases: int | None = None) -> np.ndarray:
    """(count,) uint64: copies, up to `flips` bits off, of a few hashes."""
    rng = np.random.default_rng(seed)
    bases = bases or count // 4 + 1
    value = rng.integers(0, 2**64, bases, dtype=np.uint64)[rng.integers(0, bases, count)]
    for _ in range(flips):
        value = np.where(
            rng.random(count) < 0.7, value ^ (np.uint64(1) << rng.integers(0, 64, count).astype(np.uint64)), value
        )
    return value


def stars(order: Sequence[int], near: Callable[[int, int], bool], apart: Collection[tuple[int, int]] = ()) -> list[int]:
    """The keeper of each place, by the definition, one image after the other."""
    hub = [-1] * len(order)
    forbidden = {frozenset(pair) for pair in apart}
    for at, keeper in enumerate(order):
        if hub[keeper] >= 0:
            continue
        hub[keeper] = keeper
        star = [keeper]
        for place in order[at + 1 :]:
            if hub[place] < 0 and near(keeper, place) and not any(frozenset((place, m)) in forbidden for m in star):
                hub[place] = keeper
                star.append(place)
    return hub


def apart_pairs(seed: int, n: int, count: int) -> list[tuple[int, int]]:
    """Pairs of different places, either way round."""
    rng = np.random.default_rng(seed)
    return [(int(a), int(b)) for a, b in rng.integers(0, n, (count, 2)) if a != b]


def embeddings(seed: int, count: int, size: int) -> np.ndarray:
    """(count, size) float16, L2-normalised: a few scenes, and near copies at cosines of 0.8 to 1 of images before."""
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((count, size)) + rng.standard_normal(size)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    for k in np.flatnonzero(rng.random(count) < 0.6).tolist():
        if k:
            base, cosine = rows[rng.integers(0, k)], rng.uniform(0.8, 1)
            away = rows[k] - (rows[k] @ base) * base
            rows[k] = cosine * base + (1 - cosine**2) ** 0.5 * away / max(np.linalg.norm(away), 1e-9)
    return rows.astype(np.float16)
