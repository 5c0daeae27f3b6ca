"""A list of pairs gives the stars of brute force, and gives back what it was told of each pair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.grouping.by_pairs import by_pairs
from tests.engine.grouping.crowds import apart_pairs, stars


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 9999), n=st.integers(1, 40), count=st.integers(0, 80), held=st.integers(0, 12))
def test_groups_are_the_stars_of_brute_force(seed: int, n: int, count: int, held: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, n, (2, count))
    listed = {frozenset(pair) for pair in zip(one.tolist(), other.tolist(), strict=True)}
    order, apart = rng.permutation(n), apart_pairs(seed, n, held)
    hub = by_pairs(n, one, other).gather(order, apart)
    assert hub.tolist() == stars(order.tolist(), lambda a, b: frozenset((a, b)) in listed, apart)


def test_between_gives_back_what_the_list_says_either_way_round() -> None:
    way = by_pairs(5, [0, 3, 2], [1, 2, 2], [4, -1, 0], [0.9, 0.8, 1.0])
    bits, cosine = way.between(np.array([1, 2, 0, 2]), np.array([0, 3, 4, 2]))
    assert bits.tolist() == [4, -1, -1, -1]
    assert np.array_equal(cosine, [0.9, 0.8, np.nan, np.nan], equal_nan=True)


def test_what_the_list_does_not_say_is_unmeasured() -> None:
    bits, cosine = by_pairs(2, [0], [1]).between(np.array([0]), np.array([1]))
    assert (bits.tolist(), np.isnan(cosine).all()) == ([-1], True)


def test_of_a_pair_listed_twice_the_nearest_counts() -> None:
    for turn in (slice(None), slice(None, None, -1)):
        way = by_pairs(2, [0, 1][turn], [1, 0][turn], [7, 3][turn])
        assert way.between(np.array([0]), np.array([1]))[0].tolist() == [3]


def test_an_empty_list_leaves_every_image_alone() -> None:
    way = by_pairs(3, [], [])
    assert way.gather(np.array([2, 0, 1])).tolist() == [0, 1, 2]
    assert way.between(np.array([0]), np.array([1]))[0].tolist() == [-1]
    assert by_pairs(0, [], []).gather(np.zeros(0, np.int64)).tolist() == []


@pytest.mark.parametrize("pair", [(0, 3), (-1, 0)])
def test_a_place_that_there_is_none_of_is_refused(pair: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="names a place"):
        by_pairs(3, [pair[0]], [pair[1]])
