"""The Rankings screen by keys and mouse, on the real engine: order, filters, large view, staying in place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import draw
from tests.ui import ranked
from tests.ui.conftest import Seat
from tests.ui.ranked import ask, cursor, ids, ladder, loaded, page, seen

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
COUNT = 30


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty images in two folders, twenty of them compared: the highest id is the best."""
    place = tmp_path_factory.mktemp("rankings")
    ranked.pictures(place / "pictures" / "first", 15)
    ranked.pictures(place / "pictures" / "second", 15, 15)
    return ranked.culled(place / "pictures", place / "library", 5, slice(None, 9, -1))


@pytest.fixture
def seat(open_page: Open, library: Path, tmp_path: Path) -> Seat:
    """The page on a copy of it."""
    seat = open_page(shutil.copytree(library, tmp_path / "library"))
    seat.settled()
    ranked.fitted(seat)
    ranked.here(seat)
    loaded(seat)
    return seat


def order(seat: Seat, **query: object) -> list[int]:
    return [r["id"] for r in page(seat.engine, **query)]


def read_again(seat: Seat) -> None:
    seat.page.evaluate("window.pickwise.receive([{ type: 'stale', screens: ['rankings'] }])")


def test_rows_stand_in_the_order_of_the_picks_with_a_line_after_the_top(seat: Seat) -> None:
    rows = order(seat)
    assert rows[0] == max(rows)
    assert ids(seat) == rows[: len(seen(seat))]
    assert seat.page.inner_text("[data-testid=rows]") == f"{COUNT} images"
    assert "of the true top 5" in seat.page.inner_text("[data-testid=standing]")
    cut = seat.page.eval_on_selector_all("[data-testid=cut]", "es => es.map(e => e.closest('.ranking').dataset.image)")
    assert cut == [str(rows[4])]


def test_every_column_sorts_by_click_and_by_key_and_says_so(seat: Seat) -> None:
    columns = seat.page.eval_on_selector_all("[data-column]", "es => es.map(e => e.dataset.column)")
    assert len(columns) == 10
    for name in columns[1:]:
        head = seat.page.locator(f"[data-column={name}]")
        for press in range(2):
            head.locator("button").click()
            loaded(seat)
            way = head.get_attribute("aria-sort")
            assert (way == "descending") == ((name != "filename") == (press == 0))
            assert ids(seat)[0] == order(seat, sort=name, descending=way == "descending")[0]
        assert seat.page.locator("[aria-sort=ascending], [aria-sort=descending]").count() == 1
    for _ in range(30):
        seat.press("s")
        loaded(seat)
        if seat.page.locator("[data-column=rank]").get_attribute("aria-sort") == "ascending":
            break
    assert ids(seat)[0] == order(seat)[0]
    seat.press("d")
    loaded(seat)
    assert ids(seat)[0] == order(seat)[-1]


def test_filters_narrow_the_table_and_escape_shows_all_again(seat: Seat) -> None:
    some = page(seat.engine, text="p01")
    seat.press("/")
    seat.page.keyboard.type("p01")
    seat.until(lambda: len(seen(seat)) == len(some) == 10)
    seat.press("Escape")
    seat.until(lambda: seat.page.inner_text("[data-testid=rows]") == f"{COUNT} images")
    seat.press("Escape")
    seat.page.select_option("[data-filter=folder]", index=2)
    seat.until(lambda: seat.page.inner_text("[data-testid=rows]") == "15 images shown")
    assert {"second" in row["text"] for row in seen(seat)} == {True}
    seat.page.eval_on_selector("[data-filter=folder]", "e => e.blur()")
    seat.press("Escape")
    seat.until(lambda: seat.page.inner_text("[data-testid=rows]") == f"{COUNT} images")
    seat.press("v")
    seat.until(lambda: seat.page.inner_text("[data-testid=rows]") == "5 images shown")
    assert ids(seat) == order(seat)[:5]
    assert seat.screen() == "rankings"


def test_a_filter_that_nothing_passes_says_how_to_go_on(seat: Seat) -> None:
    seat.press("/")
    seat.page.keyboard.type("no such name")
    seat.page.wait_for_selector("[data-testid=empty] >> text=No image passes the filter")
    seat.press("Enter", "Escape")
    seat.until(lambda: len(seen(seat)) > 0)


def test_keys_move_through_the_rows(seat: Seat) -> None:
    rows = order(seat)
    assert cursor(seat)["image"] == rows[0]
    seat.press("ArrowDown", "ArrowDown", "ArrowUp")
    seat.until(lambda: cursor(seat)["image"] == rows[1])
    seat.press("End")
    seat.until(lambda: cursor(seat)["image"] == rows[-1])
    seat.press("PageUp")
    seat.until(lambda: 0 < cursor(seat)["index"] < COUNT - 1)
    seat.press("Home")
    seat.until(lambda: cursor(seat)["image"] == rows[0])
    seat.press("t")
    seat.until(lambda: cursor(seat)["image"] == rows[4])
    seat.press("g")
    seat.until(lambda: seat.screen() == "rank")


