"""Fitting to pairs: figures of families never seen, tastes that change, and when a network is worth it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from engine.learning import fitting, mlp, predict
from engine.learning.basis import Basis
from engine.learning.figures import NAMED
from engine.learning.fitting import Pairs

Float32s = npt.NDArray[np.float32]
K = 6
BASIS = Basis("", 0, np.zeros(9), np.zeros((9, K)), np.ones(K), np.zeros(len(NAMED)), np.ones(len(NAMED)))


def images(n: int, seed: int = 0) -> Float32s:
    x = np.zeros((n, K + len(NAMED)), np.float32)
    x[:, :K] = np.random.default_rng(seed).standard_normal((n, K))
    return x


def pairs(liked: npt.NDArray[np.float64], units: npt.NDArray[np.int64] | None = None) -> Pairs:
    """Images 2i and 2i + 1 beside each other, the better liked one wins."""
    even = np.arange(0, len(liked), 2)
    first = liked[even] > liked[even + 1]
    winner, loser = np.where(first, even, even + 1), np.where(first, even + 1, even)
    unit = even // 2 if units is None else units
    return Pairs(winner, loser, np.ones(len(even)), np.arange(len(even)), unit, unit)


def test_a_linear_taste_is_learned_and_its_figures_are_of_families_held_out() -> None:
    x = images(400)
    fitted = fitting.fit(x, BASIS, pairs(x[:, 0] + 0.5 * x[:, 1].astype(np.float64)))
    assert np.isfinite(fitted.held.chance).all()
    assert fitted.held.accuracy is not None
    assert fitted.held.accuracy > 0.93
    assert fitted.held.top1 == fitted.held.accuracy
    fresh = images(400, 1)
    truth = pairs(fresh[:, 0] + 0.5 * fresh[:, 1].astype(np.float64))
    right = predict.pairs(fitted.model, fresh[truth.winner], fresh[truth.loser]) > 0.5
    assert right.mean() == pytest.approx(fitted.held.accuracy, abs=0.05)


def test_a_family_that_could_be_learned_by_heart_is_not() -> None:
    x = images(400)
    x[1::2] = images(400, 2)[1::2]
    noise = np.random.default_rng(3).standard_normal(400)  # nothing to learn but the families themselves
    x = np.repeat(x[:40], 10, axis=0)
    liked = np.repeat(noise[:40], 10) + 1e-3 * np.arange(400)
    fitted = fitting.fit(x, BASIS, pairs(liked, np.arange(200) // 5))
    assert fitted.held.accuracy is not None
    assert 0.2 < fitted.held.accuracy < 0.8


def test_chances_are_honest_where_the_person_slips() -> None:
    x = images(3000)
    slip = np.where(np.random.default_rng(4).random(3000) < 0.2, 9.0, 0.0) * np.random.default_rng(5).standard_normal(
        3000
    )
    fitted = fitting.fit(x, BASIS, pairs(2 * x[:, 0] + slip))
    assert fitted.held.calibration_error is not None
    assert fitted.held.calibration_error < 0.05
    assert sum(one.n for one in fitted.held.bins) == 1500


def test_a_taste_that_changed_is_followed_and_a_steady_one_is_not_forgotten() -> None:
    x = images(600)
    turned = np.where(np.arange(600) < 400, x[:, 0], -x[:, 0]).astype(np.float64)
    steady = x[:, 0].astype(np.float64)
    assert fitting.fit(x, BASIS, pairs(steady)).window is None
    fitted = fitting.fit(x, BASIS, pairs(turned))
    assert fitted.window is not None
    assert fitted.model.mean[0] < 0


def test_the_place_of_a_change_is_found() -> None:
    x = images(700)
    turned = np.where(np.arange(700) < 560, x[:, 0], x[:, 1] - x[:, 0]).astype(np.float64)
    window = fitting.fit(x, BASIS, pairs(turned)).window
    assert window is not None
    assert 50 <= window <= 85  # of 70


def test_a_taste_that_grows_harder_to_tell_has_not_changed() -> None:
    x = images(600)
    x[401::2, 0] = x[400::2, 0] + 0.1 * x[401::2, 0]  # at last only the near ones are asked about
    assert fitting.fit(x, BASIS, pairs(x[:, 0] + 0.3 * x[:, 1].astype(np.float64))).window is None


def test_a_change_of_too_few_choices_is_not_asked_after() -> None:
    x = images(240)
    turned = np.where(np.arange(240) < 200, x[:, 0], -x[:, 0]).astype(np.float64)
    assert fitting.fit(x, BASIS, pairs(turned)).window is None


def test_the_pairs_of_one_choice_count_less_the_more_images_it_was_among() -> None:
    choice = np.array([0, 1, 1, 1, 2, 2, 2, 2, 3, 3])
    winner, loser = np.array([0, 1, 1, 1, 5, 5, 6, 6, 9, 10]), np.array([1, 2, 3, 4, 7, 8, 7, 8, 10, 9])
    weight = np.where(choice == 3, 0.5, 1.0)  # a draw
    found = fitting.counted(Pairs(winner, loser, weight, choice, winner, loser))
    assert found.tolist() == [1.0, *[0.5] * 3, *[0.5] * 4, 0.5, 0.5]


def test_pairs_count_as_much_as_a_choice_among_their_images_tells_at_even_chances() -> None:
    rng = np.random.default_rng(7)
    for size in (2, 3, 4, 7):
        x = rng.standard_normal((20_000, size))
        luce = x.var(axis=1).mean()  # curvature of one choice
        apart = np.square(x[:, :1] - x[:, 1:]).sum(axis=1).mean() / 4
        winner, loser = np.zeros(size - 1, np.int64), np.arange(1, size)
        one = Pairs(winner, loser, np.ones(size - 1), np.zeros(size - 1, np.int64), winner, loser)
        assert fitting.counted(one)[0] * apart == pytest.approx(luce, rel=0.03)


def test_the_same_pairs_give_the_same_model() -> None:
    x = images(120)
    one, other = (fitting.fit(x, BASIS, pairs(x[:, 0].astype(np.float64))) for _ in range(2))
    assert np.array_equal(one.model.mean, other.model.mean)
    assert one.model.honesty == other.model.honesty


def test_one_pair_is_fitted_without_figures() -> None:
    x = images(2)
    fitted = fitting.fit(x, BASIS, pairs(np.array([1.0, 0.0])))
    assert fitted.held.accuracy is None
    assert predict.pairs(fitted.model, x[:1], x[1:])[0] > 0.5


def test_a_network_is_taken_only_where_it_foretells_clearly_better() -> None:
    x = images(640)
    x[:, 1:K] = 0
    crooked = np.abs(x[:, 0]).astype(np.float64)  # no weighted sum can tell
    fitted = fitting.fit(x, BASIS, pairs(crooked), network=True)
    assert fitted.model.hidden.size > 0
    assert fitted.held.accuracy is not None
    assert fitted.held.accuracy > 0.85
    given = pairs(crooked)
    assert np.array_equal(mlp.learn(x, given.winner, given.loser, given.weight), fitted.model.hidden)
    assert fitting.fit(x, BASIS, pairs(x[:, 0].astype(np.float64)), network=True).model.hidden.size == 0
