"""What the ranker believes about its own top N, against the truth of simulated judges."""

from __future__ import annotations

import numpy as np
import pytest

from engine.ranking.certainty import Certainty
from engine.ranking.ranker import Ranker
from engine.ranking.simulated_judge import Judge
from tests.engine.ranking import played

SEEDS = range(5)


def believed_and_true(items: int, top: int, up: int, noise: float, picks: list[int], seed: int) -> list[list[float]]:
    """Share believed and found after so many picks each."""
    rng = np.random.default_rng(seed)
    truth = rng.standard_normal(items)
    judge = Judge(truth, noise, "steady", rng)
    best = set(np.argsort(-truth)[:top].tolist())
    ranker = Ranker(items, top=top, seed=seed)
    found, before = [], 0
    for upto in picks:
        played.play(ranker, judge, upto - before, up)
        before = upto
        found.append([ranker.certainty().share, len(best & set(ranker.order()[:top].tolist())) / top])
    return found


@pytest.mark.parametrize(
    ("items", "top", "up", "noise", "picks", "within"),
    [
        # over 25 seeds: 0.05, 0.07, 0.02, 0.02; any five of them are within this
        (400, 40, 4, 0.3, [60, 120, 200, 300], 0.09),
        (400, 40, 4, 0.8, [200, 500], 0.15),  # so little tells little of how unsteady the judge is
        (300, 20, 2, 0.3, [150, 400], 0.08),
        (600, 60, 9, 0.4, [60, 150, 250], 0.08),
    ],
)
def test_the_expected_share_is_right_on_average(
    items: int, top: int, up: int, noise: float, picks: list[int], within: float
) -> None:
    runs = np.array([believed_and_true(items, top, up, noise, picks, seed) for seed in SEEDS])
    believed, true = runs[:, :, 0].mean(axis=0), runs[:, :, 1].mean(axis=0)
    assert np.abs(believed - true).mean() <= within
    assert true[-1] > true[0]


def test_the_chances_of_a_field_add_up_to_its_top() -> None:
    ranker = Ranker(200, top=20)
    played.play(ranker, Judge(played.strengths(200, 1), 0.3, "steady", np.random.default_rng(1)), 120, 4)
    certain = ranker.certainty()
    assert certain.chance.sum() == pytest.approx(20, abs=0.5)
    assert certain.low < certain.share < 1


def test_the_picks_left_are_about_what_it_takes() -> None:
    left, taken = [], []
    for seed in SEEDS:
        truth = played.strengths(500, seed)
        judge = Judge(truth, 0.3, "steady", np.random.default_rng(seed))
        ranker = Ranker(500, top=50, seed=seed)
        played.play(ranker, judge, 160, 4)
        left.append(ranker.certainty().picks_left(0.85, 4))
        more = 0
        while ranker.certainty().share < 0.85 and more < 2000:
            played.play(ranker, judge, 20, 4)
            more += 20
        taken.append(more)
    assert all(left)
    assert 0.5 < np.mean([n or 0 for n in left]) / np.mean(taken) < 3  # about 1.7 over many seeds


def certain(share: float, chance: float = 0.5) -> Certainty:
    n = 100
    return Certainty(share, share, np.full(n, chance), np.zeros(n), np.ones(n), 50, np.empty(0, np.int64), 10_000)


def test_a_target_that_is_reached_needs_no_more_picks() -> None:
    assert certain(0.9).picks_left(0.9, 4) == 0


def test_certainty_itself_is_out_of_reach() -> None:
    assert certain(0.5).picks_left(1.0, 4) is None


def test_more_at_once_needs_fewer_picks() -> None:
    two, nine = (certain(0.5).picks_left(0.8, up) for up in (2, 9))
    assert two
    assert nine
    assert nine < 0.8 * two


def test_a_field_that_runs_out_of_matches_first_has_no_figure() -> None:
    ranker = Ranker(13, top=3)
    assert ranker.certainty().picks_left(0.999, 4) is None