def test_an_image_opens_large_and_arrows_go_on_there(seat: Seat) -> None:
    rows = order(seat)
    seat.press("Enter")
    seat.page.wait_for_selector(f"[data-testid=large][data-image='{rows[0]}'] img")
    seat.press("ArrowDown", "ArrowRight")
    seat.page.wait_for_selector(f"[data-testid=large][data-image='{rows[2]}'] img")
    seat.press("z")
    seat.page.wait_for_selector("[data-testid=large] [data-zoom=actual]")
    seat.press("Escape")
    seat.page.wait_for_selector("[data-testid=large]", state="detached")
    assert cursor(seat)["image"] == rows[2]
    seat.page.locator(f".ranking[data-image='{rows[1]}']").dblclick()
    seat.page.wait_for_selector(f"[data-testid=large][data-image='{rows[1]}']")


def test_a_flag_is_kept_and_undone_in_place(seat: Seat) -> None:
    rows = order(seat)
    flagged = lambda: order(seat, only="flagged")  # noqa: E731
    seat.press("ArrowDown", "f")
    seat.until(lambda: flagged() == [rows[1]])
    seat.page.wait_for_selector(f".ranking[data-image='{rows[1]}'] [aria-label=Flagged]")
    seat.press("u")
    seat.until(lambda: flagged() == [])
    seat.page.wait_for_selector(".ranking [aria-label=Flagged]", state="detached")
    assert (seat.screen(), cursor(seat)["image"]) == ("rankings", rows[1])


def test_a_flag_is_seen_although_the_table_was_being_read_when_it_was_set(seat: Seat) -> None:
    rows = order(seat)
    with seat.held("rankings.page"):
        read_again(seat)
        seat.until(lambda: seat.page.evaluate("window.__held") == 1)
        seat.press("f")
        seat.until(lambda: order(seat, only="flagged") == [rows[0]])
        seat.page.wait_for_timeout(100)
    loaded(seat)
    assert seat.page.locator(f".ranking[data-image='{rows[0]}'] [aria-label=Flagged]").count() == 1


def test_a_flag_stays_in_sight_while_the_engine_hears_of_it_whatever_is_read(seat: Seat) -> None:
    rows = order(seat)
    with seat.held("rankings.page"):
        read_again(seat)
        seat.until(lambda: seat.page.evaluate("window.__held") == 1)
        seat.page.evaluate(
            "() => { const ask = window.pywebview.api.call; window.pywebview.api.call = async (name, body) =>"
            " { const answer = await ask(name, body);"
            " if (name === 'cull.flag') await new Promise(go => { window.told = go; }); return answer; }; }"
        )
        seat.press("f")
        seat.until(lambda: seat.page.evaluate("'told' in window"))
    loaded(seat)
    assert seat.page.locator(f".ranking[data-image='{rows[0]}'] [aria-label=Flagged]").count() == 1
    seat.page.evaluate("() => window.told()")
    seat.press("f")
    seat.until(lambda: order(seat, only="flagged") == [])
    seat.page.wait_for_selector(".ranking [aria-label=Flagged]", state="detached")


def test_who_goes_down_while_the_table_is_read_for_the_top_is_not_put_back(seat: Seat) -> None:
    with seat.held("rankings.page"):
        read_again(seat)  # who stands on the top stays on it
        seat.until(lambda: seat.page.evaluate("window.__held") == 1)
        seat.press(*["ArrowDown"] * 20)
        seat.until(lambda: cursor(seat)["index"] == 20)
    seat.page.wait_for_timeout(200)
    assert cursor(seat)["index"] == 20


def test_another_order_is_met_from_the_top_although_the_table_is_read_again_meanwhile(seat: Seat) -> None:
    seat.press(*["ArrowDown"] * 20)
    seat.until(lambda: cursor(seat)["index"] == 20)
    with seat.held("rankings.page", 2):
        seat.press("d")
        read_again(seat)
    loaded(seat)
    assert (cursor(seat)["index"], cursor(seat)["image"]) == (0, order(seat)[-1])


def test_who_goes_on_while_a_jump_is_looked_for_does_not_jump(seat: Seat) -> None:
    with seat.held("rankings.page"):
        seat.press("h", "Home")  # to the weakest
        seat.until(lambda: seat.page.evaluate("window.__held") == 1)
        seat.press("Escape", "ArrowDown")
        seat.until(lambda: cursor(seat)["index"] == 1)
    seat.page.wait_for_timeout(500)
    assert cursor(seat)["index"] == 1


