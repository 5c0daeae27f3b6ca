"""What features tell of strengths, learned from the picks."""

from __future__ import annotations

import numpy as np

from engine.ranking.guess import FEWEST, guess
from engine.ranking.ranker import Ranker
from engine.ranking.simulate import Setup, _features, play
from engine.ranking.simulated_judge import Judge


def ranked(share: float, picks: int = 400, n: int = 300) -> tuple[Ranker, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    utility = rng.standard_normal(n)
    known = _features(utility, share, rng)
    judge, ranker = Judge(utility, 0.3, "steady", rng), Ranker(n, top=30, seed=1)
    for _ in range(picks):
        ranker.add(judge.pick(ranker.choose(4)))
        if ranker.stale:
            ranker.refit()
    ranker.refit()
    return ranker, known, utility


def test_drawn_features_explain_what_they_should() -> None:
    rng = np.random.default_rng(0)
    utility = rng.standard_normal(20_000)
    known = _features(utility, 0.6, rng)
    weights, *_ = np.linalg.lstsq(known, utility, rcond=None)
    assert abs(np.var(known @ weights) - 0.6) < 0.02
    assert np.abs(known.std(axis=0) - 1).max() < 0.05


def test_a_prior_learned_from_picks_tells_of_images_never_shown() -> None:
    ranker, known, utility = ranked(0.6, picks=60)
    new = ranker.count == 0
    assert new.sum() > 50
    found = guess(known, ranker)
    assert np.corrcoef(found.mean[new], utility[new])[0, 1] > 0.55  # 0.77 is all there is to know


def test_what_is_an_images_own_is_found_too() -> None:
    for share in (0.2, 0.8):
        ranker, known, _ = ranked(share)
        found = guess(known, ranker)
        assert abs(found.var[0] - (1 - share)) < 0.2
        assert abs(found.mean.var() + found.var[0] - 1) < 1e-9


def test_of_a_few_images_nothing_is_learned() -> None:
    ranker = Ranker(100)
    assert guess(np.ones((100, 2)), ranker) is None
    judge = Judge(np.arange(100.0), 0.3, "steady", np.random.default_rng(0))
    while (ranker.count > 0).sum() < FEWEST:
        assert guess(np.ones((100, 2)), ranker) is None
        ranker.add(judge.pick(ranker.choose(4)))


def test_a_learned_prior_finds_more_of_the_top() -> None:
    plain, learned = (
        np.mean([play(Setup(items=600, picks=300, top=30, learn=share), "default", seed).recall for seed in range(4)])
        for share in (0.0, 0.8)
    )
    assert learned > plain + 0.05, (plain, learned)
