"""What a model says of images is where their ranking begins: the person's own, as long as there is a model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import rows
from hypothesis import given
from hypothesis import strategies as st

from engine.library.store import Library
from engine.ranking import learned_prior, matches
from engine.ranking.learned_prior import Told
from engine.ranking.live import Live
from engine.ranking.places import Places
from engine.ranking.status import status
from tests.predicted import MODEL, say

NEXT = "ranker-20251113T101112000000Z"
PLACES = Places(np.arange(10, 18))
ASKED = PLACES.mask(PLACES.ids, np.ones(8, bool))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with rows.filled(tmp_path / "library", [1] * 12, blurred=0.0) as library:
        yield library


@pytest.fixture
def live(library: Library) -> Iterator[Live]:
    live = Live(library, fits=False)
    yield live
    live.close()


def first(live: Live) -> list[int]:
    live.settle()
    return live.standing().ids.tolist()


def told(means: Sequence[float], variances: Sequence[float]) -> Told:
    return Told(MODEL, np.arange(10, 10 + len(means)), np.array(means, float), np.array(variances, float))


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(0, 9)), min_size=2, max_size=8))
def test_means_and_variances_are_of_variance_one_together(said: list[tuple[float, float]]) -> None:
    means, variances = zip(*said, strict=True)
    found = learned_prior.prior(told(means, variances), PLACES, ASKED)
    if found is None:
        assert np.var(means) < 0.1
        return
    here = slice(0, len(said))
    assert found.mean[here].var() + found.var[here].mean() == pytest.approx(1)
    assert found.mean[here].mean() == pytest.approx(0, abs=1e-9)
    assert found.var.min() > 0
    assert (np.diff(found.mean[here][np.argsort(means)]) >= 0).all()


def test_what_is_predicted_is_a_strength_in_log_odds() -> None:
    found = learned_prior.prior(told([-1, 1], [0.1, 0.1]), PLACES, ASKED)
    assert found is not None
    assert (found.mean[:2] * learned_prior.LIKELY_SPREAD).tolist() == pytest.approx([-1, 1])


def test_a_model_that_seems_to_know_all_leaves_images_something_of_their_own() -> None:
    found = learned_prior.prior(told([-90, 90, 0, 3], [0, 0, 0, 0]), PLACES, ASKED)
    assert found is not None
    assert found.var[:4].tolist() == pytest.approx([0.3] * 4)


def test_images_of_which_nothing_is_said_are_average_and_open() -> None:
    found = learned_prior.prior(told([-2, 2, 1], [1, 1, 1]), PLACES, ASKED)
    assert found is not None
    assert set(found.mean[3:]) == {0.0}
    assert set(found.var[3:]) == {1.0}


def test_a_model_that_tells_nothing_apart_is_no_prior() -> None:
    assert learned_prior.prior(told([1, 1.01, 1], [0.1] * 3), PLACES, ASKED) is None
    assert learned_prior.prior(told([], []), PLACES, ASKED) is None
    assert learned_prior.prior(told([-3, 3], [1, 1]), PLACES, ~ASKED) is None


def test_the_day_of_a_model_is_in_its_name() -> None:
    assert learned_prior.made_at(MODEL) == "2025-11-12T10:11:12Z"
    assert learned_prior.made_at("") == learned_prior.made_at("ranker-20251399T101112000000Z") == ""
    assert learned_prior.model_of("not even JSON") == learned_prior.model_of(None) == ""


def test_images_never_compared_stand_as_they_were_learned(library: Library, live: Live) -> None:
    say(library, MODEL, range(12))
    assert first(live) == list(range(12, 0, -1))
    assert status(live, library).learned == "2025-11-12T10:11:12Z"


def test_picks_outweigh_what_was_learned(library: Library, live: Live) -> None:
    say(library, MODEL, np.linspace(-1, 1, 12).tolist())
    for other in range(2, 13):
        matches.record(library, [1, other], 1, "match")
    assert first(live)[0] == 1


def test_another_model_is_taken_over_and_a_match_on_screen_can_be_answered(library: Library, live: Live) -> None:
    say(library, MODEL, range(12))
    shown, _ = live.next(4)
    say(library, NEXT, range(12, 0, -1))
    matches.record(library, shown, shown[0], "match")
    live.settle()
    assert status(live, library).learned.startswith("2025-11-13")
    new = [image for image in live.standing().ids.tolist() if image not in shown]
    assert new == sorted(new)
    fresh = Live(library, fits=False)
    fresh.settle()
    assert np.allclose(np.sort(fresh.standing().strength), np.sort(live.standing().strength), atol=0.05)


def test_without_a_model_everything_is_as_if_there_were_no_such_thing(library: Library, live: Live) -> None:
    with live._true() as state:
        ranker = state.ranker
    plain = [ranker.mean.copy(), ranker.chance.copy()]
    say(library, "", [])
    live.settle()
    assert ranker.prior is None
    assert np.array_equal(plain[0], ranker.mean)
    assert np.array_equal(plain[1], ranker.chance)
    assert status(live, library).learned == ""


def test_a_model_that_goes_is_forgotten(library: Library, live: Live) -> None:
    before = first(live)
    say(library, MODEL, range(12, 24))
    assert first(live) != before
    say(library, "", [])
    assert first(live) == before


def test_the_setting_turns_it_off_and_on(library: Library, live: Live) -> None:
    before = first(live)
    say(library, MODEL, range(12))
    library.change_setting("ranking.learned_prior", False)
    assert first(live) == before
    library.change_setting("ranking.learned_prior", True)
    assert first(live) == list(range(12, 0, -1))


def test_it_is_the_persons_own_ranking_only(library: Library, live: Live) -> None:
    say(library, MODEL, range(12))
    everyone = Live(library, fits=False, everyone=True)
    assert first(everyone) == list(range(1, 13))
    library.change_setting("ranking.judge", "Anna")
    assert first(live) == list(range(1, 13))
    assert status(live, library).learned == ""


def test_choosing_among_many_new_images_takes_those_that_may_be_among_the_best(tmp_path: Path) -> None:
    with rows.filled(tmp_path / "many", [1] * 400, blurred=0.0) as library:
        library.change_setting("ranking.top", 20)
        say(library, MODEL, np.linspace(-3, 3, 400).tolist())
        live = Live(library, fits=False)
        for number in range(100):
            shown = [2 * number + 1, 2 * number + 2]
            matches.record(library, shown, shown[1], "match")
        live.settle()
        asked = [image for _ in range(10) for image in live.next(4)[0]]
        assert np.mean(asked) > 330