def test_new_picks_leave_the_same_row_under_the_cursor_where_it_was(seat: Seat) -> None:
    seat.press(*["ArrowDown"] * 20)
    seat.until(lambda: cursor(seat)["index"] == 20)
    seat.page.evaluate("document.querySelector('.table').scrollTop += 60")
    seat.page.wait_for_timeout(100)
    before, rows = cursor(seat), order(seat)
    for number in range(6):  # two from far below rise past the cursor's row
        ranked.compare(seat.engine, (rows[-1 - number % 2], *rows[18 + number : 20 + number]))
    seat.page.wait_for_selector("[data-testid=standing] >> text=25 picks")
    ranked.fitted(seat)
    place = order(seat).index(before["image"])
    assert place != before["index"]
    seat.until(lambda: cursor(seat)["index"] == place)
    after = cursor(seat)
    assert after["image"] == before["image"]
    assert after["top"] == pytest.approx(before["top"], abs=1)


def test_picks_made_on_another_screen_are_met_from_the_top(seat: Seat) -> None:
    best, rows = cursor(seat), order(seat)
    assert best["index"] == 0
    seat.press("ArrowDown", "ArrowUp")
    seat.until(lambda: cursor(seat)["index"] == 0)
    seat.press("Control+1")
    for _ in range(6):
        ranked.compare(seat.engine, (rows[-1], *rows[:8]))
    ranked.fitted(seat)
    seat.press("Control+5")
    loaded(seat)
    seat.until(lambda: cursor(seat)["image"] == order(seat)[0])
    assert cursor(seat)["index"] == 0
    assert cursor(seat)["image"] != best["image"]


def test_the_place_is_found_again_after_a_restart(seat: Seat, open_page: Open, tmp_path: Path) -> None:
    seat.press(*["ArrowDown"] * 12)
    seat.until(lambda: cursor(seat)["index"] == 12)
    was = cursor(seat)["image"]
    assert seat.engine.library is not None
    fact = seat.engine.library.fact
    seat.until(lambda: json.loads(fact("place") or "{}").get("imageId") == was)
    seat = open_page(tmp_path / "library")
    seat.page.wait_for_selector(f"[data-screen=rankings] {ranked.ROW}")
    seat.until(lambda: cursor(seat)["image"] == was)


def test_the_histogram_jumps_by_click_and_by_key(seat: Seat) -> None:
    facets = ask(seat.engine, "rankings.facets")["histogram"]
    edges, counts = facets["edges"], facets["counts"]
    strength = {r["id"]: r["strength"] for r in page(seat.engine)}
    bars = [i for i, n in enumerate(counts) if n]
    plot = seat.page.locator("[data-testid=histogram]")
    box = plot.bounding_box()
    assert box is not None
    wanted = bars[len(bars) // 2]
    middle = ((edges[wanted] + edges[wanted + 1]) / 2 - edges[0]) / (edges[-1] - edges[0])
    plot.click(position={"x": box["width"] * middle, "y": box["height"] / 2})
    seat.until(lambda: edges[wanted] <= strength[cursor(seat)["image"]] < edges[wanted + 1])
    seat.press("h", "End")
    seat.until(lambda: cursor(seat)["index"] == 0)
    seat.press("ArrowLeft")
    lower = bars[-2]
    seat.until(lambda: edges[lower] <= strength[cursor(seat)["image"]] < edges[lower + 1])
    seat.press("Escape", "Home")
    seat.until(lambda: cursor(seat)["index"] == 0)


def test_before_any_pick_the_next_step_is_said(open_page: Open, tmp_path: Path) -> None:
    ranked.pictures(tmp_path / "pictures", 3)
    seat = open_page(tmp_path / "pictures")
    seat.settled()
    seat.press("Control+5")
    seat.page.wait_for_selector("[data-testid=empty] >> text=Nothing was compared yet")
    button = seat.page.locator("[data-command='screen.rank']")
    assert button.locator("kbd").count() == 1
    button.click()
    seat.until(lambda: seat.screen() == "rank")


def test_names_are_text_and_missing_files_say_so(open_page: Open, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    names = ["<img src=x onerror=alert(1)>.png", "a\u202egnp.exe.png", "a\nb.png", "=cmd|'calc'!A0.png"]
    for i, name in enumerate(names):
        draw.save(draw.natural(300 + i, 120, 160), folder / name)
    seat = open_page(folder)
    seat.settled()
    everything = sorted(r["id"] for r in page(seat.engine))
    ladder(seat.engine, everything)
    (folder / names[3]).unlink()
    ask(seat.engine, "cull.start")
    seat.settled()
    ranked.here(seat)
    seat.page.wait_for_selector("[title='The file is missing']")  # not as it was read before
    seat.until(lambda: len(seen(seat)) == 4)
    text = "\n".join(row["text"] for row in seen(seat))
    assert "<img src=x onerror=alert(1)>.png" in text.replace("\n", "")
    assert "\u202e" not in text
    assert "a␊b.png" in text.replace("\n", "")
    assert seat.page.locator("img[src='x']").count() == 0
    assert text.count("missing") == 1
