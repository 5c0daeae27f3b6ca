"""The Check screen where there is little to show, or a lot; and the tags that the detectors tick in Cull."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.library.store import Library
from engine.vision.seen import Cue
from tests import scene
from tests.ui import doubts, ranked
from tests.ui.conftest import Seat
from tests.ui.doubts import CORNER, HAND, answer, shown
from tests.ui.ranking import journal, written

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
COUNT = 100_000
SUGGESTED = "[data-testid=tag-strip] [data-suggested=true]"
MORE = """e => Number(e.querySelector("[data-focused=true]")?.closest(".grid-row").ariaRowIndex)
    < Number(e.querySelector(".grid").ariaRowCount)"""  # there are rows below the one the person is on
ON = """() => { const ask = window.pywebview.api.call; window.pywebview.api.call = async (name, body) => {
    const answer = JSON.parse(await ask(name, body));
    for (const t of answer.tags ?? []) if (t.tag === 'long_hand')
        Object.assign(t, { yes: 25, no: 31, learned: true, averagePrecision: 0.82, calibrationError: 0.06 });
    return JSON.stringify(answer);
}; }"""


@pytest.fixture(scope="module")
def unseen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of six images that were not looked at."""
    place = tmp_path_factory.mktemp("unseen")
    return scene.culled(doubts.pictures(place / "pictures"), place / "library")


@pytest.fixture
def root(unseen: Path, tmp_path: Path) -> Path:
    return shutil.copytree(unseen, tmp_path / "library")


def looked(root: Path, cues: dict[int, list[Cue]]) -> Path:
    library = Library(root)
    for image, found in cues.items():
        doubts.look(library, image, found)
    library.close()
    return root


def opened(seat: Seat) -> Seat:
    seat.settled()
    seat.page.click("[data-tab=check]")
    return seat


def test_without_a_library_it_offers_to_add_a_folder(open_page: Callable[..., Seat]) -> None:
    seat = open_page(None)
    seat.page.click("[data-tab=check]")
    seat.page.wait_for_selector("[data-testid=empty] [data-command='source.add']")


def test_where_nothing_was_looked_at_it_offers_to_look(open_page: Open, root: Path) -> None:
    seat = opened(open_page(root))
    seat.page.wait_for_selector("text=Nothing was looked at yet")
    button = seat.page.locator("[data-testid=empty] [data-command='vision.look']")
    assert "Look for what is wrong" in button.inner_text()
    assert button.is_enabled()


def test_where_nothing_looks_wrong_it_says_so(open_page: Open, root: Path) -> None:
    seat = opened(open_page(looked(root, {1: [], 2: []})))
    seat.page.wait_for_selector("text=Nothing waits")
    assert "2 images looked at" in seat.page.inner_text("[data-testid=finished]")
    assert "4 images not looked at yet" in doubts.about(seat)
    seat.press("y")
    seat.page.wait_for_timeout(200)
    assert journal(seat) == []


def test_a_detector_that_is_on_is_told_in_plain_words(open_page: Open, root: Path) -> None:
    seat = open_page(looked(root, {1: [Cue("hand_size", 0.9, CORNER, HAND)]}))
    seat.page.evaluate(ON)
    doubts.here(seat)
    seat.press("]")
    seat.until(lambda: "Average precision 0.82" in doubts.about(seat))
    assert "Calibration error 0.06: its percentages are off by about 6 points." in doubts.about(seat)
    assert "detector on" in doubts.side(seat)


def test_a_box_that_is_the_whole_picture_is_not_drawn(open_page: Open, root: Path) -> None:
    seat = doubts.here(open_page(looked(root, {1: [Cue("hand_size", 0.9, (0, 0, 240, 320), HAND)]})))
    seat.page.wait_for_selector(".check-stage img.layer")
    assert seat.page.locator("[data-testid=doubt-box]").count() == 0
    seat.press("b")
    assert seat.page.eval_on_selector(".check .picture", "e => e.dataset.zoom") == "fit"


