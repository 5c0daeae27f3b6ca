"""How the Rank screen uses the window: nothing overlaps, pictures get the room, and zoom is one for all."""

from __future__ import annotations

import shutil
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.ui import ranking
from tests.ui.conftest import Seat
from tests.ui.ranking import CELL, begin, images

pytestmark = pytest.mark.page

BOXES = f"""() => {{
  const box = e => {{ const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; }};
  const clip = (e, within) => {{
    const [a, b] = [box(e), box(within)];
    return [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
  }};
  return {{
    deck: box(document.querySelector('.rank-deck')),
    side: box(document.querySelector('.rank-side')),
    cells: [...document.querySelectorAll('{CELL}')].map(e => ({{
      picture: clip(e.querySelector('.layer'), e.querySelector('.picture')),
      caption: box(e.querySelector('figcaption')),
      lines: [...e.querySelectorAll('.caption-line')].map(l => l.getBoundingClientRect().bottom),
    }})),
    wide: document.documentElement.scrollWidth, inner: window.innerWidth,
  }};
}}"""
KINDS = {
    "portrait": ((200, 300),),
    "landscape": ((300, 200),),
    "mixed": ((200, 300), (300, 200), (300, 100), (240, 240)),
}


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {shape: ranking.library(tmp_path_factory.mktemp(shape), 12, sizes) for shape, sizes in KINDS.items()}


@pytest.fixture
def place(libraries: dict[str, Path], shape: str, tmp_path: Path) -> Path:
    return shutil.copytree(libraries[shape], tmp_path / "library")


def overlap(a: list[float], b: list[float]) -> bool:
    return min(a[2], b[2]) - max(a[0], b[0]) > 0.5 and min(a[3], b[3]) - max(a[1], b[1]) > 0.5


def inside(a: list[float], b: list[float]) -> bool:
    return a[0] >= b[0] - 0.5 and a[1] >= b[1] - 0.5 and a[2] <= b[2] + 0.5 and a[3] <= b[3] + 0.5


def look(seat: Seat) -> dict[str, Any]:
    seat.page.wait_for_timeout(250)
    return dict(seat.page.evaluate(BOXES))


@pytest.mark.parametrize("shape", KINDS)
@pytest.mark.parametrize("size", [(1024, 700), (1440, 900), (2560, 1440)])
def test_nothing_overlaps_or_is_cut_at_any_number(open_page: ranking.Open, place: Path, size: tuple[int, int]) -> None:
    seat = begin(open_page(place, *size), 2)
    for up in (2, 4, 6, 9):
        seat.until(lambda up=up: len(images(seat)) == up)
        ranking.seen(seat)
        seen = look(seat)
        assert len(seen["cells"]) == up
        assert seen["wide"] <= seen["inner"]
        assert not overlap(seen["deck"], seen["side"])
        parts = [[cell["picture"], cell["caption"]] for cell in seen["cells"]]
        for one, other in combinations(parts, 2):
            assert not any(overlap(a, b) for a in one for b in other)
        for cell in seen["cells"]:
            assert inside(cell["picture"], seen["deck"])
            assert inside(cell["caption"], seen["deck"])
            assert not overlap(cell["picture"], cell["caption"])
            assert all(bottom <= cell["caption"][3] + 0.5 for bottom in cell["lines"])
        seat.press("n")


def area(cells: list[dict[str, Any]]) -> float:
    return sum((c["picture"][2] - c["picture"][0]) * (c["picture"][3] - c["picture"][1]) for c in cells)


