"""The Cropped badge stands on every picture that has a crop mark, on every screen, and on no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import scene
from tests.ui.conftest import Seat
from tests.ui.ranked import compare

pytestmark = pytest.mark.page

BADGES = """es => es.filter(e => e.querySelector('.cropped')).map(e => Number(e.dataset.image))"""
SEEN = """es => es.every(e => { const r = e.getBoundingClientRect(); const over =
    document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2); return r.width > 0 && e.contains(over); })"""


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A group in doubt and two that are settled; every other image has a crop mark."""
    scene.doubtful(tmp_path / "pictures", 1)
    scene.staged(tmp_path / "pictures", 2)
    for image in sorted((tmp_path / "pictures").glob("*.png"))[1::2]:
        image.with_suffix(".cropped").touch()
    scene.culled(tmp_path / "pictures", tmp_path / "library")
    return tmp_path / "library"


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("Control+2", "[data-shown=true] .cell[data-image]"),
        ("Control+3", ".tile[data-image]"),
        ("Control+4", ".rank-cell[data-image][data-shown=true]"),
        ("Control+5", ".ranking[data-image]"),
    ],
)
def test_every_screen_shows_the_badge(open_page: Callable[..., Seat], library: Path, key: str, shown: str) -> None:
    seat = open_page(library)
    seat.settled()
    with seat.engine.need().db.read() as connection:
        marked = {image for (image,) in connection.execute("SELECT id FROM images WHERE cropped")}
    assert len(marked) == 4
    first, second, *_ = sorted(marked)
    compare(seat.engine, (first, second))  # the rankings show nothing before the first pick
    seat.press(key)
    seat.page.wait_for_selector(shown)
    seat.until(lambda: seat.page.eval_on_selector_all(shown, "es => es.length") > 1)
    here = set(seat.page.eval_on_selector_all(shown, "es => es.map(e => Number(e.dataset.image))"))
    assert set(seat.page.eval_on_selector_all(shown, BADGES)) == here & marked
    assert seat.page.eval_on_selector_all(f"{shown} .cropped", SEEN)
