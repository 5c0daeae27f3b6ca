"""Looking at what was decided at once: with what it was kept over, closely, said once, and nothing moves unasked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.library.store import Library
from tests.engine.learning import taught
from tests.ui import insights
from tests.ui.conftest import Seat
from tests.ui.insights import focused, painted, reviewing, shown, tiles, told, twice
from tests.ui.ranking import journal

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
FAMILIES = 8
OTHERS = "[data-image='{}'] .review-other"
LIGHT = """
e => {
  const light = (rgb) => rgb.match(/[0-9.]+/g).slice(0, 3).map(Number).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const [ink, stage] = [light(getComputedStyle(e).color), light(getComputedStyle(document.body).backgroundColor)];
  return (Math.max(ink, stage) + 0.05) / (Math.min(ink, stage) + 0.05);
}
"""
LATER = """() => {
  const real = window.pywebview.api.call;
  window.asked = 0;
  window.pywebview.api.call = async (name, body) => {
    const wait = name === "learn.review" ? 300 * ++window.asked : 0;
    const answer = await real(name, body);
    await new Promise((done) => setTimeout(done, wait));
    return answer;
  };
}"""  # each answer comes later than the one before


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return insights.library(tmp_path_factory.mktemp("review"), FAMILIES)


@pytest.fixture
def seat(open_page: Open, made: Path, tmp_path: Path) -> Seat:
    return reviewing(insights.here(open_page(insights.dressed(insights.copied(made, tmp_path)), 1440, 900)))


@pytest.fixture
def small(open_page: Open, made: Path, tmp_path: Path) -> Seat:
    """Six of the eight have room."""
    return reviewing(insights.here(open_page(insights.dressed(insights.copied(made, tmp_path)), 1024, 700)))


def kinds(seat: Seat) -> list[str]:
    return [line["kind"] for line in journal(seat)]


def test_what_an_image_was_kept_over_is_small_beside_it_and_large_when_looked_at_closely(seat: Seat) -> None:
    first, second, *_ = tiles(seat)
    seat.until(lambda: seat.page.locator(OTHERS.format(first)).count() == 2)
    seat.press("ArrowRight", "z")
    seat.page.wait_for_selector(f"[data-close='{second}']")
    seat.until(lambda: seat.page.locator(".review-close .cell").count() == 3)
    images = seat.page.eval_on_selector_all(".review-close .cell", "all => all.map((e) => Number(e.dataset.image))")
    assert images[0] == second
    seat.press("z")
    modes = "all => all.map((e) => e.dataset.zoom)"
    seat.until(lambda: seat.page.eval_on_selector_all(".review-close .picture", modes) == ["actual"] * 3)
    twice(seat, "y")  # the next one was not seen yet
    seat.until(lambda: seat.page.locator(f"[data-close='{second}']").count() == 0)
    assert seat.page.locator(".review-close").count() == 1
    seat.press("Escape")
    shown(seat)
    assert (len(tiles(seat)), second in tiles(seat)) == (FAMILIES - 1, False)


def test_nearly_sure_is_not_said_to_be_all(open_page: Open, made: Path, tmp_path: Path) -> None:
    root = insights.dressed(insights.copied(made, tmp_path), sure=0.9996)
    seat = reviewing(insights.here(open_page(root)))
    said = seat.page.inner_text(".review-tile:first-child figcaption")
    assert "kept, 99.9\u00a0% sure" in said


def test_a_crop_is_shown_by_what_it_leaves_out(open_page: Open, made: Path, tmp_path: Path) -> None:
    root = insights.copied(made, tmp_path)
    with Library(root) as library:
        taught.batch(library, "b", crops=[3])
    seat = insights.here(open_page(root))
    seat.press("r")
    shown(seat)
    assert seat.page.locator("[data-kind=crop] .review-edge").count() == 1
    assert seat.page.locator(".review-other").count() == 0
    seat.press("z")
    wide = "e => e.getBoundingClientRect().width"
    seat.page.wait_for_selector(".review-over .review-edge")
    before = seat.page.eval_on_selector(".review-over .review-edge", wide)
    seat.press("+")
    seat.until(lambda: seat.page.eval_on_selector(".review-over .review-edge", wide) > 1.1 * before)


def test_focus_and_page_stay_with_their_images_when_the_order_is_another(seat: Seat) -> None:
    seat.press("ArrowRight", "ArrowRight")
    page, on = tiles(seat), focused(seat)
    assert on == page[2]
    doubt = "INSERT INTO checks VALUES (?, 'extra_fingers', 1, '2026-02-01T00:00:00Z')"
    seat.engine.need().write(lambda c: c.execute(doubt, (page[-1],)))
    seat.page.evaluate("window.pickwise.receive([{ type: 'stale', screens: ['insight'] }])")
    seat.until(lambda: seat.page.inner_text(f".review-tile[data-image='{page[-1]}']").count("You said") == 1)
    assert (tiles(seat), focused(seat)) == (page, on)
    seat.press("y")
    seat.until(lambda: on not in tiles(seat))
    assert (tiles(seat), focused(seat)) == ([i for i in page if i != on], page[3])


def test_two_presses_in_one_moment_never_say_of_one_image_twice(seat: Seat) -> None:
    page = tiles(seat)
    twice(seat, "y")
    seat.until(lambda: len(tiles(seat)) == FAMILIES - 2)
    twice(seat, "x")
    seat.until(lambda: len(tiles(seat)) == FAMILIES - 4)
    twice(seat, "Enter")
    seat.page.wait_for_selector("[data-testid=reviewed]")
    seat.page.wait_for_selector(".saved[data-saved=true]")
    assert kinds(seat) == ["promote", "reviewed", "reviewed", "reopen", "reopen", "reviewed"]
    lines = [line["images"] for line in journal(seat) if line["kind"] == "reviewed"]
    assert [len(images) for images in lines] == [1, 1, FAMILIES - 4]
    assert len({image for images in lines for image in images}) == FAMILIES - 2
    assert len({line["set_id"] for line in journal(seat) if line["kind"] == "reopen"}) == 2
    assert len(page) == FAMILIES


def test_a_page_is_said_to_be_right_only_once_it_was_seen(small: Seat) -> None:
    first = tiles(small)
    assert len(first) == 6
    twice(small, "Enter")
    small.until(lambda: len(tiles(small)) == 2)
    shown(small)
    small.page.wait_for_selector(".saved[data-saved=true]")
    assert [len(line["images"]) for line in journal(small) if line["kind"] == "reviewed"] == [6]
    assert not set(first) & set(tiles(small))


def test_what_was_said_just_before_the_review_was_left_does_not_wait_any_more(seat: Seat) -> None:
    said = tiles(seat)[:2]
    with seat.held("learn.reviewed"):
        seat.press("y", "y")  # the second waits for the first to be saved
        seat.until(lambda: seat.page.evaluate("window.__held") == 1)
        seat.press("Escape")
        seat.page.wait_for_selector(".gate")
        assert f"{FAMILIES - 2} images" in seat.page.inner_text("[data-testid=waiting]"), "at once"
        seat.page.wait_for_timeout(200)
    seat.page.wait_for_timeout(300)
    assert f"{FAMILIES - 2} images" in seat.page.inner_text("[data-testid=waiting]")
    seat.press("r")
    shown(seat)
    assert not set(said) & set(tiles(seat))


def test_a_review_that_is_opened_again_at_once_shows_nothing_that_was_said(seat: Seat) -> None:
    said = tiles(seat)[:2]
    with seat.held("learn.reviewed"):
        seat.press("y", "y")
        seat.until(lambda: seat.page.evaluate("window.__held") == 1)
        seat.press("Escape", "r")
        seat.page.wait_for_timeout(300)
        assert not set(said) & set(tiles(seat))
    shown(seat)
    assert len(tiles(seat)) == FAMILIES - 2
    assert not set(said) & set(tiles(seat))


def test_undo_stays_in_the_review_though_what_waits_is_asked_for_again_meanwhile(seat: Seat) -> None:
    page = tiles(seat)
    seat.press("Enter")
    seat.page.wait_for_selector("[data-testid=reviewed]")
    seat.page.wait_for_selector(".saved[data-saved=true]")
    seat.page.evaluate(LATER)
    seat.press("u")
    seat.until(lambda: seat.page.evaluate("window.asked") >= 1)
    seat.page.evaluate("window.pickwise.receive([{ type: 'stale', screens: ['insight'] }])")
    seat.until(lambda: tiles(seat) == page or seat.page.locator(".gate").count() > 0)
    assert tiles(seat) == page


def test_undo_stays_in_the_review_and_brings_the_image_back_to_its_place(seat: Seat) -> None:
    page = tiles(seat)
    seat.press("ArrowRight", "x")
    seat.until(lambda: len(tiles(seat)) == FAMILIES - 1)
    seat.until(lambda: kinds(seat)[-1] == "reopen")
    seat.press("u")
    seat.until(lambda: (tiles(seat), focused(seat)) == (page, page[1]))
    assert seat.screen() == "insight"
    seat.press("y")
    seat.until(lambda: kinds(seat)[-1] == "reviewed")
    seat.press("Shift+ArrowLeft", "u")
    seat.until(lambda: (tiles(seat), focused(seat)) == (page, page[1]))
    seat.press("u")
    seat.page.wait_for_selector(".gate")
    assert seat.page.locator("[data-testid=review]").count() == 0
    assert kinds(seat).count("undo") == 3


def test_undo_brings_back_what_was_on_the_page_before(small: Seat) -> None:
    first = tiles(small)
    small.press("Enter")
    small.until(lambda: len(tiles(small)) == 2)
    small.until(lambda: kinds(small)[-1] == "reviewed")
    small.press("u")
    small.until(lambda: tiles(small) == first)


def test_keys_say_that_nothing_waits_and_enter_leaves(seat: Seat) -> None:
    seat.press("Enter")
    seat.page.wait_for_selector("[data-testid=reviewed]")
    for key in ("y", "x", "z"):
        seat.press(key)
        seat.until(lambda: told(seat) == "Nothing waits for a look.")
    painted(seat)
    seat.press("Enter")
    seat.page.wait_for_selector(".gate")


def test_the_images_are_a_grid_with_rows_that_says_where_the_keys_are(small: Seat) -> None:
    grid = small.page.locator(".review-grid")
    assert grid.get_attribute("role") == "grid"
    assert small.page.evaluate("document.activeElement.className") == "review-grid"
    rows = small.page.eval_on_selector_all(
        ".review-grid > [role=row]", "all => all.map((row) => row.querySelectorAll(':scope > [role=gridcell]').length)"
    )
    assert rows == [3, 3]
    small.press("ArrowDown")
    small.until(lambda: focused(small) == tiles(small)[3])
    active = small.page.eval_on_selector(f"#{grid.get_attribute('aria-activedescendant')}", "e => e.dataset.image")
    assert int(active) == focused(small)


@pytest.mark.parametrize("theme", ["dark", "mid", "light"])
def test_the_words_of_an_empty_review_can_be_read_in_every_theme(
    open_page: Open, made: Path, tmp_path: Path, theme: str
) -> None:
    root = insights.dressed(insights.copied(made, tmp_path))
    with Library(root) as library:
        library.change_setting("window.theme", theme)
    seat = reviewing(insights.here(open_page(root)))
    seat.press("Enter")
    seat.page.wait_for_selector("[data-testid=reviewed]")
    assert seat.page.eval_on_selector(".empty .dim", LIGHT) >= 4.5