@pytest.mark.parametrize(("shape", "up"), [("portrait", 4), ("landscape", 4), ("portrait", 9), ("landscape", 6)])
def test_no_even_grid_would_show_more_picture(open_page: ranking.Open, place: Path, shape: str, up: int) -> None:
    seat = begin(open_page(place), up)
    seen = look(seat)
    width, height = seen["deck"][2] - seen["deck"][0], seen["deck"][3] - seen["deck"][1]
    caption = seen["cells"][0]["caption"][3] - seen["cells"][0]["caption"][1]
    wide, high = KINDS[shape][0]
    grids = []
    for columns in range(1, up + 1):
        rows = -(-up // columns)
        w, h = (width - 4 * (columns - 1)) / columns, (height - 4 * (rows - 1)) / rows - caption
        scale = max(0.0, min(w / wide, h / high))
        grids.append(up * wide * high * scale**2)
    assert area(seen["cells"]) >= max(grids) * 0.98


def test_a_wide_and_a_tall_image_get_the_same_share_of_the_eye(open_page: ranking.Open, tmp_path: Path) -> None:
    ranking.gallery(tmp_path / "pictures", 2, ((200, 300), (300, 200)))
    seat = begin(open_page(tmp_path / "pictures"), 2)
    cells = look(seat)["cells"]
    one, other = area(cells[:1]), area(cells[1:])
    assert max(one, other) < 1.6 * min(one, other)


@pytest.mark.parametrize("shape", ["portrait"])
def test_zoom_and_pan_are_locked_across_the_images(open_page: ranking.Open, place: Path) -> None:
    seat = begin(open_page(place), 4)
    layers = f"{CELL} .picture img.layer, {CELL} .picture canvas.layer"
    seen = "es => es.filter(e => e.style.visibility !== 'hidden').map(e => e.style.transform)"
    seat.press("z")
    seat.until(lambda: seat.page.eval_on_selector(f"{CELL} .picture", "e => e.dataset.zoom") == "actual")
    seat.press("Escape")
    picture = seat.page.locator(f"{CELL} .picture").nth(1).bounding_box()
    assert picture is not None
    seat.page.mouse.move(picture["x"] + picture["width"] * 0.3, picture["y"] + picture["height"] * 0.3)
    seat.page.mouse.wheel(0, -600)
    seat.until(lambda: seat.page.eval_on_selector(f"{CELL} .picture", "e => e.dataset.zoom") == "free")
    seat.until(lambda: len(set(seat.page.eval_on_selector_all(layers, seen))) == 1)
    before = seat.page.eval_on_selector_all(layers, seen)
    seat.page.mouse.down()
    seat.page.mouse.move(
        picture["x"] + picture["width"] * 0.3 + 60, picture["y"] + picture["height"] * 0.3 + 30, steps=4
    )
    seat.page.mouse.up()
    after = seat.page.eval_on_selector_all(layers, seen)
    assert len(set(after)) == 1
    assert before[0] != after[0]
    match = ranking.section(seat, "match")
    seat.press("1")
    ranking.seen(seat, match)
    assert seat.page.eval_on_selector(f"{CELL} .picture", "e => e.dataset.zoom") == "fit", "a new match begins at fit"


@pytest.mark.parametrize("shape", ["mixed"])
def test_words_have_contrast_enough_on_every_background(open_page: ranking.Open, place: Path) -> None:
    seat = begin(open_page(place), 4)
    ranking.play(seat, "1")
    for theme in ("dark", "mid", "light"):
        seat.page.evaluate("theme => void (document.documentElement.dataset.theme = theme)", theme)
        worst = seat.page.evaluate(CONTRAST)
        assert worst[0] >= 4.5, (theme, worst)


CONTRAST = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const linear = v => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = c => { const [r, g, b] = c.map(v => linear(v / 255)); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c.slice(0, 3); } return [0, 0, 0]; };
  let worst = [99, ''];
  for (const e of document.querySelectorAll('.rank *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || e.closest('[inert]') || e.closest(':disabled') || !e.getClientRects().length) continue;
    const style = getComputedStyle(e);
    const ink = parse(e instanceof SVGElement ? style.fill : style.color).slice(0, 3);
    const [a, b] = [light(ink), light(behind(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst[0]) worst = [ratio, e.outerHTML.slice(0, 200)];
  }
  return worst;
}"""
