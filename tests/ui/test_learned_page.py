"""The page of clear groups: accepted at once, but for what was taken out, and only what was looked at."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import api_learning
from engine.wire import StaleEvent
from tests.advice import experienced, say
from tests.ui import learned
from tests.ui.conftest import Seat
from tests.ui.learned import SHOWN, accept, page_of, text, to_page, verdicts

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
SLOW = """() => {
  const call = window.pywebview.api.call;
  const later = (name, body) => new Promise(done => setTimeout(() => done(call(name, body)), 1000));
  window.pywebview.api.call = (name, body) => (name === "learn.ask" ? later(name, body) : call(name, body));
}"""
COUNT_CARDS = """() => {
  window.cards = 0;
  const look = () => (window.cards += document.querySelectorAll("[data-clear]").length);
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
}"""


@pytest.fixture(scope="module")
def culled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return learned.library(tmp_path_factory.mktemp("learned"))


@pytest.fixture(autouse=True)
def _nothing_is_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is recommended here was written by hand."""
    monkeypatch.setattr(api_learning, "chosen", lambda _: None)
    monkeypatch.setattr(api_learning, "opened", lambda _: None)


@pytest.fixture
def library(culled: Path, tmp_path: Path) -> Path:
    return shutil.copytree(culled, tmp_path / "library")


@pytest.fixture
def keys(library: Path) -> list[str]:
    return learned.advise(library)


@pytest.fixture
def seat(open_page: Open, library: Path, keys: list[str]) -> Seat:
    return learned.begin(open_page(library))


def test_a_page_of_clear_groups_is_accepted_at_once_and_undone_at_once(seat: Seat, keys: list[str]) -> None:
    to_page(seat)
    assert page_of(seat) == keys[:0:-1]
    seat.press("ArrowRight", "x")
    seat.page.wait_for_selector(f"[data-clear='{keys[4]}'][data-out=true]")
    accept(seat)
    seat.until(lambda: sorted(verdicts(seat).values()) == ["alternate"] * 8 + ["keep"] * 4)
    seat.until(lambda: page_of(seat) == [])
    seat.page.wait_for_selector("text=1 group left for later")
    assert text(seat, "[data-testid=clear]") == "0"
    seat.press("u")
    seat.until(lambda: page_of(seat) == [keys[5], keys[3], keys[2], keys[1]])
    assert verdicts(seat) == {}
    seat.press("b")
    seat.until(lambda: page_of(seat) == keys[:0:-1])
    accept(seat)
    seat.until(lambda: page_of(seat) == [])
    seat.press("Enter")
    seat.until(lambda: seat.group() == keys[0])


def test_what_is_taken_out_stays_out_when_an_older_bound_is_answered_late(seat: Seat, keys: list[str]) -> None:
    seat.press("s")
    seat.until(lambda: page_of(seat) == [keys[5]])
    with seat.held("learn.ask", most=1):
        seat.press("[", "[", "[", "[", "[")
        seat.until(lambda: len(page_of(seat)) == 5)
        seat.press("ArrowRight", "x")
        seat.page.wait_for_selector(f"[data-clear='{keys[4]}'][data-out=true]")
    seat.page.wait_for_timeout(300)
    assert seat.page.locator(f"[data-clear='{keys[4]}'][data-out=true][data-focused=true]").count() == 1


def test_nobody_is_put_back_by_a_list_that_was_asked_for_before_this_one(seat: Seat, keys: list[str]) -> None:
    experienced(seat.engine.need())
    with seat.held("learn.ask", most=1):
        seat.press("s", "s")
        seat.until(lambda: seat.group() == keys[5])
        seat.press("Space")
        seat.until(lambda: seat.group() not in ("", keys[5]))
        there = seat.group()
    seat.page.wait_for_timeout(300)
    assert seat.group() == there


def test_what_is_accepted_while_the_list_is_read_does_not_come_again(seat: Seat, keys: list[str]) -> None:
    to_page(seat)
    with seat.held("learn.ask"):
        seat.page.evaluate("window.pickwise.receive([{ type: 'stale', screens: ['cull'] }])")
        seat.until(lambda: seat.page.evaluate("window.__held") == 1)
        accept(seat)
        seat.until(lambda: len(verdicts(seat)) == 15)
        seat.page.wait_for_timeout(300)  # what was decided is known
        seat.page.evaluate(COUNT_CARDS)
    seat.page.wait_for_timeout(500)
    assert (page_of(seat), seat.page.evaluate("window.cards")) == ([], 0)


