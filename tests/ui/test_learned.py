"""What was learned, on Cull: beside the proposal, kept from a blind check, in orders of its own."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import api_learning
from engine.learning import state
from engine.progress import Progress
from tests.advice import agreements, experienced, key_of
from tests.ui import learned, ranking
from tests.ui.conftest import Seat
from tests.ui.learned import SHOWN, text, verdicts

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
_RANKS = "SELECT g.key, m.rank, m.image_id FROM members m JOIN groups g ON g.id = m.group_id"
COUNT_BLANKS = f"""() => {{
  window.blanks = 0;
  const look = () => {{ if (!document.querySelector("{SHOWN} [data-image]")) window.blanks += 1; }};
  new MutationObserver(look).observe(document.body, {{ subtree: true, childList: true }});
}}"""


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


def recommended(seat: Seat, key: str) -> int:
    with seat.engine.need().db.read() as connection:
        return int(connection.execute("SELECT image_id FROM recommended WHERE group_key = ?", (key,)).get)


def other_than(seat: Seat, image: int) -> str:
    """The digit of the first image shown that is another."""
    shown = [int(i) for i in seat.page.eval_on_selector_all(f"{SHOWN} .cell", "es => es.map(e => e.dataset.image)")]
    return str(1 + next(at for at, one in enumerate(shown) if one != image))


def test_a_blind_check_shows_nothing_before_and_says_afterwards_whether_it_agreed(seat: Seat, keys: list[str]) -> None:
    assert seat.group() == keys[0]
    assert "drawn to measure" in text(seat, "[data-testid=standing]")
    assert seat.page.locator(f"{SHOWN} [data-learned=true]").count() == 0
    seat.press("r")
    assert seat.group() == keys[0]
    assert seat.page.locator(f"{SHOWN} .mark").count() == 0
    assert seat.page.locator(f"{SHOWN} [data-proposed=true]").count() == 0
    assert "quality" not in text(seat, f"{SHOWN} .cell")
    names = seat.page.eval_on_selector_all(f"{SHOWN} .cell .name", "es => es.map(e => e.textContent)")
    assert names == sorted(names)
    seat.press("Enter")
    seat.page.wait_for_selector("text=Choose one of them")
    assert seat.group() == keys[0]
    seat.press(other_than(seat, recommended(seat, keys[0])))
    seat.until(lambda: seat.group() == keys[1])
    seat.press("Shift+ArrowLeft")
    seat.until(lambda: text(seat, "[data-testid=standing]") == "what was learned would have kept 2")
    assert agreements(seat.engine.need())[0][:4] == (keys[0], 0, 0.6, 1)


def test_what_was_learned_stands_beside_the_proposal_and_one_key_takes_it(seat: Seat, keys: list[str]) -> None:
    seat.press("Space")
    seat.until(lambda: seat.group() == keys[1])
    cell = f"{SHOWN} .cell[data-learned=true]"
    seat.page.wait_for_selector(cell)
    assert seat.page.eval_on_selector(cell, "e => e.dataset.proposed") == "false"
    assert "learned: 67\u00a0% sure, sharper, larger subject, but a hand in doubt" in text(seat, f"{cell} .why")
    seat.press("ArrowRight", "i")
    seat.page.wait_for_selector("[data-testid=info] >> text=larger subject (+0.40)")
    image = int(seat.page.eval_on_selector(cell, "e => e.dataset.image"))
    seat.press("r")
    seat.until(lambda: verdicts(seat).get(image) == "keep")
    assert agreements(seat.engine.need())[0][:2] == (keys[1], 1)


def test_teach_me_goes_through_the_groups_that_tell_most(seat: Seat, keys: list[str]) -> None:
    experienced(seat.engine.need())
    seat.press("s", "s")
    seat.until(lambda: seat.group() == keys[5])
    seen = []
    for _ in range(5):
        seen.append(seat.group())
        before = seat.group()
        seat.press("1")
        seat.until(lambda before=before: seat.group() not in ("", before))  # "" is one that is not read yet
    assert [key for key in seen if key != keys[0]][:4] == [keys[5], keys[4], keys[3], keys[2]]


def test_close_calls_say_between_which_two_but_not_of_a_group_that_chance_drew(seat: Seat, keys: list[str]) -> None:
    library = seat.engine.need()
    order = [1, 4, 5, 3, 2]  # groups, the closest first
    with library.db.read() as connection:
        images = {(key, rank): image for key, rank, image in connection.execute(_RANKS)}
    means = {images[keys[n], 1]: 1.0 for n in range(6)} | {images[keys[n], 2]: 0.9 - k / 9 for k, n in enumerate(order)}
    rows = [(image, means.get(image, -3.0), 0.2) for image in images.values()]
    library.write(lambda c: c.executemany("INSERT INTO predictions VALUES (?, ?, ?)", rows))
    seat.press("s", "s", "s")
    seat.until(lambda: text(seat, "[data-testid=standing]") == "a close call between 2 and 3")
    seen = [seat.group()]
    for _ in range(5):
        seat.press("1")
        seat.until(lambda: seat.group() not in ("", *seen))
        seen.append(seat.group())
    assert [key for key in seen if key != keys[0]] == [keys[n] for n in order]
    assert keys[0] in seen


def test_opinions_differ_says_who_is_at_odds(seat: Seat, keys: list[str]) -> None:
    seat.press("s", "s", "s", "s")
    seat.until(lambda: text(seat, "[data-testid=standing]") == "by stage and quality 1, as learned 2")
    assert seat.group() == keys[5]
    seat.press("1")
    seat.until(lambda: seat.group() == keys[4])
    assert str(seat.page.eval_on_selector(".scope", "e => e.value")) == "disputed"


def test_a_decision_that_the_others_contradict_comes_again_and_can_be_changed(seat: Seat, keys: list[str]) -> None:
    seat.press("Space")
    seat.until(lambda: seat.group() == keys[1])
    seat.press("3")
    seat.until(lambda: len(verdicts(seat)) == 3)
    library = seat.engine.need()
    with library.db.read() as connection:
        image = int(connection.execute("SELECT image_id FROM recommended WHERE group_key = ?", (keys[1],)).get)
    doubts = [state.Doubt(keys[1], image, 0.91)]
    library.write(lambda c: state.write(c, state.State(model="bayes-1", last=state.last(c), doubts=doubts)))
    seat.press("Shift+S")
    words = "your other decisions would keep 2, 91\u00a0% sure"
    seat.until(lambda: text(seat, "[data-testid=standing]") == words)
    seat.press("2")
    seat.until(lambda: verdicts(seat).get(image) == "keep")


def test_enter_says_once_more_what_others_contradict(seat: Seat, keys: list[str]) -> None:
    seat.press("Space")
    seat.until(lambda: seat.group() == keys[1])
    seat.press(other_than(seat, recommended(seat, keys[1])))
    seat.until(lambda: len(verdicts(seat)) == 3)
    library = seat.engine.need()
    doubts = [state.Doubt(keys[1], recommended(seat, keys[1]), 0.91)]
    library.write(lambda c: state.write(c, state.State(model="bayes-1", last=state.last(c), doubts=doubts)))
    seat.press("Shift+S")
    seat.page.wait_for_selector("[data-testid=standing] >> text=other decisions would keep")
    seat.press("Enter")
    sql = "SELECT count(*) FROM decisions WHERE kind = 'pick'"
    seat.until(lambda: ranking.rows(seat, sql) == [(2,)])


def test_without_a_model_each_order_says_what_is_missing(open_page: Open, library: Path) -> None:
    seat = open_page(library)
    seat.settled()
    seat.press("Enter")
    seat.page.wait_for_selector(f"{SHOWN} [data-image]")
    for name in ("Obvious first", "Teach me", "Close calls", "Opinions differ", "Second thoughts"):
        seat.press("s")
        seat.page.wait_for_selector(f"text={name}: not yet")
        seat.page.wait_for_selector("text=Nothing was learned yet")
    seat.press("s")
    seat.page.wait_for_selector(f"{SHOWN} [data-image]")
    assert key_of(seat.engine.need(), 1)


def test_what_runs_by_itself_blanks_nothing_says_nothing_and_leaves_the_way_back(seat: Seat, keys: list[str]) -> None:
    seat.press("1")
    seat.until(lambda: seat.group() == keys[1])
    seat.press("1")
    seat.until(lambda: seat.group() == keys[2] and len(verdicts(seat)) == 6)
    seat.page.evaluate(COUNT_BLANKS)
    number = seat.engine.jobs.start("learn", lambda _: "Learned.", api_learning.LEARNED)
    seat.until(lambda: not seat.engine.jobs.live(number))
    seat.page.wait_for_timeout(300)
    assert seat.group() == keys[2]
    assert seat.page.locator("[data-toast]").count() == 0
    seat.press("Shift+ArrowLeft")
    seat.until(lambda: seat.group() == keys[1])
    seat.press("Shift+ArrowLeft")
    seat.until(lambda: seat.group() == keys[0])
    seat.press("Space", "Space")
    seat.until(lambda: seat.group() == keys[3])
    assert seat.page.evaluate("window.blanks") == 0


def test_what_runs_by_itself_makes_way_for_what_is_asked_for(seat: Seat) -> None:
    def endless(progress: Progress) -> str:
        while True:
            progress.step(0)
            time.sleep(0.01)

    seat.press("Control+i")
    seat.page.wait_for_selector(".gate")
    seat.engine.jobs.start("learn", endless)
    seat.page.wait_for_timeout(200)
    seat.press("t")
    seat.until(lambda: (job := seat.engine.jobs.current()) is not None and job.kind == "train")
