"""Answers as flat arrays, against a plain list of them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.ranking import belief
from engine.ranking.answers import Answers
from engine.ranking.outcome import Outcome

IMAGES = st.lists(st.integers(0, 11), min_size=2, max_size=9, unique=True).map(tuple)
OUTCOMES = st.lists(st.builds(Outcome, IMAGES, st.booleans()), max_size=8)


@given(OUTCOMES, st.data())
def test_they_come_off_as_they_went_on(outcomes: list[Outcome], data: st.DataObject) -> None:
    answers, stand = Answers(), list[Outcome]()
    for outcome in outcomes:
        answers.push(outcome)
        stand.append(outcome)
        if data.draw(st.booleans()):
            assert answers.pop() == stand.pop()
    assert [answers[at] for at in range(len(answers))] == stand
    assert answers.start(len(stand)) == len(answers.entries().row)


@given(OUTCOMES)
def test_they_know_who_met(outcomes: list[Outcome]) -> None:
    answers = Answers(outcomes)
    pairs = {frozenset(pair) for items, _ in outcomes for pair in combinations(items, 2)}
    for one, other in combinations(range(12), 2):
        assert (other in answers.met(one)) == (one in answers.met(other)) == (frozenset((one, other)) in pairs)


@given(OUTCOMES)
def test_every_image_of_every_match_has_its_entries(outcomes: list[Outcome]) -> None:
    answers = Answers(outcomes)
    orders = [
        (items[first:] + items[:first], 1 / len(items) if draw else 1)
        for items, draw in outcomes
        for first in range(len(items) if draw else 1)
    ]
    what = answers.entries()
    assert what.row.tolist() == [item for items, _ in orders for item in items]
    assert what.match.tolist() == [match for match, (items, _) in enumerate(orders) for _ in items]
    assert what.row[what.start].tolist() == [items[0] for items, _ in orders]
    np.testing.assert_allclose(what.weight, [weight for items, weight in orders for _ in items])
    for image in range(12):
        assert answers.where(image).tolist() == np.flatnonzero(what.row == image).tolist()


@given(OUTCOMES, st.integers(1, 40))
def test_parts_are_whole_matches_and_all_of_them(outcomes: list[Outcome], most: int) -> None:
    what = Answers(outcomes).entries()
    found = list(belief.parts(what, belief.PART // most))
    assert [k for at, _ in found for k in range(at.start, at.stop)] == list(range(len(what.row)))
    for at, part in found:
        assert part.row.tolist() == what.row[at].tolist()
        assert (part.start + at.start).tolist() == [s for s in what.start.tolist() if at.start <= s < at.stop]
        assert part.match[part.start].tolist() == list(range(len(part.start)))
