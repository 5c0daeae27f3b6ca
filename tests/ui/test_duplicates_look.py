"""The Duplicates screen: how it looks at copies, keeps the place, and what becomes of a large or a refused group."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from tests import draw
from tests.ui import copies
from tests.ui.conftest import Seat
from tests.ui.copies import CELL, anew, ask, begin, group, names, search, shown

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
LARGE = 30


def crowd(folder: Path) -> None:
    """The small groups, and one of very many."""
    copies.pictures(folder)
    base = draw.natural(690, 240, 320)
    draw.save(
        base, folder / "many_stage3.png", parameters="a crowd\nSteps: 20, Sampler: Euler, Seed: 4711, Model: plain"
    )
    for i in range(1, LARGE):
        size = (240 - 3 * i, 320 - 4 * i)
        draw.save(cv2.resize(base, size, interpolation=cv2.INTER_AREA), folder / f"many_{i:02d}.jpg")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copies.prepared(tmp_path_factory.mktemp("crowd"), crowd)


@pytest.fixture
def home(prepared: Path) -> Path:
    return anew(prepared)


@pytest.fixture
def seat(open_page: Open, home: Path) -> Seat:
    """The screen with the groups found, on the largest of them."""
    return search(begin(open_page(home / "library")))


def said(seat: Seat) -> str:
    seat.page.wait_for_selector("[data-testid=difference][data-state=ready]")
    return seat.page.inner_text("[data-testid=difference] [role=status]")


def brightness(seat: Seat) -> int:
    """The sum of what the difference's canvas holds."""
    return int(
        seat.page.eval_on_selector(
            "[data-testid=difference] canvas",
            "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.reduce((s, v) => s + v, 0)",
        )
    )


def test_a_large_group_comes_page_by_page_with_the_keeper_on_each(seat: Seat) -> None:
    assert len(names(seat)) == 9
    assert len(seat.page.query_selector_all(".copies .cell")) < LARGE + 9, "not all of them are in the page"
    keeper = names(seat)[0]
    seen = set(names(seat))
    for _ in range(3):
        before = names(seat)
        seat.press("p")
        seat.until(lambda before=before: names(seat) != before)
        assert names(seat)[0] == keeper
        seen |= set(names(seat))
    assert len(seen) == LARGE
    seat.press("p")
    seat.until(lambda: shown(seat, "focused")[1] == "true" and len(names(seat)) == 9)
    for _ in range(8):
        seat.press("ArrowRight")
    seat.page.wait_for_selector(".copies-group-head >> text=images 10–17")


def test_the_difference_says_how_many_pixels_differ_and_is_shown_stronger_on_a_key(seat: Seat) -> None:
    seat.press("Tab")
    seat.until(lambda: "a_stage3.png" in names(seat))
    at = names(seat).index("a_rough.jpg")
    seat.press(str(at + 1), "d")
    assert "of pixels differ by more than 8 of 255 levels" in said(seat)
    before = brightness(seat)
    seat.press("]")
    seat.until(lambda: brightness(seat) > before)
    same = names(seat).index("a_copy.png")
    for _ in range(abs(same - at)):
        seat.press("ArrowRight" if same > at else "ArrowLeft")
    seat.until(lambda: said(seat).startswith("Every pixel is equal"))
    seat.page.keyboard.down("b")
    seat.until(lambda: seat.page.query_selector("[data-blinking=keeper]") is not None)
    seat.until(lambda: seat.page.query_selector("[data-blinking=other]") is not None)
    seat.page.keyboard.up("b")
    seat.until(lambda: seat.page.query_selector("[data-testid=difference][data-blinking='']") is not None)
    seat.press("Escape")
    seat.page.wait_for_selector("[data-testid=difference]", state="detached")
    assert seat.screen() == "duplicates"


def test_zoom_is_locked_over_all_images_and_prompt_and_seed_are_on_a_key(seat: Seat) -> None:
    seat.press("z")
    zooms = "es => es.map(e => e.dataset.zoom)"
    seat.until(lambda: set(seat.page.eval_on_selector_all(f"{CELL} .picture", zooms)) == {"actual"})
    seat.press("Escape", "1", "i")
    about = seat.page.wait_for_selector("[data-testid=info]")
    assert about is not None
    assert "a crowd" in about.inner_text()
    assert "4711" in about.inner_text()


def test_it_reopens_on_the_same_group_and_part(open_page: Open, seat: Seat, home: Path) -> None:
    seat.press("Tab", "Tab")
    seat.until(lambda: "b_stage3.png" in names(seat))
    place = group(seat)
    seat.until(lambda: seat.place()[:2] == ("duplicates", place))
    seat = open_page(home / "library")
    seat.page.wait_for_selector(CELL)
    assert (seat.screen(), group(seat)) == ("duplicates", place)
    seat.press("b")
    seat.page.wait_for_selector("[data-part=staged][aria-selected=true]")
    seat.until(lambda: seat.place()[1] == "view:staged")
    seat = open_page(home / "library")
    seat.page.wait_for_selector("[data-part=staged][aria-selected=true]")


def test_undo_from_another_screen_comes_back_to_the_group(seat: Seat) -> None:
    seat.press("Tab")
    seat.until(lambda: "a_stage3.png" in names(seat))
    first = group(seat)
    seat.press("n")
    seat.until(lambda: group(seat) != first)
    seat.until(lambda: ask(seat, "library.status")["undo"] != "")
    seat.press("Control+5", "u")
    seat.until(lambda: seat.screen() == "duplicates" and group(seat) == first)
    assert shown(seat, "mark")[0] == "stays"


def test_a_refused_acceptance_is_said_and_the_group_stays_open(seat: Seat) -> None:
    refusal = json.dumps({"error": {"code": "library", "message": "The disk is full.", "hint": "Make room."}})
    seat.page.evaluate(
        "refusal => { const ask = window.pywebview.api.call; window.pywebview.api.call = (name, body) =>"
        " name === 'dupes.accept' ? Promise.resolve(refusal) : ask(name, body); }",
        refusal,
    )
    first = group(seat)
    seat.press("Enter")
    seat.page.wait_for_selector("[data-toast=error] >> text=The disk is full.")
    seat.page.click("[data-toast=error] >> text=Go there")
    seat.until(lambda: group(seat) == first)
    assert shown(seat, "mark")[1] == "goes"


def test_the_keys_of_the_screen_are_listed_and_every_part_has_one(seat: Seat) -> None:
    seat.press("?")
    seat.page.wait_for_selector("[data-sheet=help] >> text=Keys on Duplicates")
    for part in ("Groups", "Difference", "Sets", "Staged"):
        assert seat.page.query_selector(f"[data-sheet=help] h3:text-is('{part}')") is not None
    seat.press("Escape", "t")
    seat.page.wait_for_selector("[data-testid=empty] >> text=Sets were not compared yet")
    seat.press("b")
    seat.page.wait_for_selector("[data-testid=empty] >> text=Nothing is set aside")
    seat.press("Enter", "g")
    seat.page.wait_for_selector(CELL)


@pytest.mark.parametrize(("width", "height"), [(1024, 700), (2560, 1440)])
def test_nothing_runs_over_at_small_and_large_windows(open_page: Open, home: Path, width: int, height: int) -> None:
    seat = search(begin(open_page(home / "library", width, height)))
    over = (
        "() => [...document.querySelectorAll('.copies-head, .copies-rule, .copies-group-head, .caption-line')]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className + ': ' + e.innerText)"
    )
    assert seat.page.evaluate(over) == []
    seat.press("Tab")
    seat.until(lambda: "a_stage3.png" in names(seat))
    assert seat.page.evaluate(over) == []