# ---- the tag strip of Cull


@pytest.fixture
def culling(open_page: Open, root: Path) -> Seat:
    """Cull on a group whose first image has a long hand by the detectors."""
    seat = open_page(looked(root, {1: [Cue("hand_size", 0.9, CORNER, HAND)]}))
    seat.settled()
    answered = json.loads(seat.engine.call("cull.start", "{}"))
    assert "error" not in answered
    seat.settled()
    seat.press("Control+2")
    seat.page.wait_for_selector("[data-shown=true] .cell[data-image='1']")
    seat.page.locator("[data-shown=true] .cell[data-image='1']").click()
    return seat


def ticked(seat: Seat) -> list[str]:
    seat.page.wait_for_selector("[data-testid=tag-strip]")
    tags = "[data-testid=tag-strip] [data-tag][aria-pressed=true]"
    return list(seat.page.eval_on_selector_all(tags, "es => es.map(e => e.dataset.tag)"))


def test_what_the_detectors_suggest_is_ticked_and_said_and_decided_by_nobody(culling: Seat) -> None:
    culling.press("x")
    assert ticked(culling) == ["long_hand"]
    assert culling.page.locator(SUGGESTED).count() == 1
    assert "suggested by the detectors: untick what is not so" in culling.page.inner_text("[data-testid=suggested]")
    culling.press("Escape")
    culling.page.wait_for_selector("[data-testid=tag-strip]", state="detached")
    assert journal(culling) == []


def test_a_suggestion_is_taken_over_by_confirming(culling: Seat) -> None:
    culling.press("x", "f", "Enter")
    assert sorted(written(culling, 1)["anomaly_tags"]) == ["extra_fingers", "long_hand"]


def test_a_suggestion_is_unticked_by_its_letter_and_is_the_persons_own_when_ticked_again(culling: Seat) -> None:
    culling.press("x", "h")
    culling.until(lambda: ticked(culling) == [])
    assert culling.page.locator("[data-testid=suggested]").count() == 0
    culling.press("h")
    culling.until(lambda: ticked(culling) == ["long_hand"])
    assert culling.page.locator(SUGGESTED).count() == 0
    culling.press("h", "Enter")
    assert written(culling, 1)["anomaly_tags"] == []
    culling.page.locator("[data-shown=true] .cell[data-image='1']").click()
    culling.press("x")  # it was answered: nothing is suggested any more
    assert ticked(culling) == []


def test_rejecting_all_suggests_only_what_was_seen_in_each(culling: Seat) -> None:
    culling.press("Shift+X")
    assert ticked(culling) == []


# ---- many


def test_a_hundred_thousand_doubts_are_read_as_they_are_reached(open_page: Open, tmp_path: Path) -> None:
    root = tmp_path / "library"
    ranked.many(root, COUNT)
    library = Library(root)
    insert = (
        "INSERT INTO cues (image_id, name, score, x1, y1, x2, y2, text, tag)"
        " SELECT id, 'hand_size', 1 - 0.000007 * id, 1, 1, 9, 9, ?, 'long_hand' FROM images"
    )
    library.write(lambda connection: connection.execute(insert, (HAND,)))
    library.close()
    seat = open_page(root)
    seat.absent = True  # these images have no files
    seat.page.click("[data-tab=check]")
    seat.page.wait_for_selector("[data-testid=question]")
    assert "100k" in doubts.side(seat)
    assert "1 of 100,000" in seat.page.inner_text(".check .progress")
    seat.press("g")
    for _ in range(3):
        last = shown(seat)
        seat.press("End")
        seat.until(lambda last=last: shown(seat) != last)
        seat.until(lambda: seat.page.eval_on_selector(".check-grid", MORE))
    assert shown(seat)[0] >= 300
    seat.press("Home", "g")
    answer(seat, "y")
    assert shown(seat)[0] == 2
