"""Groups by time are stars of ± N seconds round a keeper of the same stage; a steady stream is cut, not linked."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.grouping.by_time import by_time
from tests.engine.grouping.crowds import apart_pairs, stars

TIMES = st.lists(st.one_of(st.integers(0, 30).map(float), st.floats()), max_size=30)


@settings(max_examples=200, deadline=None)
@given(
    times=TIMES,
    seed=st.integers(0, 9999),
    held=st.integers(0, 8),
    within=st.sampled_from([0, 0.1, 1, 4, 1e9, math.inf]),
)
@example(times=[0.0, 0.0, 0.0, 0.0, -2e-190, 0.0, 0.0, 0.0, 1.0], seed=419, held=0, within=1)
def test_groups_are_the_stars_of_brute_force(times, seed, held, within) -> None:
    n, rng = len(times), np.random.default_rng(seed)
    stages = rng.choice([1.0, 1.5, math.nan], n)
    order, apart = rng.permutation(n), apart_pairs(seed, n, held) if n else []
    hub = by_time(np.array(times), stages, within).gather(order, apart)

    def near(a: int, b: int) -> bool:
        same = stages[a] == stages[b] or (math.isnan(stages[a]) and math.isnan(stages[b]))
        timed = math.isfinite(times[a]) and math.isfinite(times[b])
        return bool(same and timed and abs(times[a] - times[b]) <= within)

    assert hub.tolist() == stars(order.tolist(), near, apart)


def test_a_steady_stream_is_cut_in_windows() -> None:
    hub = by_time(np.arange(20.0), np.zeros(20), 3).gather(np.arange(20))
    assert hub.tolist() == [0] * 4 + [4] * 4 + [8] * 4 + [12] * 4 + [16] * 4


def test_images_without_a_stage_are_of_one_stage_and_those_without_a_time_near_nothing() -> None:
    times = np.array([5.0, 5.0, math.nan, math.nan, math.inf])
    assert by_time(times, ["", "", "", "", ""], 2).gather(np.arange(5)).tolist() == [0, 0, 2, 3, 4]
    assert by_time(times[:2], ["1", "1.5"], 2).gather(np.arange(2)).tolist() == [0, 1]


def test_a_hundred_thousand_images_of_one_second_are_one_group() -> None:
    assert (by_time(np.full(100_000, 7.0), np.zeros(100_000), 1).gather(np.arange(100_000)) == 0).all()


@pytest.mark.parametrize("within", [-1, math.nan])
def test_a_window_that_is_none_is_refused(within: float) -> None:
    with pytest.raises(ValueError, match="0 seconds"):
        by_time(np.zeros(2), np.zeros(2), within)