def test_two_quick_presses_accept_one_page(seat: Seat, keys: list[str]) -> None:
    seat.page.set_viewport_size({"width": 700, "height": 480})  # room for few
    to_page(seat, 0)
    seat.until(lambda: 0 < len(page_of(seat)) < 5)
    first = page_of(seat)
    seat.page.wait_for_timeout(600)
    seat.press("Enter", "Enter")
    seat.until(lambda: len(verdicts(seat)) >= 3 * len(first))
    seat.page.wait_for_timeout(200)
    assert len(verdicts(seat)) == 3 * len(first)
    assert set(page_of(seat)) <= set(keys) - set(first)


def test_what_was_accepted_stays_off_the_page_when_the_list_is_read_again(seat: Seat, keys: list[str]) -> None:
    to_page(seat)
    seat.press("x")
    seat.page.wait_for_selector(f"[data-clear='{keys[5]}'][data-out=true]")
    accept(seat)
    seat.until(lambda: len(verdicts(seat)) == 12)
    seat.engine.tell(StaleEvent(["cull"]))
    seat.page.wait_for_timeout(600)
    assert page_of(seat) == []
    seat.press("[", "]")  # with nothing on the page too
    seat.until(lambda: page_of(seat) == [])


def test_nothing_of_the_order_before_can_be_accepted_while_this_one_is_read(seat: Seat, keys: list[str]) -> None:
    experienced(seat.engine.need())
    seat.press("s", "s")
    seat.until(lambda: seat.group() == keys[5])
    seat.page.evaluate(SLOW)
    seat.press("Shift+S")
    seat.page.wait_for_timeout(500)
    assert page_of(seat) == []
    seat.press("Enter")
    seat.page.wait_for_timeout(1500)
    assert verdicts(seat) == {}
    assert page_of(seat) == [keys[5]]  # the only one that is as sure as asked


def test_nobody_accepts_what_came_after_they_looked(seat: Seat, keys: list[str]) -> None:
    to_page(seat)
    card = f"[data-clear='{keys[5]}']"
    before = seat.page.eval_on_selector(card, "e => e.dataset.image")
    library = seat.engine.need()
    with library.db.read() as connection:
        other = connection.execute(
            "SELECT m.image_id FROM members m JOIN groups g ON g.id = m.group_id WHERE g.key = ? AND rank = 2",
            (keys[5],),
        ).get
    say(library, other, 0.55, differs=True)
    seat.engine.tell(StaleEvent(["cull"]))
    seat.page.wait_for_timeout(600)
    assert page_of(seat) == keys[:0:-1]
    assert seat.page.eval_on_selector(card, "e => e.dataset.image") == before
    accept(seat)
    seat.until(lambda: page_of(seat) == [keys[5]])
    assert len(verdicts(seat)) == 12
    seat.press("[", "]")
    seat.until(lambda: page_of(seat) == [])


def test_the_bound_moves_which_groups_are_clear_enough(seat: Seat, keys: list[str]) -> None:
    to_page(seat)
    assert text(seat, "[data-testid=clear]") == "5"
    for _ in range(4):
        seat.press("]")
    seat.until(lambda: page_of(seat) == [keys[5], keys[4]])


def test_a_group_of_the_page_is_looked_at_closely_and_the_page_comes_back(seat: Seat, keys: list[str]) -> None:
    to_page(seat)
    seat.press("z")
    seat.page.wait_for_selector(f"{SHOWN} [data-image]")
    assert seat.group() == keys[5]
    seat.press("Escape")
    seat.page.wait_for_selector("[data-testid=obvious]")
    seat.press("z")
    seat.page.wait_for_selector(f"{SHOWN} [data-image]")
    seat.press("3", "p")
    seat.until(lambda: page_of(seat) == [keys[4], keys[3], keys[2], keys[1]])


def test_the_order_and_its_bound_are_there_after_a_restart(seat: Seat, keys: list[str], open_page: Open) -> None:
    to_page(seat)
    root = seat.engine.need().paths.root
    seat.until(lambda: '"least":0.5' in seat.engine.need().fact("place"))
    again = open_page(root)
    again.page.wait_for_selector("[data-testid=obvious]")
    again.until(lambda: page_of(again) == keys[:0:-1])
