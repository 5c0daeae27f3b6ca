"""What the Same? screen says of answers: overruled ones, those of before, and pairs that others decide."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.vision import embedders
from engine.wire import StaleEvent
from tests import linked
from tests.linked import families
from tests.ui.conftest import Seat
from tests.ui.ranking import journal, written
from tests.ui.test_same import answer, said, seen, shown

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
QUESTION = "[data-testid=question]"
# Two rows of three, each just beyond what makes a family from the one before.
ROWS = [range(0), range(10), range(20), range(40, 60), range(30, 60), range(20, 60)]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedders, "installed", lambda _: False)


def here(seat: Seat) -> Seat:
    """On the Same? screen of a library whose images were never files."""
    seat.absent = True
    seat.page.wait_for_selector("[data-screen][data-starting=false]")
    seat.press("Control+0")
    seat.page.wait_for_selector(QUESTION)
    return seat


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return linked.library(tmp_path / "library", ROWS)


@pytest.fixture
def seat(open_page: Open, root: Path) -> Seat:
    return here(open_page(root))


def go(seat: Seat, name: str) -> None:
    """To this pair of the list."""
    for key in ("ArrowLeft", "ArrowRight"):
        for _ in range(150):
            if shown(seat) == name:
                return
            seat.press(key)
    raise AssertionError(f"{name} is not in the list")


def words(seat: Seat) -> str:
    return seat.page.inner_text(QUESTION)


def triples(count: int) -> list[list[int]]:
    """So many families of three images, each pair of which is in doubt and none like another family."""
    rng, looks = random.Random(3), list[list[int]]()
    for _ in range(count):
        base = rng.sample(range(64), 28)
        others = [bit for bit in range(64) if bit not in base]
        looks += [base, base + others[:10], base[5:] + others[:5] + others[10:12]]
    return looks


def test_two_presses_in_one_moment_answer_one_pair(seat: Seat) -> None:
    first = seen(seat)
    seat.page.evaluate(
        "for (let i = 0; i < 2; i++) document.body.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'y', code: 'KeyY', bubbles: true, cancelable: true}))"
    )
    seat.until(lambda: shown(seat) != first)
    seen(seat)
    answer(seat, "n")
    written(seat, 2)
    assert [line["yes"] for line in journal(seat)] == [True, False]


def test_what_an_answer_overrules_is_said_where_one_looks_and_undo_is_beside_it(seat: Seat) -> None:
    go(seat, "1/2")
    answer(seat, "y")
    go(seat, "2/3")
    answer(seat, "y")
    seat.until(lambda: frozenset({1, 2, 3}) in families(seat.engine))
    seat.engine.call("same.answer", '{"one": 1, "other": 3, "same": false}')
    seat.engine.tell(StaleEvent(["same"]))
    go(seat, "1/2")
    seat.until(lambda: "You said yes; overruled since" in words(seat) and said(seat) == "")
    answer(seat, "y")
    seat.page.wait_for_selector("[data-testid=notice]")
    text = seat.page.inner_text("[data-testid=notice]")
    assert text.startswith("This overrules your earlier answer that ")
    box = seat.page.locator("[data-testid=notice] .text").bounding_box()
    assert seat.page.eval_on_selector("[data-testid=notice] .text", "e => e.scrollHeight <= e.clientHeight + 1")
    assert box is not None
    assert box["height"] > 10
    seat.page.wait_for_timeout(6000)  # longer than a note stays
    assert seat.page.inner_text("[data-testid=notice]") == text
    seat.page.click("[data-testid=notice] [data-command='history.undo']")
    seat.until(lambda: shown(seat) == "1/2" and "overruled since" in words(seat))
    assert not seat.page.locator("[data-testid=notice]").count()


def test_a_long_notice_can_be_read_in_a_small_window(open_page: Open, root: Path) -> None:
    seat = here(open_page(root, 1024, 700))
    long = "calaveras a very long name of a photograph taken on the last evening of the fair in other light"
    seat.engine.need().write(lambda c: c.execute("UPDATE images SET filename = ? || id || '.png'", (long,)))
    for body in ('{"one": 1, "other": 2, "same": true}', '{"one": 2, "other": 3, "same": true}'):
        seat.engine.call("same.answer", body)
    seat.engine.call("same.answer", '{"one": 1, "other": 3, "same": false}')
    seat.press("Control+1", "u", "Shift+U")
    seat.until(lambda: shown(seat) == "1/3" and said(seat) == "no")
    seen(seat)
    answer(seat, "y")
    seat.press("ArrowLeft")
    seat.until(lambda: shown(seat) != "")
    go(seat, "1/3")
    answer(seat, "n")
    notice = seat.page.wait_for_selector("[data-testid=notice]")
    assert notice is not None
    question = seat.page.locator(QUESTION).bounding_box()
    inner = notice.bounding_box()
    assert question is not None
    assert inner is not None
    assert inner["y"] + inner["height"] <= question["y"] + question["height"]
    assert inner["x"] + inner["width"] <= 1024


def test_pairs_that_answers_decide_leave_even_a_long_list(open_page: Open, tmp_path: Path) -> None:
    seat = here(open_page(linked.library(tmp_path / "library", triples(40))))
    go(seat, "1/2")
    answer(seat, "y")
    go(seat, "2/3")
    answer(seat, "y")
    seat.until(lambda: frozenset({1, 2, 3}) in families(seat.engine))
    seat.page.wait_for_timeout(300)
    seat.press(*["ArrowLeft"] * 120)
    there = []
    while seat.page.locator(QUESTION).count() and shown(seat) not in there:
        there.append(shown(seat))
        seat.press("ArrowRight")
    assert len(there) > 60
    assert "1/3" not in there
    go(seat, "1/2")
    assert "In one group now" in words(seat)


def test_answers_of_before_a_restart_are_shown_and_nothing_is_made_up(open_page: Open, root: Path, seat: Seat) -> None:
    first = seen(seat)
    answer(seat, "y")
    written(seat, 1)
    seat = here(open_page(root))
    seat.press("u")
    seat.until(lambda: shown(seat) == first and said(seat) == "" and "In two groups now" in words(seat))
    seat.press("Shift+U")
    seat.until(lambda: said(seat) == "yes" and "In one group now" in words(seat))
    seat.engine.call("same.answer", '{"one": 1, "other": 6, "same": false}')
    seat.press("u", "Shift+U")
    seat.until(lambda: shown(seat) == "1/6" and said(seat) == "no")
    assert "chance" not in words(seat)


def test_what_was_read_for_an_undo_is_not_shown_over_what_was_read_for_the_redo_after_it(seat: Seat) -> None:
    first = seen(seat)
    answer(seat, "y")
    seat.press("ArrowLeft")
    seat.until(lambda: "In one group now" in words(seat))  # what the answer did was read
    with seat.held("same.list", most=2):  # the list is stale, and the pair is asked for
        seat.press("u")
        seat.until(lambda: seat.page.evaluate("window.__held") == 2)
        seat.press("Shift+U")
        seat.until(lambda: shown(seat) == first and said(seat) == "yes" and "In one group now" in words(seat))
        seat.page.wait_for_timeout(200)
    seat.page.wait_for_timeout(300)
    assert (shown(seat), said(seat)) == (first, "yes")
    assert "In one group now" in words(seat)


def test_the_next_pair_is_announced_and_captions_lie_at_their_pictures(seat: Seat) -> None:
    seen(seat)
    spoken = seat.page.inner_text(f"{QUESTION} .hidden-text")
    answer(seat, "n")
    assert seat.page.inner_text(f"{QUESTION} .hidden-text") != spoken
    seen(seat)
    for cell in seat.page.locator(".same-cell").all():
        caption = cell.locator("figcaption").bounding_box()
        picture = cell.locator(".picture").bounding_box()
        assert caption is not None
        assert picture is not None
        tall = picture["width"] * 1536 / 1024
        shows = min(tall, picture["height"])
        assert abs(caption["y"] - (picture["y"] + (picture["height"] + shows) / 2)) <= 2
