"""The Same? screen by its keys: answers reach the journal and the groups, undo takes them back to the pair."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.culling.run import regroup
from engine.intake.records import signed
from engine.library.store import Library
from engine.progress import Quiet
from engine.vision import embedders
from tests import draw, scene
from tests.linked import families, flipped
from tests.ui.conftest import Seat
from tests.ui.ranking import journal, written

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
# Six images that are each alone; neighbours are just beyond what makes a family.
LOOKS = [range(0), range(10), range(20), range(40, 60), range(30, 60), range(20, 60)]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("same")
    for number, letter in enumerate("abcdef"):
        draw.save(draw.natural(300 + number, 240, 320 if number % 2 else 240), place / "pictures" / f"{letter}.png")
    scene.culled(place / "pictures", place / "library")
    with Library(place / "library") as made:
        made.write(
            lambda c: c.executemany(
                "UPDATE features SET phash = ? WHERE image_id = ?",
                [(signed(flipped(bits)), number) for number, bits in enumerate(LOOKS, 1)],
            )
        )
        made.remember("formed", "")
        regroup(made, Quiet())
    return place / "library"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedders, "installed", lambda _: False)


@pytest.fixture
def root(library: Path, tmp_path: Path) -> Path:
    return shutil.copytree(library, tmp_path / "library")


@pytest.fixture
def seat(open_page: Open, root: Path) -> Seat:
    return here(open_page(root))


def here(seat: Seat) -> Seat:
    seat.settled()
    seat.press("Control+0")
    seat.page.wait_for_selector("[data-testid=question]")
    return seat


def shown(seat: Seat) -> str:
    return str(seat.page.eval_on_selector(".same", "e => e.dataset.pair"))


def said(seat: Seat) -> str:
    return str(seat.page.eval_on_selector("[data-testid=question]", "e => e.dataset.said"))


def seen(seat: Seat) -> str:
    """The pair that is shown, once it is painted."""
    seat.page.wait_for_function(
        "(e => e.dataset.pair && e.dataset.pair === e.dataset.seen)(document.querySelector('.same'))"
    )
    return shown(seat)


def answer(seat: Seat, *keys: str) -> None:
    for key in keys:
        before = seen(seat)
        seat.press(key)
        seat.until(lambda before=before: shown(seat) != before)


def pair(name: str) -> set[int]:
    return {int(number) for number in name.split("/")}


def test_two_pictures_side_by_side_with_the_reason_and_where_they_are_now(seat: Seat) -> None:
    seat.page.wait_for_selector(".same-cell:nth-child(2) img.layer")
    boxes = [cell.bounding_box() for cell in seat.page.locator(".same-cell").all()]
    assert len(boxes) == 2
    assert boxes[0] and boxes[1] and boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]  # noqa: PT018
    text = seat.page.inner_text("[data-testid=question]")
    assert "In two groups now" in text
    assert "Look a little too different for a family (pHash 10 of 64 bits apart, family up to 8)" in text
    assert "1 of " in seat.page.inner_text(".same .progress")


def test_yes_joins_the_groups_and_undo_comes_back_to_the_pair(seat: Seat) -> None:
    first = shown(seat)
    answer(seat, "y")
    assert written(seat, 1)["yes"] is True
    seat.until(lambda: frozenset(pair(first)) in families(seat.engine))
    assert "answers" not in seat.page.inner_text(".hints .note")
    seat.press("ArrowLeft")
    seat.until(lambda: shown(seat) == first and said(seat) == "yes")
    seat.until(lambda: "In one group now" in seat.page.inner_text("[data-testid=question]"))
    seat.press("Control+1", "u")  # from another screen too
    seat.until(lambda: seat.screen() == "same" and shown(seat) == first and said(seat) == "")
    assert len(families(seat.engine)) == 6
    seat.press("Shift+U")
    seat.until(lambda: shown(seat) == first and said(seat) == "yes")


def test_no_and_cannot_say_are_recorded_and_asked_no_more(open_page: Open, root: Path, seat: Seat) -> None:
    first = shown(seat)
    answer(seat, "n")
    second = shown(seat)
    answer(seat, "Space")
    written(seat, 2)
    assert [line.get("yes", "unsure") for line in journal(seat)] == [False, "unsure"]
    assert len(families(seat.engine)) == 6
    seat = here(open_page(root))  # before the place was saved, too
    left = []
    while seat.page.locator("[data-testid=question]").count():
        left.append(shown(seat))
        answer(seat, "s")
    assert first not in left
    assert second not in left
    seat.page.wait_for_selector("[data-testid=finished]")


def test_zoom_is_one_for_both_and_escape_leaves_it(seat: Seat) -> None:
    seat.page.wait_for_selector(".same-cell:nth-child(2) img.layer")
    seat.press("z")
    zooms = "es => es.map(e => e.dataset.zoom)"
    seat.until(lambda: seat.page.eval_on_selector_all(".same .picture", zooms) == ["actual", "actual"])
    seat.press("Escape")
    seat.until(lambda: seat.page.eval_on_selector_all(".same .picture", zooms) == ["fit", "fit"])
    assert seat.screen() == "same"


def test_an_answer_can_be_changed_and_the_end_leads_on(seat: Seat) -> None:
    first = shown(seat)
    answer(seat, "n")
    seat.press("ArrowLeft")
    seat.until(lambda: said(seat) == "no")
    answer(seat, "y")
    assert written(seat, 2)["yes"] is True
    seat.until(lambda: frozenset(pair(first)) in families(seat.engine))
    while seat.page.locator("[data-testid=question]").count():
        answer(seat, "n")
    seat.page.wait_for_selector("[data-testid=finished]")
    assert "You said yes to 1" in seat.page.inner_text("[data-testid=finished]")
    seat.press("Backspace")
    seat.page.wait_for_selector("[data-testid=question]")
    seat.press("g")
    seat.until(lambda: seat.screen() == "cull")


def test_a_library_without_images_says_the_next_step(open_page: Open, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    seat = open_page(tmp_path / "empty")
    seat.settled()
    seat.press("Control+0")
    seat.page.wait_for_selector("[data-testid=empty] [data-command='source.add']")


def test_every_key_of_the_sheet_is_in_the_palette_or_needs_its_moment(seat: Seat) -> None:
    seat.press("?")
    helped = set(seat.page.eval_on_selector_all("[data-help]", "es => es.map(e => e.dataset.help)"))
    seat.press("Escape", "Control+k")
    seat.page.wait_for_selector("[data-palette]")
    listed = set(seat.page.eval_on_selector_all("[data-palette]", "es => es.map(e => e.dataset.palette)"))
    assert helped - listed == {"palette.open", "same.back"}
