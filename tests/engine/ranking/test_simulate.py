"""Simulated judges and the strategies side by side."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import WrongUse
from engine.progress import Cancelled, Quiet
from engine.ranking.simulate import Setup, play, run
from engine.ranking.simulated_judge import Judge, Kind

SMALL = Setup(items=600, picks=300, top=30)


def test_the_default_finds_more_of_the_top_than_the_others() -> None:
    lines = run(SMALL, 3, Quiet())
    assert lines["default"].recall > lines["spec"].recall + 0.2
    assert lines["default"].recall > lines["random"].recall + 0.2
    assert lines["default"].picks == 300


def test_six_hundred_picks_of_a_thousand_images_find_most_of_the_top_twenty() -> None:
    # tests/bench/simulated.py measures the whole; measured here: 0.83 in fours
    assert run(Setup(items=1000, picks=600, top=20), 3, Quiet(), ["default"])["default"].recall >= 0.7


def test_the_same_seed_plays_the_same() -> None:
    first, second = (play(SMALL, "default", 4) for _ in range(2))
    assert first[:4] == second[:4]


def test_one_of_a_family_is_shown_and_the_top_is_of_those() -> None:
    alone = play(Setup(items=200, picks=300, top=20), "default", 0)
    families = play(Setup(items=1000, picks=300, top=20, families=5), "default", 0)
    assert abs(alone.recall - families.recall) < 0.3
    assert families.recall > 0.6


def test_a_good_guess_beforehand_helps() -> None:
    blind = np.mean([play(SMALL, "default", seed).recall for seed in range(3)])
    guided = np.mean(
        [play(Setup(items=600, picks=300, top=30, features=0.8), "default", seed).recall for seed in range(3)]
    )
    assert guided >= blind


@pytest.mark.parametrize("kind", ["steady", "logistic", "draws", "tired", "moody"])
def test_every_judge_prefers_what_is_better(kind: Kind) -> None:
    judge = Judge(np.array([-4.0, 4.0, 0.0]), 0.3, kind, np.random.default_rng(1))
    outcomes = [judge.pick((0, 1, 2)) for _ in range(300)]
    assert {frozenset(o.items) for o in outcomes} == {frozenset((0, 1, 2))}
    assert sum(o.items[0] == 1 and not o.draw for o in outcomes) > 200


def test_a_judge_who_draws_does_so_between_equals() -> None:
    judge = Judge(np.zeros(2), 0.3, "draws", np.random.default_rng(1))
    assert 10 < sum(judge.pick((0, 1)).draw for _ in range(100)) < 40
    assert play(Setup(items=200, picks=200, top=20, judge="draws"), "default", 0).recall > 0.3


@pytest.mark.parametrize(
    "setup",
    [
        Setup(items=3, up=4), Setup(picks=0), Setup(top=0), Setup(items=50, top=60), Setup(noise=-1.0),
        Setup(noise=float("nan")), Setup(features=1.0), Setup(families=0), Setup(up=10), Setup(items=100, families=50),
    ],
)  # fmt: skip
def test_what_is_no_ranking_is_refused_in_a_sentence(setup: Setup) -> None:
    with pytest.raises(WrongUse):
        run(setup, 1, Quiet())


def test_it_can_be_cancelled() -> None:
    class Stop(Quiet):
        def step(self, done: int, current: str = "") -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(SMALL, 4, Stop())
