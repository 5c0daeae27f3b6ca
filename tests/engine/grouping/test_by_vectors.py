"""Groups by embedding, alone or beside the pHash, are the stars that brute force finds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.grouping import by_phash, by_vectors
from engine.grouping.by_both import by_both
from engine.grouping.vector_index import VectorIndex
from tests.engine.grouping.crowds import apart_pairs, embeddings, families, stars

CASE = {
    "seed": st.integers(0, 9999),
    "n": st.integers(1, 60),
    "threshold": st.sampled_from([0.7, 0.9, 0.95, 1.0]),
    "held": st.integers(0, 10),
}


class Drawn:
    """Images of one case: some of one content, some without a vector."""

    def __init__(self, seed: int, n: int) -> None:
        rng = np.random.default_rng(seed)
        same = np.where(rng.random(n) < 0.3, rng.integers(0, n, n), np.arange(n))
        self.vectors = embeddings(seed, n, 24)[same]
        self.known = (rng.random(n) < 0.9)[same]
        self.keys = np.where(self.known, 7 + same * 2**50, -1)
        self.contents = [f"{k:x}" for k in same.tolist()]
        self.hashes = families(seed, n, 6, 4)[same]
        self.order = rng.permutation(n)
        full = self.vectors.astype(np.float32)
        full /= np.linalg.norm(full, axis=1, keepdims=True)
        self.cosine = full @ full.T

    def near(self, a: int, b: int, threshold: float) -> bool:
        return bool(self.known[a] and self.known[b] and self.cosine[a, b] >= threshold - 1e-6)

    def both(self, a: int, b: int, threshold: float) -> bool:
        close = int(self.hashes[a] ^ self.hashes[b]).bit_count() <= 8
        return self.contents[a] == self.contents[b] or (close and self.near(a, b, threshold))


def index_of(drawn: Drawn, folder: Path = Path("nowhere")) -> VectorIndex:
    index = VectorIndex(folder, "x", 24)
    index.add(np.arange(5), embeddings(77, 5, 24))  # of images that are not in this run
    return index


def clear(drawn: Drawn, threshold: float) -> bool:
    """No cosine so close to the threshold that rounding decides."""
    return bool((np.abs(drawn.cosine - threshold)[drawn.cosine < 0.999] > 1e-5).all())


@settings(max_examples=50, deadline=None)
@given(**CASE)
def test_groups_are_the_stars_of_brute_force(seed: int, n: int, threshold: float, held: int) -> None:
    drawn, apart = Drawn(seed, n), apart_pairs(seed, n, held)
    way = by_vectors.by_vectors(index_of(drawn), drawn.keys, drawn.vectors, threshold)
    if clear(drawn, threshold):
        hub = way.gather(drawn.order, apart)
        assert hub.tolist() == stars(drawn.order.tolist(), lambda a, b: drawn.near(a, b, threshold), apart)


@settings(max_examples=25, deadline=None)
@given(**CASE)
def test_pairs_are_all_pairs_and_gathering_them_is_the_same(seed: int, n: int, threshold: float, held: int) -> None:
    from engine.grouping.by_pairs import by_pairs

    drawn, apart = Drawn(seed, n), apart_pairs(seed, n, held)
    way = by_vectors.by_vectors(index_of(drawn), drawn.keys, drawn.vectors, threshold)
    one, other, similarity = way.pairs()
    assert (one < other).all()
    assert similarity == pytest.approx(drawn.cosine[one, other], abs=1e-5)
    listed = by_pairs(n, one, other, None, similarity)
    assert listed.gather(drawn.order, apart).tolist() == way.gather(drawn.order, apart).tolist()


@settings(max_examples=50, deadline=None)
@given(**CASE, crowded=st.booleans())
def test_both_rules_at_once_are_the_stars_of_brute_force(seed, n, threshold, held, crowded) -> None:
    drawn, apart = Drawn(seed, n), apart_pairs(seed, n, held)
    flat = np.zeros(n, bool)
    with pytest.MonkeyPatch.context() as patch:
        if crowded:
            for name, value in (("_PAIRS", 3), ("_SHARE", 0), ("_FIRST", 2)):
                patch.setattr(by_phash, name, value)
        way = by_both(drawn.hashes, flat, drawn.contents, drawn.vectors, drawn.known, 8, threshold)
        if clear(drawn, threshold):
            hub = way.gather(drawn.order, apart)
            assert hub.tolist() == stars(drawn.order.tolist(), lambda a, b: drawn.both(a, b, threshold), apart)


def test_a_further_check_has_the_last_word() -> None:
    vectors, order = np.ones((6, 4), np.float16), np.arange(6)
    index = VectorIndex(Path("nowhere"), "x", 4)
    way = by_vectors.by_vectors(index, np.arange(6), vectors, 0.9, lambda one, other: (one + other) % 2 == 0)
    assert way.gather(order).tolist() == [0, 1, 0, 1, 0, 1]
    assert list(zip(*[side.tolist() for side in way.pairs()[:2]], strict=True)) == [
        (0, 2), (0, 4), (1, 3), (1, 5), (2, 4), (3, 5)
    ]  # fmt: skip


def test_between_gives_the_cosine_and_for_both_the_bits_too() -> None:
    drawn = Drawn(4, 30)
    one, other = np.random.default_rng(1).integers(0, 30, (2, 50))
    known = drawn.known[one] & drawn.known[other]
    wanted = np.where(known, drawn.cosine[one, other], np.nan)
    bits, similarity = by_vectors.by_vectors(index_of(drawn), drawn.keys, drawn.vectors, 0.9).between(one, other)
    assert bits.tolist() == [-1] * 50
    assert similarity == pytest.approx(wanted, abs=1e-5, nan_ok=True)
    way = by_both(drawn.hashes, np.zeros(30, bool), drawn.contents, drawn.vectors, drawn.known)
    bits, similarity = way.between(one, other)
    apart = [(a ^ b).bit_count() for a, b in zip(drawn.hashes[one].tolist(), drawn.hashes[other].tolist(), strict=True)]
    assert bits.tolist() == apart
    assert similarity == pytest.approx(wanted, abs=1e-5, nan_ok=True)


def test_a_vector_of_zeros_is_near_nothing() -> None:
    vectors = np.zeros((3, 4), np.float16)
    way = by_vectors.by_vectors(VectorIndex(Path("nowhere"), "x", 4), np.arange(3), vectors, -1)
    assert way.gather(np.arange(3)).tolist() == [0, 1, 2]
    assert np.isnan(way.between(np.array([0]), np.array([1]))[1]).all()


def test_a_crowd_asks_little_and_is_one_group() -> None:
    index, asked = VectorIndex(Path("nowhere"), "x", 16), []
    vectors = (1 + np.random.default_rng(1).random((5000, 16)) / 100).astype(np.float16)
    way = by_vectors.by_vectors(index, np.arange(5000), vectors, 0.9)
    ask = way.ask
    way.ask = lambda places: asked.append(len(places)) or ask(places)
    assert (way.gather(np.arange(5000)) == 0).all()
    assert sum(asked) <= 16
