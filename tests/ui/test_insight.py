"""The Insight screen by its keys: gates, a batch and its undo, the review, and plots that answer pointer and arrows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui import insights
from tests.ui.conftest import Seat
from tests.ui.insights import gate, shown, tiles
from tests.ui.ranking import journal

pytestmark = pytest.mark.page
Open = Callable[..., Seat]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return insights.library(tmp_path_factory.mktemp("insight"))


@pytest.fixture
def bare(open_page: Open, made: Path, tmp_path: Path) -> Seat:
    return insights.here(open_page(insights.copied(made, tmp_path)))


@pytest.fixture
def seat(open_page: Open, made: Path, tmp_path: Path) -> Seat:
    return insights.here(open_page(insights.dressed(insights.copied(made, tmp_path))))


def batch(seat: Seat) -> None:
    seat.press("p")
    assert "One undo takes all of it back" in seat.page.inner_text("[data-testid=confirm]")
    seat.press("Enter")
    seat.page.wait_for_selector("[data-command='insight.review']")


def test_before_anything_is_known_every_gate_is_shut_and_every_plot_says_what_makes_it_begin(bare: Seat) -> None:
    for kind in ("winner", "crop", "residual"):
        assert "No random check yet" in gate(bare, kind)
        right = "find nothing wrong" if kind == "residual" else "agree"
        assert f"395 more random checks that all {right} would open it" in gate(bare, kind)
    assert bare.page.locator(".plot").count() == bare.page.locator(".plot-empty").count() == 8
    bare.press("p", "r")
    assert bare.page.locator("[data-testid=confirm]").count() == 0
    assert bare.page.locator("[data-testid=review]").count() == 0


def test_a_gate_is_shut_by_its_number_and_stays_so_until_it_is_freed_or_undone(seat: Seat) -> None:
    assert "Open" in gate(seat, "winner")
    assert "Decide 4 groups at once" in gate(seat, "winner")
    seat.press("1")
    seat.until(lambda: "Shut by you" in gate(seat, "winner"))
    assert "at once" not in gate(seat, "winner")
    assert [(line["kind"], line["set_id"], line["yes"]) for line in journal(seat)] == [("gate", "winner", True)]
    seat.press("p")
    assert seat.page.locator("[data-testid=confirm]").count() == 0
    seat.press("u")
    seat.until(lambda: "Decide 4 groups at once" in gate(seat, "winner"))
    seat.page.click("[data-shut=winner]")
    seat.until(lambda: "Leave it to its record" in gate(seat, "winner"))


def test_a_batch_asks_first_is_looked_at_afterwards_and_goes_with_one_undo(seat: Seat) -> None:
    seat.press("p", "Escape")
    assert seat.page.locator("[data-testid=confirm]").count() == 0
    batch(seat)
    assert "4 images" in seat.page.inner_text("[data-testid=insight]")
    assert [line["kind"] for line in journal(seat)] == ["promote"]
    seat.press("r")
    shown(seat)
    assert len(tiles(seat)) == 4
    first = tiles(seat)[0]
    seat.press("y")
    seat.until(lambda: len(tiles(seat)) == 3 and first not in tiles(seat))
    second = tiles(seat)[0]
    seat.press("x")
    seat.until(lambda: len(tiles(seat)) == 2 and second not in tiles(seat))
    seat.press("Enter")
    seat.page.wait_for_selector("[data-testid=reviewed]")
    seat.until(lambda: [line["kind"] for line in journal(seat)] == ["promote", "reviewed", "reopen", "reviewed"])
    seat.press("Escape")
    seat.page.wait_for_selector(".gate")
    seat.press("u")
    seat.until(lambda: seat.page.locator("[data-command='insight.review']").count() == 1)
    seat.until(lambda: "2 images" in seat.page.inner_text("[data-testid=insight]"))


def test_what_is_decided_elsewhere_is_known_when_the_screen_is_shown_again(seat: Seat) -> None:
    seat.press("Control+2")
    seat.until(seat.group)
    seat.press("1", "Control+i")  # it need not be saved yet
    seat.until(lambda: "Decide 3 groups at once" in gate(seat, "winner"))


def test_one_undo_takes_a_whole_batch_back(seat: Seat) -> None:
    batch(seat)
    seat.press("u")
    seat.until(lambda: "Decide 4 groups at once" in gate(seat, "winner"))
    assert seat.screen() == "insight"
    assert [line["kind"] for line in journal(seat)] == ["promote", "undo"]


def test_plots_answer_the_pointer_and_the_arrow_keys(seat: Seat) -> None:
    words = "[data-plot=agreement] .plot-words"
    assert "Random checks in which" in seat.page.inner_text(words)
    seat.page.hover("[data-plot=agreement] .plot-box")
    seat.until(lambda: "100\u00a0%" in seat.page.inner_text(words))
    seat.page.mouse.move(1, 1)
    seat.page.focus("[data-plot=agreement] .plot-box")
    seat.press("Home")
    seat.until(lambda: seat.page.inner_text(words).startswith("checks 1 to 17"))
    seat.press("ArrowRight")
    seat.until(lambda: seat.page.inner_text(words).startswith("checks 18 to 34"))
    said = seat.page.get_attribute("[data-plot=agreement] .plot-box", "aria-valuetext")
    assert (said or "").startswith("checks 18 to 34")
    seat.press("Escape")
    seat.until(lambda: "Random checks in which" in seat.page.inner_text(words))
    assert seat.screen() == "insight"


def test_all_data_is_saved_as_csv_by_a_key(seat: Seat) -> None:
    seat.press("s")
    seat.until(lambda: len(list(seat.engine.need().paths.reports.glob("insight_*.csv"))) == 12)
    seat.page.wait_for_selector("text=Saved 12 files")


def test_everything_fits_a_small_window_and_the_screen_is_there_after_a_restart(
    open_page: Open, made: Path, tmp_path: Path
) -> None:
    root = insights.dressed(insights.copied(made, tmp_path))
    seat = insights.here(open_page(root, 1024, 700))
    wide = "e => e.scrollWidth > e.clientWidth"
    assert not seat.page.eval_on_selector(".insight-scroll", wide)
    assert not any(seat.page.eval_on_selector_all(".gate, .plot", f"all => all.map({wide})"))
    batch(seat)
    seat.press("r")
    seat.until(lambda: len(tiles(seat)) == 4)
    seat.until(lambda: '"screen":"insight"' in seat.engine.need().fact("place"))  # saved a moment later
    seat = open_page(root)
    seat.page.wait_for_selector("[data-screen=insight] .gate")
