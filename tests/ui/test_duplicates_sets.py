"""Sets on the Duplicates screen: stage beside stage, decided by keys, moved whole and taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui import copies
from tests.ui.conftest import Seat
from tests.ui.copies import CELL, anew, aside, begin, ended, files, names

pytestmark = pytest.mark.page
Open = Callable[..., Seat]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copies.prepared(tmp_path_factory.mktemp("sets"), copies.sets, "sets.find")


@pytest.fixture
def home(prepared: Path) -> Path:
    return anew(prepared)


@pytest.fixture
def seat(open_page: Open, home: Path) -> Seat:
    """The sets compared, on the first match."""
    seat = begin(open_page(home / "library"))
    seat.absent = True  # files are moved while they are looked at
    seat.press("t")
    seat.page.wait_for_selector(CELL)
    return seat


def match(seat: Seat) -> str:
    return str(seat.page.eval_on_selector("[data-match]", "e => e.dataset.match"))


def sides(seat: Seat) -> list[str]:
    return list(seat.page.eval_on_selector_all("[data-side]", "es => es.map(e => e.dataset.side)"))


def test_two_sets_stand_stage_above_stage_with_how_alike_each_is(seat: Seat) -> None:
    assert len(names(seat)) == 6
    stages = seat.page.eval_on_selector_all("[data-shown=true] [data-stage]", "es => es.map(e => e.dataset.stage)")
    assert stages == ["1", "2", "3"]
    assert "% alike" in seat.page.inner_text("[data-shown=true] [data-stage='2']")
    assert sides(seat) == ["stays", "goes"]
    assert seat.page.inner_text("[data-testid=set-reason]") != ""
    assert "2 matches" in seat.page.inner_text("[data-testid=sum]")


def test_flipped_and_accepted_the_other_set_goes_whole_and_undo_brings_it_back(seat: Seat, home: Path) -> None:
    before, first, went = files(home / "pictures"), match(seat), names(seat)[3:]
    seat.press("f")
    seat.until(lambda: went == names(seat)[:3])
    went = names(seat)[3:]
    seat.press("Enter")
    seat.until(lambda: match(seat) != first)
    seat.until(lambda: aside(home / "pictures") == set(went))
    assert all("delete_review" in name for name in files(home / "pictures") if Path(name).name in went)
    seat.press("u")
    seat.until(lambda: match(seat) == first)
    assert files(home / "pictures") == before


def test_a_flip_made_while_the_sets_are_read_is_not_taken_back(seat: Seat) -> None:
    goes = names(seat)[3:]
    with seat.unsent("sets.flip"):
        with seat.held("sets.page"):
            seat.page.evaluate("window.pickwise.receive([{ type: 'stale', screens: ['duplicates'] }])")
            seat.until(lambda: seat.page.evaluate("window.__held") == 1)
            seat.press("f")
            seat.until(lambda: names(seat)[:3] == goes)
        seat.page.wait_for_timeout(200)
        assert names(seat)[:3] == goes
    seat.page.wait_for_timeout(200)
    assert names(seat)[:3] == goes


def test_a_set_accepted_while_its_flip_is_read_again_stays_accepted(seat: Seat, home: Path) -> None:
    first = match(seat)
    with seat.held("sets.page"):
        seat.press("f")
        seat.until(lambda: seat.page.evaluate("window.__held") == 1)
        seat.press("Enter")
        seat.until(lambda: match(seat) != first)
        seat.until(lambda: len(aside(home / "pictures")) == 3)
    seat.page.wait_for_timeout(200)
    seat.press("PageUp")
    seat.until(lambda: match(seat) == first)
    assert sides(seat) == ["stays", "aside"]
    seat.press("PageDown")
    seat.until(lambda: match(seat) != first)
    seat.press("u")
    seat.until(lambda: match(seat) == first and sides(seat) == ["stays", "goes"])


def test_sets_that_are_no_duplicates_stay_and_are_not_shown_again(seat: Seat, home: Path) -> None:
    before, first = files(home / "pictures"), match(seat)
    seat.press("n")
    seat.until(lambda: match(seat) != first)
    second = match(seat)
    seat.press("c")
    ended(seat, "sets")
    seat.until(lambda: "1 match" in seat.page.inner_text("[data-testid=sum]"))
    assert match(seat) == second
    assert files(home / "pictures") == before


def test_all_matches_are_accepted_after_one_question(seat: Seat, home: Path) -> None:
    seat.press("Shift+Enter")
    asked = seat.page.inner_text("[data-testid=confirm]")
    assert "2 matches" in asked
    assert "delete_review" in asked
    seat.press("Enter")
    ended(seat, "stage")
    assert len(aside(home / "pictures")) == 6
    seat.press("b")
    seat.page.wait_for_selector("[data-batch] >> text=delete_review")
