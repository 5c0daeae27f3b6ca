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


@pytest.mark.parametrize(("target", "before"), [(0.9, 0.99), (0.95, 1.0), (0.99, 1.0)])
def test_a_gate_that_was_earned_closes_soon_after_the_system_falls_and_hardly_ever_opens_again(
    target: float, before: float
) -> None:
    """3000 checks that earn it, then 600 of a system 3 points below its target, looked at after every check."""
    chance = np.random.default_rng(15)
    closed, again = [], []
    for _ in range(250):
        life = np.concatenate([chance.random(3000) < before, chance.random(600) < target - 0.03])
        states = list(sequential._states(life, target))
        shut = [state.start for state in states if not state.open and state.start > 3000]
        was_open = trust(life[:3000].tolist(), target).open
        if was_open:
            closed.append(shut[0] - 3000 if shut else 600)
            again.append(any(state.open and state.start > 3000 for state in states))
    assert len(closed) > 150
    assert np.median(closed) <= 300
    assert np.quantile(closed, 0.95) <= 450
    assert np.mean(again) <= 0.05


@pytest.mark.parametrize(("early", "most"), [(100, 1000), (1000, 1200)])
def test_a_system_that_learned_is_trusted_though_it_began_badly(early: int, most: int) -> None:
    """Right in 70 of 100 at first, then always: the gate of 99 % opens after two to three times the least."""
    chance = np.random.default_rng(17)
    waited = []
    for _ in range(40):
        life = np.concatenate([chance.random(early) < 0.7, np.ones(6000, np.bool_)])
        opened = [state.since for state in sequential._states(life, 0.99) if state.open]
        waited.append(opened[0] - early if opened else len(life))
    assert np.median(waited) <= most, np.median(waited)


def test_ten_misses_among_the_last_three_hundred_close_what_three_thousand_had_opened() -> None:
    record = [True] * 3290 + [False] * 10
    assert trust(record[:3290], 0.99).open
    assert not trust(record[:3291], 0.99).open
    fallen = trust(record, 0.99)
    assert (fallen.open, fallen.n, fallen.good) == (False, 300, 290)
    assert fallen.lower < 0.95
    assert not trust([*record, *[True] * 300], 0.99).open, "what was won before the fall does not open it again"
    assert trust(record + [True] * fallen.needed, 0.99).open
    assert fallen.needed >= 395


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 400), st.sampled_from([0.5, 0.8, 0.9, 0.99]))
def test_what_is_shown_is_of_one_evidence_and_an_open_gate_shows_that_it_passed(
    record: list[bool], more: int, target: float
) -> None:
    said = trust([*record, *[True] * more], target)
    assert said.n == min(300, len(record) + more)
    assert said.lower == lower_bound(said.good, said.n)
    assert said.rate == (said.good / said.n if said.n else None)
    assert said.lower >= target - 1e-9 or not said.open


@pytest.mark.parametrize(("target", "size"), [(0.5, 300), (0.99, 300), (0.995, 598), (0.999, 2995)])
def test_a_target_is_judged_by_as_many_checks_as_can_pass_it(target: float, size: int) -> None:
    assert sequential.window(target) == size
    assert lower_bound(size, size) >= target
    assert trust([True] * trust([], target).needed, target).open


def test_the_bound_is_clopper_and_pearsons() -> None:
    from scipy.stats import beta

    for good, n in [(1, 1), (300, 300), (299, 300), (7, 8), (1, 300), (150, 300), (2990, 2995)]:
        assert lower_bound(good, n) == pytest.approx(beta.ppf(0.05, good, n - good + 1), abs=1e-9)
    assert lower_bound(0, 300) == lower_bound(0, 0) == 0


@pytest.mark.parametrize("target", [0.5, 0.9, 0.99])
def test_the_gate_looks_at_each_check_once_and_says_the_same_as_looking_after_every_one(target: float) -> None:
    chance = np.random.default_rng(16)
    life = chance.random(520) < np.repeat([0.6, 1.0, target - 0.03, 1.0], 130)
    was_open, opened = False, 0
    for n in range(1, len(life) + 1):
        now_open = trust(life[:n].tolist(), target).open
        opened += now_open and not was_open
        was_open = now_open
    assert opened == sum(state.open for state in sequential._states(life, target))


def test_trust_ends_where_the_last_checks_are_poor_and_can_be_won_again() -> None:
    record = [True] * 120
    assert trust(record, 0.9).open
    record += [True, False] * 60
    fallen = trust(record, 0.9)
    assert not fallen.open
    assert 0 < fallen.needed <= 300
    assert trust(record + [True] * fallen.needed, 0.9).open


@given(st.lists(st.booleans(), max_size=80), st.sampled_from([0.6, 0.9, 0.99]))
def test_what_is_said_to_be_needed_opens_it_and_one_less_does_not(record: list[bool], target: float) -> None:
    said = trust(record, target)
    assert said.open == (said.needed == 0)
    if said.needed:
        assert trust(record + [True] * said.needed, target).open
        assert not trust(record + [True] * (said.needed - 1), target).open


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_bound_is_below_what_was_seen_and_rises_with_what_is_good(good: int, bad: int) -> None:
    bound = lower_bound(good, good + bad)
    assert 0 <= bound < 1
    if good + bad:
        assert bound <= good / (good + bad)
    assert lower_bound(good + 1, good + bad + 1) >= bound
    assert lower_bound(good, good + bad + 1) <= bound


def test_the_users_target_of_99_of_100_takes_about_three_hundred_checks_without_a_miss() -> None:
    assert 290 <= trust([], 0.99).needed <= 430
    assert trust([], 0.99) == trust([], 0.99)._replace(open=False, n=0, good=0, rate=None)


def test_an_empty_record_and_a_target_that_is_none() -> None:
    assert trust([], 0.9).lower == 0
    for target in (0.0, 1.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="target"):
            trust([], target)
