"""Trust by checks: right in the long run, and not fooled by looking often."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.learning import sequential
from engine.learning.sequential import ever_open, lower_bound, trust


@pytest.mark.parametrize(("target", "runs"), [(0.9, 2000), (0.95, 10_000), (0.99, 2000)])
def test_a_system_three_points_below_its_target_is_hardly_ever_trusted(target: float, runs: int) -> None:
    """Lives of 600 checks each, looked at after every one: at most one in twenty may ever open."""
    chance = np.random.default_rng(11)
    lives = chance.random((runs, 600)) < target - 0.03
    opened = np.mean([ever_open(life, target) for life in lives])
    assert opened <= 0.05, opened


def test_even_a_system_that_just_misses_is_trusted_at_most_one_life_in_twenty() -> None:
    chance = np.random.default_rng(12)
    lives = chance.random((2000, 1500)) < 0.9
    opened = np.mean([ever_open(life, 0.9) for life in lives])
    assert opened <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 2000), opened


def test_a_good_system_is_trusted_before_long() -> None:
    chance = np.random.default_rng(13)
    lives = chance.random((300, 300)) < 0.99
    assert np.mean([ever_open(life, 0.9) for life in lives]) > 0.95


def test_looking_at_the_exact_bound_after_every_check_would_be_fooled() -> None:
    """Why there is more here than Clopper and Pearson: the same lives, judged by their bound alone."""
    from scipy.stats import beta

    chance = np.random.default_rng(14)
    lives = chance.random((1000, 600)) < 0.9
    good = np.cumsum(lives, axis=1)
    n = np.arange(1, 601)
    lower = np.where(good > 0, beta.ppf(0.05, np.maximum(good, 1), n - good + 1), 0)
    assert np.mean((lower >= 0.9).any(axis=1)) > 0.1


def test_trust_ends_where_the_last_checks_are_poor_and_can_be_won_again() -> None:
    record = [True] * 120
    assert trust(record, 0.9).open
    record += [True, False] * 60
    fallen = trust(record, 0.9)
    assert not fallen.open
    assert fallen.needed > 0
    assert trust(record + [True] * 200, 0.9).open


@given(st.lists(st.booleans(), max_size=80), st.sampled_from([0.6, 0.9, 0.99]))
def test_what_is_said_to_be_needed_opens_it_and_one_less_does_not(record: list[bool], target: float) -> None:
    said = trust(record, target)
    assert said.open == (said.needed == 0)
    if said.needed and sequential._evidence(np.array(record, np.bool_), target)[0] == 0:
        assert trust(record + [True] * said.needed, target).open
        assert not trust(record + [True] * (said.needed - 1), target).open


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_bound_is_below_what_was_seen_and_rises_with_what_is_good(good: int, bad: int) -> None:
    bound = lower_bound(good, bad)
    assert 0 <= bound < 1
    if good + bad:
        assert bound <= good / (good + bad)
    assert lower_bound(good + 1, bad) >= bound
    assert lower_bound(good, bad + 1) <= bound


def test_the_users_target_of_99_of_100_takes_about_three_hundred_checks_without_a_miss() -> None:
    assert 290 <= trust([], 0.99).needed <= 430
    assert trust([], 0.99) == trust([], 0.99)._replace(open=False, n=0, good=0, rate=None)


def test_an_empty_record_and_a_target_that_is_none() -> None:
    assert trust([], 0.9).lower == 0
    for target in (0.0, 1.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="target"):
            trust([], target)
