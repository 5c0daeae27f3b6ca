"""Answers that contradict each other, on Insight: seen in pictures, asked again in Rank by a key or a click."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.culling import decide
from engine.learning import state
from engine.library.store import Library
from engine.ranking import matches
from tests.advice import at_rest, key_of
from tests.ui import insights, ranking
from tests.ui.conftest import Seat

pytestmark = pytest.mark.page
Open = Callable[..., Seat]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return insights.library(tmp_path_factory.mktemp("contradictions"))


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """1 before 4 before 7 before 1, 10 before 2, which is in doubt, and a decided group in doubt."""
    root = insights.copied(made, tmp_path)
    with Library(root) as library:
        for winner, loser in ((1, 4), (4, 7), (7, 1), (10, 2)):
            matches.record(library, [winner, loser], winner, "match")
        group = key_of(library, 11)
        decide.pick(library, group, 11)
        doubts = [state.Doubt(group, 12, 0.9), state.Doubt("", 2, 0.82, 10)]
        told = state.State("bayes-1", why="", cycles=[[1, 4, 7]], doubts=doubts)
        library.write(lambda c: state.write(c, at_rest(c, told)))
    return root


@pytest.fixture
def seat(open_page: Open, root: Path) -> Seat:
    seat = insights.here(open_page(root))
    seat.page.wait_for_selector("[data-testid=contradictions] .cycle")
    return seat


def listed(seat: Seat) -> list[str]:
    return list(seat.page.eval_on_selector_all(".cycle", "all => all.map((e) => e.dataset.images)"))


def shown(seat: Seat) -> set[int]:
    return set(ranking.images(seat))


def asked(seat: Seat, images: set[int]) -> None:
    """Wait until these are asked about and painted: what was on the Rank screen before may be seen first."""
    seat.until(lambda: shown(seat) == images)
    ranking.seen(seat)


def test_circles_and_comparisons_in_doubt_are_seen_as_they_go_round(seat: Seat) -> None:
    assert listed(seat) == ["1 4 7", "10 2"]
    assert seat.page.locator(".cycle[data-kind=circle] img").count() == 4
    assert seat.page.locator(".cycle[data-kind=match] img").count() == 2
    words = seat.page.inner_text("[data-testid=contradictions]")
    assert "your others say the right: 82\u00a0%" in words
    assert "1 group in Cull" in words


def test_a_key_asks_them_again_one_after_another_and_what_is_answered_is_listed_no_more(seat: Seat) -> None:
    seat.press("c")
    asked(seat, {1, 4, 7})
    assert seat.screen() == "rank"
    assert "contradict each other" in seat.page.inner_text("[data-note]")
    ranking.play(seat, "1")
    assert shown(seat) == {2, 10}
    ranking.play(seat, "d")
    assert len(shown(seat)) > 2
    seat.press("Control+i")
    seat.page.wait_for_selector(".gate")
    seat.until(lambda: listed(seat) == [])
    assert seat.page.locator("[data-command='insight.again']").count() == 0


def test_a_click_asks_one_of_them_again_and_an_undo_lists_it_again(seat: Seat) -> None:
    seat.page.click(".cycle[data-kind=match]")
    asked(seat, {2, 10})
    ranking.play(seat, "ArrowRight")
    seat.press("Control+i")
    seat.until(lambda: listed(seat) == ["1 4 7"])
    seat.press("u")
    seat.until(lambda: seat.screen() == "rank")
    seat.press("Control+i")
    seat.until(lambda: listed(seat) == ["1 4 7", "10 2"])


def test_a_decided_group_in_doubt_is_offered_again_in_cull(seat: Seat) -> None:
    seat.press("d")
    seat.page.wait_for_selector("[data-shown=true] [data-image='12']")
    assert seat.page.eval_on_selector(".scope", "e => e.value") == "doubted"


def test_answers_of_ones_own_are_not_asked_of_another_judge(seat: Seat) -> None:
    seat.engine.need().change_setting("ranking.judge", "Bo")
    seat.press("c")
    seat.page.wait_for_selector("text=choose yourself as the judge")


def test_a_small_window_holds_them_without_a_scroll_to_the_side(open_page: Open, root: Path) -> None:
    seat = insights.here(open_page(root, 1024, 700))
    seat.page.wait_for_selector(".cycle")
    assert not seat.page.eval_on_selector(".insight-scroll", "e => e.scrollWidth > e.clientWidth")
