"""Beliefs against slow and exact answers, and the spread against the truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ranking import belief, figures, posterior
from engine.ranking.answers import Answers
from engine.ranking.outcome import Outcome
from engine.ranking.posterior import Beliefs, Posterior, Prior, ladder
from engine.ranking.said import Said
from tests.engine.ranking import played

RUNG = 8  # a spread of 2


Fit = tuple[Posterior, Beliefs]


def fitted(outcomes: list[Outcome], rung: int = RUNG, prior: Prior | None = None, *, search: bool = False) -> Fit:
    what = Answers(outcomes).entries()
    said = Said(len(belief.grid(ladder(rung)).strengths), len(what.row))
    return posterior.fit(what, said, prior, rung, fresh=True, search=search)


def means_and_variances(found: Fit) -> tuple[np.ndarray, np.ndarray]:
    return figures.moments(belief.softmax(found[1].logs.copy()), found[0].on)


CASES = {
    "one pick of two": [Outcome((0, 1))],
    "one pick of four": [Outcome((2, 0, 1, 3))],
    "one pick of nine": [Outcome((4, 0, 1, 2, 3, 5, 6, 7, 8))],
    "a winner that wins again": [Outcome((0, 1, 2)), Outcome((0, 3, 4))],
    "a winner that loses": [Outcome((0, 1, 2)), Outcome((3, 0, 4))],
    "a chain": [Outcome((0, 1)), Outcome((1, 2)), Outcome((2, 3))],
}


@pytest.mark.parametrize("name", CASES)
def test_beliefs_are_the_exact_posterior_where_matches_form_no_circle(name: str) -> None:
    outcomes = CASES[name]
    found = fitted(outcomes)
    mean, var = played.exact(outcomes, len(found[1].shown), ladder(RUNG), 1_000_000, 0)
    got_mean, got_var = means_and_variances(found)
    assert got_mean == pytest.approx(mean, abs=0.05)
    assert np.sqrt(got_var) == pytest.approx(np.sqrt(var), rel=0.04)


def test_beliefs_are_near_the_exact_posterior_where_matches_form_circles() -> None:
    outcomes = [Outcome(o) for o in [(0, 1, 2), (1, 2, 3), (0, 3, 2), (3, 1), (0, 2)]]
    mean, var = played.exact(outcomes, 4, ladder(RUNG), 1_000_000, 0)
    got_mean, got_var = means_and_variances(fitted(outcomes))
    assert got_mean == pytest.approx(mean, abs=0.25)
    assert np.sqrt(got_var) == pytest.approx(np.sqrt(var), rel=0.15)


def test_a_draw_leaves_equals_equal_and_surer() -> None:
    mean, var = means_and_variances(fitted([Outcome((0, 1, 2), draw=True)]))
    assert mean == pytest.approx([0, 0, 0], abs=0.05)
    assert (var < ladder(RUNG) ** 2).all()
    unequal = fitted([Outcome((0, 1)), Outcome((0, 1), draw=True)])
    alone = fitted([Outcome((0, 1))])
    gap, before = (float(np.diff(means_and_variances(one)[0])[0]) for one in (unequal, alone))
    assert before < gap < 0  # still behind, but not as far


def test_a_prior_moves_the_belief_and_knowing_nothing_does_not() -> None:
    nothing = Prior(np.zeros(3), np.ones(3))
    outcomes = [Outcome((0, 1, 2))]
    plain = means_and_variances(fitted(outcomes))[0]
    assert means_and_variances(fitted(outcomes, prior=nothing))[0] == pytest.approx(plain, abs=1e-4)
    hopeful = Prior(np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.3, 1.0]))
    assert means_and_variances(fitted(outcomes, prior=hopeful))[0][1] > plain[1] + 1


@pytest.mark.parametrize("noise", [0.25, 0.5, 1.0])
def test_the_spread_is_found_from_the_picks(noise: float) -> None:
    truth = played.strengths(300, 1)
    outcomes = played.at_random(truth, 1500, 4, noise, 2)
    found, _ = fitted(outcomes, 11, search=True)
    assert found.spread == pytest.approx(truth.std() / noise, rel=0.3)


def test_one_slip_does_not_sink_an_image_that_won_everything() -> None:
    wins = [Outcome((0, k)) for k in range(1, 13)]
    strong = means_and_variances(fitted(wins))[0][0]
    slipped = means_and_variances(fitted([*wins, Outcome((13, 0)), *[Outcome((k, 13)) for k in range(14, 20)]]))[0]
    assert slipped[0] > strong - 1.0


@given(st.data())
def test_the_order_of_matches_does_not_matter(data: st.DataObject) -> None:
    outcomes = played.at_random(played.strengths(8, 0), 12, 3, 0.5, data.draw(st.integers(0, 1000)))
    shuffled = data.draw(st.permutations(outcomes))
    one, other = fitted(outcomes), fitted(list(shuffled))
    assert means_and_variances(one)[0] == pytest.approx(means_and_variances(other)[0], abs=0.05)


@given(st.integers(2, 9), st.integers(0, 1000))
def test_flattening_keeps_every_image_of_every_match(up: int, seed: int) -> None:
    drawn = played.at_random(played.strengths(20, 0), 5, up, 0.5, seed)
    outcomes = [*drawn, Outcome(drawn[0].items, draw=True)]
    flat = Answers(outcomes).entries()
    assert len(flat.row) == 5 * up + up * up
    assert flat.row[flat.start][: len(drawn)].tolist() == [o.items[0] for o in drawn]
    assert flat.weight[-1] == pytest.approx(1 / up)
    here = np.flatnonzero(np.isin(flat.match, [1, 3]))
    part = belief.part(flat, here)
    assert part.row.tolist() == [*drawn[1].items, *drawn[3].items]
    assert part.start.tolist() == [0, up]
    assert part.match.tolist() == [0] * up + [1] * up
