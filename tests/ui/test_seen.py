"""What was seen is drawn over the images when V asks for it, and says what to do where nothing was looked at."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.library.store import Library
from tests import scene
from tests.seen import SENTENCE, keep_look
from tests.ui.conftest import Seat

pytestmark = pytest.mark.page
SHOWN = "[data-shown=true] .cell"
WITHIN = """([inner, outer]) => {
    const [a, b] = [inner, outer].map(s => document.querySelector(s).getBoundingClientRect());
    return [(a.left - b.left) / b.width, (a.right - b.left) / b.width, (a.top - b.top) / b.height];
}"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A group of three in doubt, the first of them looked at."""
    place = tmp_path_factory.mktemp("seen")
    scene.doubtful(place / "pictures", 1)
    root = scene.culled(place / "pictures", place / "library")
    opened = Library(root)
    keep_look(opened, 1)
    opened.close()
    return root


@pytest.fixture
def culling(open_page: Callable[..., Seat], library: Path, tmp_path: Path) -> Seat:
    seat = open_page(shutil.copytree(library, tmp_path / "library"))
    seat.settled()
    seat.press("Control+2")
    seat.page.wait_for_selector(f"{SHOWN}[data-image]")
    return seat


def states(seat: Seat) -> list[str]:
    """Of the images shown, by their number in the library."""
    found = seat.page.eval_on_selector_all(
        f"{SHOWN}[data-image]", "es => es.map(e => [Number(e.dataset.image), e.querySelector('.seen')?.dataset.seen])"
    )
    return [state for _, state in sorted(found)]


def words(seat: Seat, image: int) -> str:
    return str(seat.page.eval_on_selector(f"{SHOWN}[data-image='{image}'] .seen-words", "e => e.textContent"))


def test_v_draws_what_was_seen_and_takes_it_away(culling: Seat) -> None:
    assert states(culling) == [None] * 3
    culling.press("v")
    culling.until(lambda: states(culling) == ["looked", "unlooked", "unlooked"])
    kinds = culling.page.eval_on_selector_all(
        f"{SHOWN}[data-image='1'] .seen > svg > g > g", "es => es.map(e => e.getAttribute('class'))"
    )
    assert kinds == ["seen-pose", "seen-face", "seen-hand", "seen-unsure", "seen-doubt"]
    assert culling.page.locator("[data-testid=seen-legend]").count() == 1
    culling.press("v")
    culling.until(lambda: states(culling) == [None] * 3)


def test_a_doubt_is_drawn_where_it_is_and_its_sentence_is_read(culling: Seat) -> None:
    culling.page.locator(f"{SHOWN}[data-image='2']").click()
    culling.press("v")
    culling.until(lambda: words(culling, 1) == "1 looks wrong · 1 not judged")  # sentences would hide the others
    culling.page.locator(f"{SHOWN}[data-image='1']").click()
    culling.until(lambda: SENTENCE in words(culling, 1))
    assert "forearm" not in words(culling, 1)  # too weak for a doubt
    assert "Not judged: The hand is closed." in words(culling, 1)
    picture = f"{SHOWN}[data-image='1'] canvas.layer"
    culling.page.wait_for_selector(picture)
    path = f"{SHOWN}[data-image='1'] .seen-doubt path:not(.under)"
    left, right, top = culling.page.evaluate(WITHIN, [path, picture])
    assert (left, right, top) == pytest.approx((40 / 320, 130 / 320, 100 / 240), abs=0.02)


def test_an_image_that_was_not_looked_at_says_what_to_do(culling: Seat) -> None:
    culling.press("v")
    culling.until(lambda: "Not looked at yet" in words(culling, 2))
    assert "Look for what is wrong" in words(culling, 2)


def test_the_overlay_moves_with_the_picture_and_stays_on_from_screen_to_screen(culling: Seat) -> None:
    culling.press("v")
    culling.until(lambda: "looked" in states(culling))
    path = f"{SHOWN}[data-image='1'] .seen-doubt path:not(.under)"
    before = culling.page.locator(path).bounding_box()
    culling.press("+", "+")
    culling.until(
        lambda: (now := culling.page.locator(path).bounding_box()) and before and now["width"] > before["width"] * 1.4
    )
    culling.press("Control+1", "Control+2")
    culling.until(lambda: "looked" in states(culling))


def test_the_keys_are_told_and_the_library_offers_to_look(culling: Seat) -> None:
    culling.press("?")
    assert culling.page.locator("[data-help='seen.toggle']").count() == 1
    culling.press("Escape", "Control+1")
    culling.page.wait_for_selector("text=Look for what is wrong")
