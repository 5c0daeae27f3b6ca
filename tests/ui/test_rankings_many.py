"""The Rankings screen over 100 000 rows: both ends are reached, and no row in sight stays blank."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui import ranked
from tests.ui.conftest import Seat
from tests.ui.ranked import cursor, seen

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
COUNT = 100_000
FLING = """() => new Promise(done => {  // a long one, through all of it
    const table = document.querySelector('.table'), step = table.scrollHeight / 30;
    const next = n => { table.scrollTop = n * step; n < 30 ? requestAnimationFrame(() => next(n + 1)) : done(); };
    next(0);
})"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("many") / "library"
    ranked.many(root, COUNT)
    return root


@pytest.fixture
def seat(open_page: Open, library: Path) -> Seat:
    seat = open_page(library)
    seat.absent = True  # these images never had a thumbnail
    ranked.here(seat)
    ranked.loaded(seat)
    return seat


def whole(seat: Seat) -> bool:
    """Every row in sight is there, without a gap, and none is blank."""
    rows = seen(seat)
    first = rows[0]["index"] if rows else 0
    return len(rows) > 5 and all(r["image"] and r["index"] == first + i for i, r in enumerate(rows))


def scroll_to(seat: Seat, part: float) -> None:
    seat.page.eval_on_selector(
        ".table", "(e, part) => { e.scrollTop = part * (e.scrollHeight - e.clientHeight) }", part
    )


def both_ends(seat: Seat) -> None:
    seat.press("End")
    seat.until(lambda: whole(seat) and cursor(seat)["index"] == COUNT - 1)
    seat.press("PageUp", "ArrowUp")
    seat.until(lambda: whole(seat) and cursor(seat)["index"] < COUNT - 3)
    seat.press("Home")
    seat.until(lambda: whole(seat) and cursor(seat)["index"] == 0)


def test_both_ends_are_a_key_away(seat: Seat) -> None:
    both_ends(seat)


def test_scrolling_meets_no_row_that_stays_blank(seat: Seat) -> None:
    for part in (0.1, 0.5, 0.500001, 0.73, 1, 0.2, 0):
        scroll_to(seat, part)
        seat.until(lambda: whole(seat), 5)
    assert seen(seat)[0]["index"] == 0
    seat.page.evaluate(FLING)
    scroll_to(seat, 1)
    seat.until(lambda: whole(seat), 5)
    assert seen(seat)[-1]["index"] == COUNT - 1


def test_few_rows_exist_and_few_pages_are_kept(seat: Seat) -> None:
    asked = len(seat.page.query_selector_all(".ranking"))
    scroll_to(seat, 0.6)
    seat.until(lambda: whole(seat))
    assert max(asked, len(seat.page.query_selector_all(".ranking"))) < 80


def test_a_list_higher_than_any_element_is_reached_to_its_ends(seat: Seat) -> None:
    seat.page.evaluate("document.documentElement.style.fontSize = '48px'")  # 100 000 rows are then 16.8 million px high
    seat.page.set_viewport_size({"width": 2560, "height": 1900})
    height = "document.querySelector('.table').scrollHeight"
    seat.until(lambda: 14_000_000 < seat.page.evaluate(height) < 15_100_000)
    seat.until(lambda: len(seen(seat)) > 5)
    both_ends(seat)
    scroll_to(seat, 1)
    seat.until(lambda: whole(seat) and seen(seat)[-1]["index"] == COUNT - 1)
    scroll_to(seat, 0.5)
    seat.until(lambda: whole(seat) and abs(seen(seat)[0]["index"] - COUNT / 2) < 10)
    first = seen(seat)[0]["index"]
    seat.page.mouse.move(600, 1200)
    seat.page.mouse.wheel(0, 200)
    seat.until(lambda: whole(seat) and first < seen(seat)[0]["index"] < first + 5)
