"""Families are held out whole."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.learning import splits


def test_images_of_a_group_of_a_decision_or_of_a_prompt_are_one_unit() -> None:
    groups = np.array([5, 5, 7, -1, -1, -1, 9, 11])
    prompts = ["", "", "", "a cat", "a cat", "", "", ""]
    found = splits.units(groups, prompts, [[2, 5]])
    assert found[0] == found[1]
    assert found[2] == found[5]
    assert found[3] == found[4]
    assert len(set(found.tolist())) == 5


def test_a_prompt_that_most_images_share_ties_nothing() -> None:
    groups = np.array([1, 1, 2, 2, 3, 3])
    found = splits.units(groups, ["the same"] * 6, [])
    assert len(set(found.tolist())) == 3


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=120),
    st.integers(2, 6),
)
def test_no_family_is_on_both_sides_of_a_fold(pairs: list[tuple[int, int]], k: int) -> None:
    winner, loser = np.array(pairs).T
    held_once: list[int] = []
    for learn, held in splits.folds(winner, loser, k):
        seen = set(winner[learn]) | set(loser[learn])
        assert not seen & (set(winner[held]) | set(loser[held]))
        held_once += held.tolist()
    assert len(held_once) == len(set(held_once))


def test_pairs_within_families_are_all_held_out_once() -> None:
    unit = np.repeat(np.arange(23), 3)
    found = [place for _, held in splits.folds(unit, unit) for place in held.tolist()]
    assert sorted(found) == list(range(69))


def test_folds_are_of_about_as_many_pairs_and_always_the_same() -> None:
    unit = np.random.default_rng(0).integers(0, 80, 1000)
    first, again = splits.folds(unit, unit), splits.folds(unit, unit)
    assert [held.tolist() for _, held in first] == [held.tolist() for _, held in again]
    assert all(180 <= len(held) <= 220 for _, held in first)


def test_the_recent_slice_is_the_last_choices_and_its_families_are_not_learned_from() -> None:
    choice = np.repeat(np.arange(50), 2)
    unit = choice % 40  # the last ten choices are of families seen before
    learn, held = splits.recent(choice, unit, unit, 10)
    assert sorted(set(choice[held])) == list(range(40, 50))
    assert not set(unit[learn]) & set(unit[held])


def test_where_too_little_would_be_left_the_recent_slice_is_only_later() -> None:
    choice = np.arange(50)
    unit = choice % 10
    learn, held = splits.recent(choice, unit, unit, 10)
    assert learn.tolist() == list(range(40))
    assert held.tolist() == list(range(40, 50))
