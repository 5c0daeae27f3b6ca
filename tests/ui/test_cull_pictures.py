"""How Cull shows pictures: scaled to the window ahead of time, whole when zoomed, a card where none opens."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests import draw, scene
from tests.again import Again
from tests.ui.conftest import Seat

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
SHOWN = "[data-shown=true]"
SEEN = "getComputedStyle(e).visibility === 'visible'"
SMALL = "e.tagName === 'CANVAS'"
AT_FIT = f"es => es.filter(e => {SEEN}).length >= 3 && es.filter(e => {SEEN}).every(e => {SMALL})"
WHOLE = f"es => es.filter(e => {SEEN}).length >= 3 && es.filter(e => {SEEN}).every(e => e.naturalWidth === 900)"


def large(place: Path) -> None:
    for family in range(6):
        base = draw.natural(2000 + family, 900, 1200)
        for i in range(3):
            draw.save(draw.variant(base, 7 * family + i, 1.0), place / "pictures" / f"big{family}_{'abc'[i]}.png")
    scene.culled(place / "pictures", place / "library")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Again:
    return Again(tmp_path_factory.mktemp("large"), large)


@pytest.fixture
def library(made: Again) -> Path:
    """A library of six families of three, each larger than the place it is shown at; beside it its `pictures`."""
    return made.put_back() / "library"


def start(seat: Seat) -> Seat:
    seat.settled()
    if seat.screen() == "library":  # else it was left on Cull
        seat.page.wait_for_selector("[data-testid=next] >> text=Start culling")
        seat.press("Enter")
    seat.page.wait_for_selector(f"{SHOWN} [data-image]")
    return seat


def layers(seat: Seat, script: str) -> Any:
    return seat.page.eval_on_selector_all(f"{SHOWN} .layer", script)


def shown(seat: Seat) -> list[dict[str, Any]]:
    answer = json.loads(seat.engine.call("cull.groups", json.dumps({"ids": [seat.group()]})))
    return list(answer["groups"][0]["members"])


def forgive(seat: Seat) -> None:
    """Leave the page, and with it the browser's own lines on files that are gone."""
    seat.page.goto("about:blank")
    seat.problems.clear()


def test_at_fit_a_picture_has_a_pixel_for_every_pixel_of_the_screen(open_page: Open, library: Path) -> None:
    seat = start(open_page(library))
    seat.until(lambda: layers(seat, AT_FIT))
    sizes = layers(
        seat,
        f"es => es.filter(e => {SEEN}).map(e => (b => [e.width, e.height, b.width * devicePixelRatio,"
        " b.height * devicePixelRatio, b.x * devicePixelRatio % 1])(e.getBoundingClientRect()))",
    )
    for width, height, seen_width, seen_height, off in sizes:
        assert (width, height, 0) == pytest.approx((seen_width, seen_height, off), abs=0.01)
        assert 100 < width < 900


def test_another_window_size_scales_them_anew(open_page: Open, library: Path) -> None:
    seat = start(open_page(library))
    seat.until(lambda: layers(seat, AT_FIT))
    before = layers(seat, "es => es.map(e => e.width)")
    seat.page.set_viewport_size({"width": 1100, "height": 720})
    seat.until(lambda: layers(seat, "es => es[0].width") < before[0])
    seat.until(
        lambda: layers(seat, f"es => es.every(e => !({SEEN}) || e.width === e.getBoundingClientRect().width)"), 5
    )


def test_zoom_shows_the_image_itself_and_fit_the_scaled_one(open_page: Open, library: Path) -> None:
    seat = start(open_page(library))
    seat.until(lambda: layers(seat, AT_FIT))
    seat.press("z")
    seat.until(lambda: layers(seat, WHOLE))
    seat.press("Escape")
    seat.until(lambda: layers(seat, AT_FIT))


def test_who_looks_longer_finds_the_image_decoded_before_the_first_zoom(open_page: Open, library: Path) -> None:
    seat = start(open_page(library))
    seat.until(lambda: layers(seat, "es => es.filter(e => e.naturalWidth === 900 && e.complete).length") == 3)
    assert layers(seat, AT_FIT)


