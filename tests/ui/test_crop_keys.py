"""Cropping by keys alone: thirty pictures, and the screen, the journal, the CSV and the library say the same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import cropped
from tests.ui import cropping
from tests.ui.conftest import Seat
from tests.ui.cropping import begin, box, candidates, decide, image, rows, section, seen, taken, told

pytestmark = pytest.mark.page
Open = Callable[..., Seat]


@pytest.fixture(scope="module")
def thirty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cropping.library(tmp_path_factory.mktemp("crop"), 30)


@pytest.fixture
def seat(open_page: Open, croppable: Path, tmp_path: Path) -> Seat:
    return begin(open_page(shutil.copytree(croppable, tmp_path / "library")))


def test_thirty_pictures_by_keys_are_in_all_places_as_they_were_drawn(
    open_page: Open, thirty: Path, tmp_path: Path
) -> None:
    seat = begin(open_page(shutil.copytree(thirty, tmp_path / "library")))
    drawn: dict[int, tuple[cropping.Box, str]] = {}
    ways = (["Enter"], ["ArrowLeft", "Enter"], ["2", "Enter"], ["w", "Enter"], ["-", "ArrowDown", "Enter"])
    while section(seat, "finished") != "true":
        keys = ways[len(drawn) % len(ways)]
        seat.press(*keys[:-1])
        shown = box(seat), section(seat, "choice")
        drawn[decide(seat, keys[-1])] = shown
    assert len(drawn) == 30
    lines = taken(seat, 30)
    sizes = {number: cropped.pixels_of(seat.engine.need(), number) for number in drawn}
    paths = {told(seat, number)["path"]: number for number in drawn}
    for line in lines:
        number = paths[line["winner"]]
        assert (cropping.box_of(line, sizes[number]), line["crop"]["choice"]) == drawn[number]
        assert line["needs_crop"] == (drawn[number][0] != (0, 0, *sizes[number]))
    log = {row["image"]: row for row in rows(seat, "crop_decisions")}
    for path, number in paths.items():
        kept, row = told(seat, number), log[path]
        assert (tuple(kept["box"]), kept["choice"]) == drawn[number]
        assert row["choice"] == drawn[number][1]
        nudged = json.loads(row["nudged_box"]) if row["nudged_box"] else None
        assert nudged == (list(drawn[number][0]) if row["choice"] == "nudged" else None)
    assert {choice for _, choice in drawn.values()} >= {"best", "nudged"}

    seat.press(*["u"] * 30)
    seat.until(lambda: cropped.table(seat.engine.need(), "crop_answers") == [])
    assert rows(seat, "crop_decisions") == []
    assert cropped.ask(seat.engine, "crop.queue")["waiting"] == 30


def test_nudges_are_exact(seat: Seat) -> None:
    width, height = cropped.pixels_of(seat.engine.need(), image(seat))
    seat.press("0", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-")
    x1, y1, x2, y2 = before = box(seat)
    assert 0 < x1 < x2 < width
    step = told(seat, image(seat))["step"]
    for key, dx, dy in (
        ("ArrowLeft", -1, 0), ("ArrowDown", 0, 1), ("Shift+ArrowRight", 10, 0), ("Shift+ArrowUp", 0, -10),
        ("Alt+ArrowRight", step[0], 0), ("Alt+ArrowDown", 0, step[1]),
    ):  # fmt: skip
        seat.press(key)
        moved = box(seat)
        wanted_x = min(max(before[0] + dx, 0), width - (x2 - x1))
        wanted_y = min(max(before[1] + dy, 0), height - (y2 - y1))
        assert moved == (wanted_x, wanted_y, wanted_x + x2 - x1, wanted_y + y2 - y1)
        before = moved
    for _ in range(60):
        seat.press("Shift+ArrowLeft")
    assert box(seat)[0] == 0, "never over the edge"
    seat.press("Backspace")
    assert box(seat) == candidates(seat, image(seat))[0]


def test_sizes_keep_the_ratio_and_end_at_the_picture(seat: Seat) -> None:
    for key in ("]", "-", "[", "[", "+", "-", "[", "[", "[", "]", "]", "]", "]", "]", "]", "]", "]", "]"):
        seat.press(key)
        x1, y1, x2, y2 = box(seat)
        width, height = cropped.pixels_of(seat.engine.need(), image(seat))
        assert abs((x2 - x1) * height / width - (y2 - y1)) < 1
        assert 0 <= x1 < x2 <= width
        assert 0 <= y1 < y2 <= height
    for _ in range(12):
        seat.press("]")
    assert box(seat) == (0, 0, *cropped.pixels_of(seat.engine.need(), image(seat)))


def test_undo_returns_to_the_image_with_its_box_and_redo_decides_it_again(seat: Seat) -> None:
    first = image(seat)
    seat.press("[", "ArrowLeft")
    drawn = box(seat)
    decide(seat, "Enter")
    decide(seat, "Enter")
    taken(seat, 2)
    seat.press("u", "u")
    seat.until(lambda: image(seat) == first and section(seat, "done") == "false")
    seen(seat)
    assert box(seat) == drawn
    assert told(seat, first)["choice"] is None
    seat.press("Shift+U")
    seat.until(lambda: section(seat, "done") == "true" and image(seat) == first)
    assert tuple(told(seat, first)["box"]) == drawn


def test_two_undos_in_one_moment_end_at_the_earlier_image(seat: Seat) -> None:
    first, _ = decide(seat, "Enter"), decide(seat, "Enter")
    taken(seat, 2)
    with seat.held("crop.images", 2):
        seat.press("u", "u")
    seat.until(lambda: image(seat) == first and section(seat, "done") == "false")
    seat.page.wait_for_timeout(300)
    assert image(seat) == first


def test_what_is_skipped_comes_back_as_it_was_left(seat: Seat) -> None:
    first = image(seat)
    seat.press("[", "ArrowUp")
    drawn = box(seat)
    second = seen(seat, (seat.press("n"), str(first))[1])
    assert int(second) != first
    seat.press("b")
    seen(seat, second)
    assert (image(seat), box(seat)) == (first, drawn)
    seat.press("n")
    seen(seat, str(first))
    for _ in range(3):
        decide(seat, "Enter")
    assert image(seat) == first
    seat.page.wait_for_selector("text=Back at those you skipped")
    assert box(seat) == drawn
    decide(seat, "Enter")
    assert section(seat, "finished") == "true"
    assert taken(seat, 4)[-1]["crop"]["choice"] == "nudged"


def test_reasons_by_letter_are_kept_with_the_decision(seat: Seat) -> None:
    seat.press("t", "f", "d", "e")
    assert seat.page.locator("[data-testid=reasons] .tag[aria-pressed=true]").count() == 3
    seat.press("e")
    decide(seat, "Enter")
    (line,) = taken(seat, 1)
    assert line["anomaly_tags"] == ["extra_fingers", "awkward_edge"]
    assert rows(seat, "crop_decisions")[0]["reason_tags"] == "extra_fingers;awkward_edge"
    assert line["crop"]["actions"] == 4
    assert seat.page.locator("[data-testid=reasons]").count() == 0
    seat.press("t", "v", "Escape")
    decide(seat, "Enter")
    assert taken(seat, 2)[-1]["anomaly_tags"] == []


def test_actions_and_time_without_idle_time_are_written(seat: Seat) -> None:
    seat.press("ArrowLeft", "ArrowUp", "[", "o", "i")
    seat.page.wait_for_timeout(300)
    decide(seat, "Enter")
    how = taken(seat, 1)[0]["crop"]
    assert how["actions"] == 3, "looking is no action, and the key that decides is none"
    assert 300 <= how["time_ms"] < 10_000
    seat.page.evaluate(
        "() => { const now = performance.now.bind(performance); performance.now = () => now() + 60000; }"
    )
    decide(seat, "Enter")
    assert taken(seat, 2)[-1]["crop"]["time_ms"] <= 21_000, "of a minute away ten seconds count"


def test_the_keys_of_the_sheet_are_in_the_palette_or_need_their_moment(seat: Seat) -> None:
    seat.press("?")
    helped = set(seat.page.eval_on_selector_all("[data-help]", "es => es.map(e => e.dataset.help)"))
    seat.press("Escape", "Control+k")
    seat.page.wait_for_selector("[data-palette]")
    listed = set(seat.page.eval_on_selector_all("[data-palette]", "es => es.map(e => e.dataset.palette)"))
    moment = {
        "crop.next",
        "crop.backward",
        "crop.propose",
        "crop.cut",
        "palette.open",
        *(h for h in helped if "reasons." in h),
    }
    assert {"crop.accept", "crop.nudge", "crop.cycle", "crop.whole", "crop.trios", "crop.taste"} <= listed
    assert helped - moment - listed == set()
