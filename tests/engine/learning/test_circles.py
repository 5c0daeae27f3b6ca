"""Circles among a person's answers, what settles them, and comparisons in doubt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.learning import circles
from engine.learning.labels import Labels

Choice = tuple[int, Sequence[int]]  # the winner, and over whom; a winner of 0: a draw of these


def said(*choices: Choice, subjects: Sequence[str] | None = None) -> Labels:
    rows = []
    for place, (winner, rest) in enumerate(choices):
        pairs = [(winner, loser) for loser in rest] if winner else [(a, b) for a in rest for b in rest if a != b]
        rows += [(*pair, 1.0 if winner else 0.5, place) for pair in pairs]
    table = np.array(rows, np.float64).reshape(-1, 4)
    whole = table.astype(np.int64)
    return Labels(
        whole[:, 0], whole[:, 1], table[:, 2], whole[:, 3], np.ones(len(table), np.int64), [""] * len(choices),
        list(subjects or [""] * len(choices)), [],
    )  # fmt: skip


def found(*choices: Choice) -> list[list[int]]:
    labels = said(*choices)
    return circles.find(labels, np.full(len(labels.winner), np.nan))[0]


def goes_round(circle: list[int], pairs: set[tuple[int, int]]) -> bool:
    return all(pair in pairs for pair in zip(circle, [*circle[1:], circle[0]], strict=True))


def test_three_answers_that_go_round_are_told_in_their_order() -> None:
    (circle,) = found((1, [2]), (2, [3]), (3, [1]), (3, [4]), (5, [1]))
    assert sorted(circle) == [1, 2, 3]
    assert goes_round(circle, {(1, 2), (2, 3), (3, 1)})


def test_one_pair_answered_both_ways_is_the_shortest_circle_and_a_longer_one_is_found_too() -> None:
    assert found((1, [2]), (2, [1]), (4, [5]), (5, [6]), (6, [7]), (7, [4])) == [[1, 2], [4, 5, 6, 7]]


def test_a_choice_of_several_beats_each_of_the_others() -> None:
    assert [sorted(circle) for circle in found((1, [2, 3, 4]), (3, [5, 1]))] == [[1, 3]]


def test_the_pair_that_the_other_decisions_speak_against_comes_last() -> None:
    labels = said((1, [2]), (2, [3]), (3, [1]))
    assert circles.find(labels, np.array([0.9, 0.2, 0.7]))[0] == [[3, 1, 2]]


def test_who_answers_the_images_of_a_circle_again_settles_it() -> None:
    around = [(1, [2]), (2, [3]), (3, [1])]
    assert found(*around, (1, [2, 3])) == []
    assert found(*around, (0, [1, 2, 3])) == []
    assert found((1, [2]), (2, [1]), (2, [1])) == []


def test_a_later_answer_among_other_images_leaves_it() -> None:
    assert len(found((1, [2]), (2, [3]), (3, [1]), (1, [4, 2]))) == 1


def test_one_slip_among_many_answers_is_one_circle() -> None:
    order = [(a, [b]) for a in range(1, 12) for b in range(a + 1, 12)]
    (circle,) = found(*order, (9, [2]))
    assert {2, 9} <= set(circle)


def test_what_needs_more_images_than_can_be_shown_at_once_is_not_told() -> None:
    ring = list(range(1, circles.LONGEST + 1))
    assert [sorted(one) for one in found(*zip(ring, [[b] for b in [*ring[1:], 1]], strict=True))] == [ring]
    ring.append(circles.LONGEST + 1)
    assert found(*zip(ring, [[b] for b in [*ring[1:], 1]], strict=True)) == []


def test_nothing_said_is_nothing_found() -> None:
    assert circles.find(said(), np.zeros(0)) == ([], [])
    assert found((0, [1, 2]), (0, [2, 3])) == []


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)).filter(lambda p: p[0] != p[1]), max_size=40))
def test_every_circle_goes_round_and_no_two_share_a_pair(pairs: list[tuple[int, int]]) -> None:
    told = found(*((a, [b]) for a, b in pairs))
    used = [pair for circle in told for pair in zip(circle, [*circle[1:], circle[0]], strict=True)]
    assert all(goes_round(circle, set(pairs)) and len(set(circle)) == len(circle) for circle in told)
    assert len(used) == len(set(used))


def test_a_comparison_in_doubt_is_told_unless_it_was_answered_again_or_is_about_a_group() -> None:
    choices = [(1, [2]), (3, [4]), (5, [6]), (5, [6]), (7, [8]), (8, [7]), (7, [8]), (9, [10])]
    labels = said(*choices, subjects=["g", *[""] * 7])
    chance = np.array([0.1, 0.1, 0.1, 0.1, 0.1, 0.9, 0.1, 0.8])
    assert circles.find(labels, chance)[1] == [circles.Alone(3, 4, 0.9)]


def many() -> Labels:
    """Answers that chance gave, in which most images stand in some circle."""
    rng = np.random.default_rng(5)
    pairs = rng.integers(1, 400, (4000, 2))
    return said(*((int(a), [int(b)]) for a, b in pairs if a != b))


def test_however_much_was_said_it_can_be_stopped() -> None:
    labels = many()
    looks: list[int] = []
    circles.find(labels, np.full(len(labels.winner), 0.6), lambda: looks.append(1))

    def stop() -> None:
        if looks.pop() and not looks:
            raise InterruptedError

    assert len(looks) > 2
    with pytest.raises(InterruptedError):
        circles.find(labels, np.full(len(labels.winner), 0.6), stop)


def test_what_was_found_is_told_where_there_is_too_much_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = many()
    pairs = set(zip(labels.winner.tolist(), labels.loser.tolist(), strict=True))
    all_ = circles.find(labels, np.full(len(labels.winner), 0.6))[0]
    monkeypatch.setattr(circles, "_WORK", 100)
    assert circles.find(labels, np.full(len(labels.winner), 0.6))[0] == []
    monkeypatch.setattr(circles, "_MOST", 1000)
    monkeypatch.setattr(circles, "_WORK", 20_000)
    some = circles.find(labels, np.full(len(labels.winner), 0.6))[0]
    assert len(some) >= len(all_) > 0
    assert all(goes_round(circle, pairs) for circle in some)
