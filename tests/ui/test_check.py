"""The Check screen by its keys: yes and no reach the journal, undo takes them back, and nobody loses their place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui import doubts
from tests.ui.conftest import Seat
from tests.ui.doubts import HAND, answer, row, shown
from tests.ui.ranking import journal, written

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
FIRST, SECOND, THIRD, FOURTH = ((image, "long_hand") for image in (1, 2, 3, 4))
FOOT = (1, "long_foot")
REFUSAL = json.dumps({"error": {"code": "library", "message": "The disk is full.", "hint": "Make room."}})


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("check")
    return doubts.doubted(place / "pictures", place / "library")


@pytest.fixture
def root(library: Path, tmp_path: Path) -> Path:
    return shutil.copytree(library, tmp_path / "library")


@pytest.fixture
def seat(open_page: Open, root: Path) -> Seat:
    return doubts.here(open_page(root))


def marks(seat: Seat) -> str:
    return str(seat.page.eval_on_selector("[data-testid=question]", "e => e.dataset.said"))


def zoom(seat: Seat) -> str:
    return str(seat.page.eval_on_selector(".check .picture", "e => e.dataset.zoom"))


def test_the_strongest_comes_first_with_its_reason_score_and_place(seat: Seat) -> None:
    assert shown(seat) == FIRST
    said = doubts.asked(seat)
    assert "Long hand?" in said
    assert HAND in said
    assert "hand size · score 0.95" in said
    seat.page.wait_for_selector(".check-stage img.layer")
    box, picture = (
        seat.page.locator(s).bounding_box() for s in (".check-box rect:not(.under)", ".check-stage img.layer")
    )
    assert box
    assert picture
    assert (box["x"] - picture["x"]) / picture["width"] == pytest.approx(120 / 240, abs=0.02)
    assert (box["y"] - picture["y"]) / picture["height"] == pytest.approx(160 / 320, abs=0.02)
    assert box["width"] / picture["width"] == pytest.approx(60 / 240, abs=0.02)
    assert "1 of 5" in seat.page.inner_text(".check .progress")


def test_yes_and_no_go_into_the_journal_with_the_tag_and_on_to_the_next(seat: Seat) -> None:
    answer(seat, "y")
    assert shown(seat) == SECOND
    assert written(seat, 1)["yes"] is True
    answer(seat, "n", "Enter")
    last = written(seat, 3)
    assert shown(seat) == FOURTH
    assert [(line["kind"], line["anomaly_tags"], line["yes"]) for line in journal(seat)] == [
        ("check", ["long_hand"], True), ("check", ["long_hand"], False), ("check", ["long_hand"], True),
    ]  # fmt: skip
    assert len(last["images"]) == 1
    assert row(seat, "long_hand") == (1, 2, 1)
    assert "18 more yes, 19 more no" in doubts.side(seat)


def test_undo_brings_the_image_back_into_view_and_redo_answers_it_again(seat: Seat) -> None:
    answer(seat, "y", "y")
    written(seat, 2)
    seat.press("u")
    seat.until(lambda: shown(seat) == SECOND and marks(seat) == "")
    seat.until(lambda: row(seat, "long_hand")[0] == 3)
    seat.press("Control+1", "u")  # from another screen too
    seat.until(lambda: seat.screen() == "check" and shown(seat) == FIRST and marks(seat) == "")
    seat.until(lambda: row(seat, "long_hand")[0] == 4)
    seat.press("Shift+U")
    seat.until(lambda: shown(seat) == FIRST and marks(seat) == "yes")


def test_two_undos_in_one_moment_end_at_the_earlier_image(seat: Seat) -> None:
    answer(seat, "y", "y")
    written(seat, 2)
    with seat.held("check.list", 2):
        seat.press("u", "u")
    seat.until(lambda: shown(seat) == FIRST and row(seat, "long_hand") == (4, 0, 0))
    seat.page.wait_for_timeout(300)
    assert shown(seat) == FIRST


def test_an_answer_of_an_earlier_day_is_undone_too(open_page: Open, root: Path) -> None:
    seat = doubts.here(open_page(root))
    answer(seat, "n")
    written(seat, 1)
    seat.until(lambda: seat.place()[0] == "check" and seat.place()[2] == SECOND[0])
    seat = open_page(root)
    seat.settled()
    seat.until(lambda: seat.screen() == "check" and shown(seat) == SECOND)
    seat.press("u")
    seat.until(lambda: shown(seat) == FIRST)
    assert row(seat, "long_hand") == (4, 0, 0)


def test_what_is_skipped_waits_and_comes_again_after_the_rest(seat: Seat) -> None:
    answer(seat, "Space", "y", "y", "y", "y")
    assert shown(seat) == FIRST
    assert marks(seat) == ""
    written(seat, 4)


def test_going_back_shows_what_was_said_and_lets_it_be_said_otherwise(seat: Seat) -> None:
    answer(seat, "y")
    seat.press("ArrowLeft")
    seat.until(lambda: shown(seat) == FIRST)
    assert marks(seat) == "yes"
    assert "You said yes" in doubts.asked(seat)
    answer(seat, "n")
    assert written(seat, 2)["yes"] is False
    seat.press("ArrowLeft")
    seat.until(lambda: shown(seat) == FIRST and marks(seat) == "no")
    answer(seat, "n")  # the same once more only goes on
    assert len(journal(seat)) == 2
    seat.press("u")
    seat.until(lambda: shown(seat) == FIRST and marks(seat) == "yes")


def test_a_tag_is_chosen_by_keys_and_its_list_is_kept_where_it_was_left(seat: Seat) -> None:
    answer(seat, "Space")
    seat.press("]")
    seat.until(lambda: shown(seat) == FIRST and "1 of 4" in seat.page.inner_text(".check .progress"))
    assert "it needs 20 more yes and 20 more no" in doubts.about(seat)
    seat.press("ArrowDown")
    seat.until(lambda: shown(seat) == FOOT)
    seat.press("a")
    seat.until(lambda: shown(seat) == SECOND)


def test_into_the_box_and_on_to_the_next_box_until_escape(seat: Seat) -> None:
    seat.press("b")
    seat.until(lambda: zoom(seat) == "free")
    stage, box = (seat.page.locator(s).bounding_box() for s in (".check-stage", ".check-box rect:not(.under)"))
    assert stage
    assert box
    assert box["y"] + box["height"] / 2 == pytest.approx(stage["y"] + stage["height"] / 2, abs=2)
    assert box["height"] == pytest.approx(60 * 3, abs=3)  # three screen pixels a pixel, and no more
    answer(seat, "y")
    assert zoom(seat) == "free"
    seat.press("Escape")
    seat.until(lambda: zoom(seat) == "fit")
    answer(seat, "y")
    assert zoom(seat) == "fit"
    assert seat.screen() == "check"


def test_the_grid_answers_too_and_leads_back_to_the_one(seat: Seat) -> None:
    seat.press("g")
    seat.page.wait_for_selector(".check-grid [data-index='4']")
    seat.press("n", "y")
    seat.until(lambda: shown(seat) == THIRD)
    said = seat.page.eval_on_selector_all(".check-grid .tile", "es => es.map(e => e.dataset.said)")
    assert said == ["no", "yes", "", "", ""]
    seat.press("Enter")
    seat.page.wait_for_selector("[data-testid=question]")
    assert shown(seat) == THIRD


def test_the_end_says_what_was_said_and_back_is_a_key_away(seat: Seat) -> None:
    answer(seat, "y", "n", "n", "n", "y")
    seat.page.wait_for_selector("text=You said yes to 2 and no to 3.")
    seat.press("Backspace")
    seat.until(lambda: shown(seat) == FOOT)


def test_the_next_three_are_decoded_before_they_are_asked(seat: Seat) -> None:
    seat.page.evaluate(
        "() => { const D = HTMLImageElement.prototype.decode; window.__decoded = 0;"
        " HTMLImageElement.prototype.decode = function () { window.__decoded += 1; return D.call(this); }; }"
    )
    answer(seat, "y")  # the second, third and fourth were begun with the first
    seat.page.wait_for_timeout(400)
    assert seat.page.evaluate("window.__decoded") <= 1
    assert seat.page.locator(".check-stage img.layer").count() == 1


def test_a_refused_answer_is_taken_back_on_screen_and_said(seat: Seat) -> None:
    seat.page.evaluate(
        "refusal => { const ask = window.pywebview.api.call; window.pywebview.api.call = (name, body) =>"
        " name === 'check.answer' ? Promise.resolve(refusal) : ask(name, body); }",
        REFUSAL,
    )
    seat.press("y")
    seat.page.wait_for_selector("[data-toast=error] >> text=The disk is full.")
    seat.until(lambda: row(seat, "long_hand") == (4, 0, 0))
    seat.page.click("text=Go there")
    seat.until(lambda: shown(seat) == FIRST and marks(seat) == "")


def test_an_answer_given_while_the_list_is_read_stays_and_is_counted(seat: Seat) -> None:
    with seat.held("check.list"):
        seat.page.evaluate("window.pickwise.receive([{ type: 'stale', screens: ['check'] }])")
        seat.until(lambda: seat.page.evaluate("window.__held") == 1)
        answer(seat, "y")
        written(seat, 1)
        seat.until(lambda: row(seat, "long_hand") == (3, 1, 0))
    seat.page.wait_for_timeout(200)
    assert shown(seat) == SECOND
    assert row(seat, "long_hand") == (3, 1, 0)
    seat.press("ArrowLeft")
    seat.until(lambda: shown(seat) == FIRST)
    assert marks(seat) == "yes"


def test_a_picture_that_went_since_is_a_card_in_its_place_and_can_be_answered(open_page: Open, root: Path) -> None:
    seat = open_page(root)
    seat.settled()
    seat.absent = True
    seat.page.evaluate(
        "() => { const ask = window.pywebview.api.call; window.pywebview.api.call = async (name, body) =>"
        " { const answer = await ask(name, body); return name !== 'check.list' ? answer : JSON.stringify({"
        " ...JSON.parse(answer), items: JSON.parse(answer).items.map(i => i.image === 2"
        " ? { ...i, url: i.url + '.gone', thumbUrl: '' } : i) }); }; }"
    )
    doubts.here(seat)
    answer(seat, "n")
    assert shown(seat) == SECOND
    seat.page.wait_for_selector(".check-stage [data-card=unreadable]")
    answer(seat, "n")
    written(seat, 2)
    seat.page.wait_for_selector(".check-stage img.layer")


def test_every_key_of_the_sheet_is_in_the_palette_or_needs_its_moment(seat: Seat) -> None:
    seat.press("?")
    helped = set(seat.page.eval_on_selector_all("[data-help]", "es => es.map(e => e.dataset.help)"))
    seat.press("Escape", "Control+k")
    seat.page.wait_for_selector("[data-palette]")
    listed = set(seat.page.eval_on_selector_all("[data-palette]", "es => es.map(e => e.dataset.palette)"))
    assert helped - listed == {"palette.open", "export.keepers", "check.back", "check.all", "check.jump"}
