"""The Bayesian model against brute force: its peak, its evidence, its chances, and what makes them honest."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.learning import bayes
from engine.learning.bayes import Honesty, Prior

Floats = npt.NDArray[np.float64]


def choices(n: int = 200, d: int = 4, seed: int = 0) -> tuple[Floats, Floats]:
    """Differences won by their first as a person of random weights would decide, and those weights."""
    rng = np.random.default_rng(seed)
    weights, apart = rng.standard_normal(d), rng.standard_normal((n, d))
    won = rng.random(n) < bayes.sigmoid(apart @ weights)
    return np.where(won[:, None], apart, -apart), weights


def loss(differences: Floats, precision: Floats, mean: Floats) -> float:
    return float(np.logaddexp(0, -differences @ mean).sum() + 0.5 * (precision * mean**2).sum())


@given(st.integers(0, 50), st.sampled_from([0.01, 1.0, 30.0]))
def test_the_fit_is_the_peak(seed: int, strength: float) -> None:
    differences, _ = choices(60, 3, seed)
    precision = np.full(3, strength)
    found = bayes.fit(differences, np.ones(60), precision)
    best = loss(differences, precision, found.mean)
    for step in np.concatenate([np.eye(3), -np.eye(3)]) * 1e-3:
        assert loss(differences, precision, found.mean + step) >= best - 1e-9


def test_one_feature_is_as_summing_over_a_grid_gives() -> None:
    differences, _ = choices(40, 1, 3)
    found = bayes.fit(differences, np.ones(40), np.array([0.7]))
    grid = np.linspace(-6, 6, 24_001)
    log_joint = np.array([-loss(differences, np.array([0.7]), np.array([w])) for w in grid]) + 0.5 * math.log(
        0.7 / (2 * math.pi)
    )
    joint = np.exp(log_joint)
    evidence = float(np.log(joint.sum() * (grid[1] - grid[0])))
    mean = float((grid * joint).sum() / joint.sum())
    variance = float(((grid - mean) ** 2 * joint).sum() / joint.sum())
    assert found.evidence == pytest.approx(evidence, abs=0.05)
    assert found.mean[0] == pytest.approx(mean, abs=0.15)
    assert found.covariance[0, 0] == pytest.approx(variance, rel=0.2)


def test_a_half_each_way_is_a_pair_that_says_nothing_but_that_they_are_near() -> None:
    apart = np.array([[1.0], [-1.0]])
    found = bayes.fit(apart, np.array([0.5, 0.5]), np.array([1e-3]))
    assert found.mean[0] == pytest.approx(0.0, abs=1e-9)


def test_where_it_begins_does_not_matter() -> None:
    differences, weights = choices()
    cold = bayes.fit(differences, np.ones(200), np.ones(4))
    warm = bayes.fit(differences, np.ones(200), np.ones(4), 5 * weights)
    assert np.allclose(cold.mean, warm.mean, atol=1e-4)


def test_choices_that_a_plane_parts_leave_the_weights_finite() -> None:
    differences = np.abs(np.random.default_rng(1).standard_normal((50, 2)))
    prior, found = bayes.choose(differences, np.ones(50), np.array([1.0, 0.1]))
    assert np.isfinite(found.mean).all()
    assert prior.strength in bayes.STRENGTHS


def test_the_chosen_prior_has_the_most_evidence_of_its_neighbours_and_those_less_usual() -> None:
    differences, _ = choices(300, 6, 2)
    spread = np.array([1.0, 0.5, 0.25, 0.1])
    prior, found = bayes.choose(differences, np.ones(300), spread)
    for field, values in (
        ("strength", bayes.STRENGTHS), ("tilt", bayes.TILTS), ("strictness", bayes.STRICTNESS),
    ):  # fmt: skip
        for value in values:
            other = prior._replace(**{field: value})
            evidence = bayes.fit(differences, np.ones(300), other.precision(spread, 6)).evidence
            assert evidence + bayes.usual(other) <= found.evidence + bayes.usual(prior) + 1e-5


def test_where_choices_say_nothing_the_strength_is_a_usual_one() -> None:
    prior, _ = bayes.choose(np.zeros((5, 3)), np.ones(5), np.array([1.0]))
    assert prior.strength == min(bayes.STRENGTHS, key=lambda strength: -bayes.usual(Prior(strength)))


def test_the_strength_can_be_looked_for_alone() -> None:
    differences, _ = choices(300, 6, 2)
    start = Prior(1.0, 1.0, 10.0)
    prior, found = bayes.choose(differences, np.ones(300), np.array([1.0, 0.1]), start, strength_alone=True)
    assert prior[1:] == start[1:]
    for strength in bayes.STRENGTHS:
        other = start._replace(strength=strength)
        evidence = bayes.fit(differences, np.ones(300), other.precision(np.array([1.0, 0.1]), 6)).evidence
        assert evidence + bayes.usual(other) <= found.evidence + bayes.usual(prior) + 1e-5


def test_a_tilted_prior_holds_back_directions_of_little_spread() -> None:
    precision = Prior(2.0, 1.0, 3.0).precision(np.array([1.0, 0.5]), 4)
    assert precision.tolist() == [2.0, 8.0, 6.0, 6.0]


def test_the_chance_of_a_pair_is_near_the_average_over_the_posterior() -> None:
    rng = np.random.default_rng(0)
    for mean, variance in ((0.5, 0.2), (2.0, 3.0), (-1.0, 1.0)):
        drawn = bayes.sigmoid(mean + math.sqrt(variance) * rng.standard_normal(200_000)).mean()
        assert bayes.probability(np.array([mean]), np.array([variance]))[0] == pytest.approx(drawn, abs=0.02)


def test_chances_of_both_sides_sum_to_one_and_extremes_stay_finite() -> None:
    mean = np.array([0.3, -900.0, 900.0])
    both = bayes.probability(mean, np.ones(3)) + bayes.probability(-mean, np.ones(3))
    assert np.allclose(both, 1)


def test_chances_that_were_too_sure_are_made_less_so() -> None:
    rng = np.random.default_rng(4)
    truth = rng.standard_normal(2000)
    won = rng.random(2000) < bayes.sigmoid(truth)
    said = 4 * np.where(won, truth, -truth)
    honest = bayes.calibrate(said, np.zeros(2000), np.ones(2000))
    chance = bayes.probability(said, np.zeros(2000), honest)
    assert np.maximum(chance, 1 - chance).mean() == pytest.approx((said > 0).mean(), abs=0.02)
    assert honest.slope < 0.4


def test_a_person_who_slips_is_heard_to() -> None:
    rng = np.random.default_rng(5)
    truth = 6 * rng.standard_normal(4000)
    won = np.where(rng.random(4000) < 0.2, rng.random(4000) < 0.5, truth > 0)
    honest = bayes.calibrate(np.where(won, truth, -truth), np.zeros(4000), np.ones(4000))
    assert honest.lapse == 0.2


def test_few_pairs_hardly_change_what_is_usual() -> None:
    usual = bayes.calibrate(np.zeros(0), np.zeros(0), np.zeros(0))
    assert usual == Honesty(), "the posterior is believed"
    two = bayes.calibrate(np.array([1.0, 2.0]), np.zeros(2), np.ones(2))
    assert two.slope == pytest.approx(usual.slope, rel=0.15)
