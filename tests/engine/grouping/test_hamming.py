"""The pair search finds exactly the pairs that brute force finds."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.grouping import hamming


def brute(hashes: np.ndarray, radius: int) -> set[tuple[int, int]]:
    values = hashes.tolist()
    return {(i, j) for i in range(len(values)) for j in range(i) if (values[i] ^ values[j]).bit_count() <= radius}


def found(pairs) -> list[tuple[int, int]]:
    return [(int(j), int(i)) for a, b in pairs for i, j in zip(a, b, strict=True)]


def families(seed: int, count: int, flips: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    value = rng.integers(0, 2**64, count // 4 + 1, dtype=np.uint64)[rng.integers(0, count // 4 + 1, count)]
    for _ in range(flips):
        value ^= np.uint64(1) << rng.integers(0, 64, count).astype(np.uint64)
    return np.unique(value)


@given(st.lists(st.integers(0, 2**64 - 1), max_size=50))
def test_popcount_counts_every_bit(values: list[int]) -> None:
    assert hamming.popcount(np.array(values, np.uint64)).tolist() == [v.bit_count() for v in values]


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 999), radius=st.integers(0, 11), flips=st.integers(1, 7), chunk=st.sampled_from([50, 1 << 18])
)
def test_indexed_search_finds_every_pair_once(seed: int, radius: int, flips: int, chunk: int) -> None:
    hashes = families(seed, 150, flips)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hamming, "_FEW", 0)
        patch.setattr(hamming, "_CHUNK", chunk)
        pairs = found(hamming.pairs_within(hashes, radius))
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == brute(hashes, radius)


@pytest.mark.parametrize("radius", [0, 8, 14, 33, 64])
def test_search_agrees_with_brute_force_at_any_radius(radius: int) -> None:
    hashes = families(1, 300, 6)
    assert sorted(found(hamming.pairs_within(hashes, radius))) == sorted(brute(hashes, radius))


@settings(max_examples=40, deadline=None)
@given(
    values=st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=40),
    spans=st.lists(st.integers(0, 9), min_size=40, max_size=40),
    chunk=st.sampled_from([1, 7, 64, 1 << 18]),
)
def test_window_search_stays_in_its_window(values: list[int], spans: list[int], chunk: int) -> None:
    n = len(values)
    stop = np.minimum(np.maximum.accumulate([i + 1 + spans[i] for i in range(n)]), n).astype(np.int64)
    assert all(a <= b for a, b in pairwise(stop))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hamming, "_CHUNK", chunk)
        pairs = found(hamming.window_pairs(np.array(values, np.uint64), stop, 32))
    wanted = [(j, i) for i in range(n) for j in range(i + 1, stop[i]) if (values[i] ^ values[j]).bit_count() <= 32]
    assert sorted(pairs) == sorted(wanted)
