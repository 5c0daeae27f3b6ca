"""Undo on the Crop screen and the list read anew: who goes on meanwhile is not taken back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.ui.conftest import Seat
from tests.ui.cropping import begin, section, seen
from tests.ui.ranking import Open, journal

pytestmark = pytest.mark.page


@pytest.fixture
def seat(open_page: Open, croppable: Path, tmp_path: Path) -> Seat:
    return begin(open_page(shutil.copytree(croppable, tmp_path / "library")))


def test_who_goes_on_while_the_list_is_read_is_not_taken_back(seat: Seat) -> None:
    first = section(seat, "entry")
    with seat.held("crop.queue"):
        seat.page.evaluate("window.pickwise.receive([{ type: 'stale', screens: ['crop'] }])")
        seat.until(lambda: seat.page.evaluate("window.__held") == 1)
        seat.press("n")
        second = seen(seat, first)
    seat.page.wait_for_timeout(300)
    assert section(seat, "entry") == second


def test_who_decides_again_while_the_list_is_read_after_an_undo_stays_with_the_next(seat: Seat) -> None:
    first, count = section(seat, "entry"), len(journal(seat))
    seat.press("Enter")
    second = seen(seat, first)
    seat.until(lambda: len(journal(seat)) == count + 1)
    with seat.held("crop.queue"):
        seat.press("u")
        seat.until(lambda: section(seat, "entry") == first)
        seen(seat)
        seat.until(lambda: seat.page.evaluate("window.__held") == 1)
        seat.press("Enter")
        seat.until(lambda: section(seat, "entry") == second)
        seat.until(lambda: len(journal(seat)) == count + 3)
    seat.page.wait_for_timeout(300)
    assert section(seat, "entry") == second
    seat.press("PageUp")
    seen(seat, second)
    assert (section(seat, "entry"), section(seat, "done")) == (first, "true")
