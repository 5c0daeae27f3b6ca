"""The ranker: answers go in and out again, what is asked does not repeat, and the best come out on top."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ranking.outcome import Outcome
from engine.ranking.ranker import STRATEGIES, Ranker
from engine.ranking.simulated_judge import Judge
from tests.engine.ranking import played

NAMES = sorted(STRATEGIES)


def judge(truth: np.ndarray, noise: float = 0.3, seed: int = 7) -> Judge:
    return Judge(truth, noise, "steady", np.random.default_rng(seed))


def test_the_best_of_a_small_field_come_out_on_top() -> None:
    truth = played.strengths(120, 3)
    ranker = Ranker(120, top=10)
    played.play(ranker, judge(truth, 0.1), 250, 4)
    best = set(np.argsort(-truth)[:10].tolist())
    assert len(best & set(ranker.order()[:10].tolist())) >= 9


@pytest.mark.parametrize("strategy", NAMES)
def test_no_pair_is_asked_twice(strategy: str) -> None:
    truth = played.strengths(40, 5)
    ranker = Ranker(40, top=5, strategy=strategy)  # type: ignore[arg-type]
    shown = played.play(ranker, judge(truth), 150, 3)
    asked = played.pairs(shown)
    assert len(asked) == len(set(asked))
    assert len(shown) > 100


@pytest.mark.parametrize("strategy", NAMES)
def test_every_pair_is_asked_before_there_is_nothing_left(strategy: str) -> None:
    ranker = Ranker(7, top=2, strategy=strategy)  # type: ignore[arg-type]
    shown = played.play(ranker, judge(played.strengths(7, 1)), 100, 2)
    assert sorted(played.pairs(shown)) == [(a, b) for a in range(7) for b in range(a + 1, 7)]
    assert ranker.choose(2) == ()


def test_a_skipped_match_does_not_come_back_and_changes_no_figure() -> None:
    ranker = Ranker(6, top=2)
    before = ranker.mean.copy(), ranker.var.copy(), ranker.count.copy()
    first = ranker.choose(2)
    ranker.skip(first)
    assert all((now == then).all() for now, then in zip((ranker.mean, ranker.var, ranker.count), before, strict=True))
    shown = played.play(ranker, judge(played.strengths(6, 1)), 100, 2)
    assert tuple(sorted(first)) not in played.pairs(shown)
    assert len(shown) == 14
    ranker.unskip(first)
    assert sorted(ranker.choose(2)) == sorted(first)


def test_first_looks_reach_every_image_before_any_is_worn_out() -> None:
    ranker = Ranker(200, top=20)
    played.play(ranker, judge(played.strengths(200, 2)), 75, 4)
    assert (ranker.count > 0).all()


@pytest.mark.parametrize("strategy", NAMES)
def test_only_eligible_images_are_asked_about_and_the_others_come_last(strategy: str) -> None:
    asked = np.arange(60) % 5 == 0
    ranker = Ranker(60, top=3, strategy=strategy, eligible=asked)  # type: ignore[arg-type]
    shown = played.play(ranker, judge(played.strengths(60, 2)), 20, 3)
    assert {item for items in shown for item in items} <= set(np.flatnonzero(asked).tolist())
    assert asked[ranker.order()[:12]].all()
    assert ranker.certainty().chance[~asked].max() == 0


def test_images_that_become_eligible_are_looked_at() -> None:
    ranker = Ranker(12, top=2, eligible=np.arange(12) < 6)
    played.play(ranker, judge(played.strengths(12, 2)), 8, 2)
    ranker.eligible = np.ones(12, np.bool_)
    shown = played.play(ranker, judge(played.strengths(12, 2)), 8, 2)
    assert set(range(6, 12)) <= {item for items in shown for item in items}


def test_a_champion_is_first_and_meets_new_challengers() -> None:
    ranker = Ranker(30, top=5)
    met: list[int] = []
    for _ in range(9):
        champion, *others = ranker.choose(4, champion=17)
        assert champion == 17
        met += others
        ranker.add(Outcome((17, *others)))
    assert len(met) == len(set(met)) == 27


def test_images_on_screen_are_not_chosen_for_the_next_match() -> None:
    ranker = Ranker(9, top=2)
    first = ranker.choose(4)
    second = ranker.choose(4, avoid=first)
    assert not set(first) & set(second)


@pytest.mark.parametrize("count", [0, 1])
def test_a_field_too_small_has_nothing_to_ask(count: int) -> None:
    ranker = Ranker(count, top=100)
    assert ranker.choose(4) == ()
    assert ranker.certainty().share in (0.0, 1.0)
    assert ranker.order().tolist() == list(range(count))


def test_a_top_as_large_as_the_field_is_certain_from_the_start() -> None:
    certain = Ranker(20, top=100).certainty()
    assert certain.share == pytest.approx(1)
    assert certain.picks_left(0.9, 4) == 0


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_undo_gives_every_figure_back(seed: int, depth: int) -> None:
    truth = played.strengths(30, 1)
    rng = np.random.default_rng(seed)
    outcomes = played.at_random(truth, 12 + depth, 3, 0.5, seed)
    outcomes = [Outcome(o.items, draw=bool(rng.random() < 0.2)) for o in outcomes]
    ranker = Ranker(30, top=5)
    for outcome in outcomes[:12]:
        ranker.add(outcome)
    before = ranker.mean.copy(), ranker.var.copy(), ranker.chance.copy(), ranker.count.copy()
    for outcome in outcomes[12:]:
        ranker.add(outcome)
    for outcome in reversed(outcomes[12:]):
        ranker.remove(outcome)
    after = ranker.mean, ranker.var, ranker.chance, ranker.count
    for now, then in zip(after, before, strict=True):
        assert now == pytest.approx(then, abs=1e-3)


def test_removing_what_was_never_added_is_refused() -> None:
    with pytest.raises(KeyError):
        Ranker(3).remove(Outcome((0, 1)))


def test_added_one_by_one_or_loaded_at_once_the_fit_is_the_same() -> None:
    outcomes = played.at_random(played.strengths(50, 1), 120, 4, 0.3, 3)
    one, other = Ranker(50, top=5), Ranker(50, top=5)
    for outcome in outcomes:
        one.add(outcome)
    other.load(outcomes)
    one.refit()
    other.refit()
    assert one.order()[:5].tolist() == other.order()[:5].tolist()
    assert one.mean == pytest.approx(other.mean, abs=0.15)
    assert not other.stale


def test_answers_given_while_a_refit_runs_are_neither_lost_nor_counted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.ranking import posterior

    outcomes = played.at_random(played.strengths(40, 1), 80, 4, 0.3, 3)
    ranker = Ranker(40, top=5)
    ranker.load(outcomes[:60])
    fitting, go = threading.Event(), threading.Event()
    fit = posterior.fit

    def slow(*given: object, **named: object) -> object:
        fitting.set()
        assert go.wait(10)
        return fit(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(posterior, "fit", slow)
    thread = threading.Thread(target=ranker.refit)
    thread.start()
    assert fitting.wait(10)
    for outcome in reversed(outcomes[58:60]):
        ranker.remove(outcome)
    for outcome in outcomes[60:]:
        ranker.add(outcome)
    ranker.remove(outcomes[-1])
    go.set()
    thread.join()
    monkeypatch.setattr(posterior, "fit", fit)
    whole = Ranker(40, top=5)
    whole.load([*outcomes[:58], *outcomes[60:-1]])
    whole.refit()
    ranker.refit()
    assert ranker.mean == pytest.approx(whole.mean, abs=0.15)
    assert (ranker.count == whole.count).all()


def test_the_same_seed_asks_the_same() -> None:
    truth = played.strengths(80, 4)
    first, second = (played.play(Ranker(80, top=8, seed=3), judge(truth), 60, 4) for _ in range(2))
    assert first == second


def test_the_note_says_why() -> None:
    ranker = Ranker(8, top=3)
    first = ranker.choose(4)
    assert ranker.note(first) == "First look at 4 new images"
    ranker.add(Outcome(first))
    assert ranker.note(first) == "Near the edge of the top 3"
    assert ranker.note(first, 6) == "Only 4 are left here that have not met"
    everybody = Ranker(4, top=100)
    everybody.add(Outcome((0, 1, 2, 3)))
    assert everybody.note((0, 1)) == "Comparing known images"
    assert "beside known ones" in ranker.note((first[0], next(i for i in range(8) if i not in first)))