def test_pictures_are_let_go_once_their_group_is_far(open_page: Open, library: Path) -> None:
    seat = open_page(library)
    seat.page.evaluate(
        "() => { window.made = []; const make = document.createElement.bind(document); document.createElement ="
        " (name, ...rest) => { const e = make(name, ...rest); if (name === 'canvas') window.made.push(e); return e; } }"
    )
    start(seat)
    seat.until(lambda: layers(seat, AT_FIT))
    for _ in range(5):
        before = seat.group()
        seat.press("1")
        seat.until(lambda before=before: seat.group() != before)
        seat.until(lambda: layers(seat, AT_FIT))
    made = seat.page.evaluate("() => window.made.length")
    assert made >= 18
    seat.until(lambda: seat.page.evaluate("() => window.made.filter(e => e.width > 0).length") <= 12)


def test_without_a_worker_and_without_bitmaps_the_images_are_still_shown(open_page: Open, library: Path) -> None:
    seat = open_page(library)
    seat.settled()
    for lost in ("delete window.Worker", "delete window.createImageBitmap"):
        seat.page.add_init_script(lost)
        seat.page.reload()
        start(seat)
        at_fit = AT_FIT if "Worker" in lost else WHOLE
        seat.until(lambda at_fit=at_fit: layers(seat, at_fit))
        before = seat.group()
        seat.press("1")
        seat.until(lambda before=before: seat.group() != before)
        seat.until(lambda at_fit=at_fit: layers(seat, at_fit))


def test_a_jpeg_stored_turned_is_shown_upright(open_page: Open, tmp_path: Path) -> None:
    place = tmp_path / "turned"
    place.mkdir()
    exif = Image.Exif()
    exif[274] = 6  # to be turned a quarter clockwise: what is stored left is shown on top
    base = draw.natural(31, 1200, 900) // 4
    base[:, :600, 0] += 190  # red on the left, blue on the right
    base[:, 600:, 2] += 190
    for i in range(3):
        Image.fromarray(draw.variant(base, i, 1.0)).save(place / f"turned_{'abc'[i]}.jpg", exif=exif)
    seat = start(open_page(place))
    seat.until(lambda: layers(seat, AT_FIT))
    top, bottom, wide = layers(
        seat,
        "es => { const e = es[0], c = document.createElement('canvas'); c.width = e.width; c.height = e.height;"
        " const x = c.getContext('2d'); x.drawImage(e, 0, 0); const at = y => [...x.getImageData(e.width / 2, y, 1, 1)"
        ".data]; return [at(e.height * 0.2), at(e.height * 0.8), e.width / e.height]; }",
    )
    assert wide == pytest.approx(0.75, abs=0.01)
    assert top[0] > 150 > 50 > top[2]
    assert bottom[2] > 150 > 50 > bottom[0]


def test_a_lost_file_shows_its_preview_and_says_so_and_a_card_where_that_is_lost_too(
    open_page: Open, library: Path
) -> None:
    seat = open_page(library)
    seat.settled()
    for path in (library.parent / "pictures").glob("*.png"):
        path.unlink()
    start(seat)
    seat.page.wait_for_selector(f"{SHOWN} .picture-note >> text=did not open")
    for path in (library / "thumbs").rglob("*.*"):
        path.unlink()
    seat.page.reload()
    start(seat)
    seat.until(lambda: seat.page.locator(f"{SHOWN} [data-card=unreadable]").count() == 3)
    assert "cannot be shown" in seat.page.locator(f"{SHOWN} [data-card]").first.inner_text()
    assert seat.page.locator(f"{SHOWN} .cell img").count() == 0
    forgive(seat)


def test_a_lost_preview_alone_is_not_noticed(open_page: Open, library: Path) -> None:
    seat = open_page(library)
    seat.settled()
    for path in (library / "thumbs").rglob("*.*"):
        path.unlink()
    start(seat)
    seat.until(lambda: layers(seat, AT_FIT))
    assert len(shown(seat)) == 3
    assert seat.page.locator(f"{SHOWN} [data-card]").count() == 0
    forgive(seat)


def test_every_press_that_was_painted_is_counted(open_page: Open, library: Path) -> None:
    seat = start(open_page(library))
    counted = lambda: seat.page.evaluate("() => window.pickwise.metrics")  # noqa: E731
    seat.until(lambda: len(counted()) == 1 and counted()[0]["all"] is not None)  # the key that led here
    for number in range(2, 6):
        seat.press("1")
        seat.until(lambda number=number: len(counted()) == number)
        seat.until(lambda: counted()[-1]["all"] is not None)
    assert all(0 < press["first"] <= press["all"] for press in counted())
