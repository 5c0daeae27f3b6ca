"""Whose picks, whose rankings: choosing by keys on the Rank and Rankings screens, on the real engine."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.api import Engine
from engine.ranking.judges import names
from tests.ui import ranked, ranking
from tests.ui.conftest import Seat
from tests.ui.ranked import ask, ids, loaded, page

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
COUNT = 12
LIST = ".judge-list"
NOW = "[data-testid=judge] > button"
FIRST_LAST = """name => {  // the first answer to a call comes after those to the later ones
  const ask = window.pywebview.api.call;
  let waits = true;
  window.pywebview.api.call = async (n, body) => {
    const mine = n === name && waits;
    if (mine) waits = false;
    const answer = await ask(n, body);
    if (mine) await new Promise((go) => (window.late = go));
    return answer;
  };
}"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve images ranked by two judges: the person here likes the highest id best, Ada the lowest."""
    place = tmp_path_factory.mktemp("judges")
    ranked.pictures(place / "pictures", COUNT)
    root = ranked.culled(place / "pictures", place / "library", 3, slice(0))
    engine = Engine()
    engine.start(None, root)
    everything = sorted(r["id"] for r in page(engine))
    for judge, taste in (("Ada", everything), ("", everything[::-1])):
        ask(engine, "settings.set", key="ranking.judge", value=judge)
        for apart in (1, 2, 4):
            ranked.compare(engine, *zip(taste, taste[apart:], strict=False))
    engine.close()
    return root


@pytest.fixture
def seat(open_page: Open, library: Path, tmp_path: Path) -> Seat:
    """The page on a copy of it."""
    seat = open_page(shutil.copytree(library, tmp_path / "library"))
    seat.settled()
    ranked.fitted(seat)
    return seat


def judge(seat: Seat) -> str:
    return str(ranking.status(seat)["judge"])


def shown(seat: Seat) -> str:
    return seat.page.inner_text(f"{NOW} .ellipsis")


def choose(seat: Seat, *keys: str) -> None:
    """Open the list, go to an entry by these keys, and choose it."""
    seat.press("j")
    seat.page.wait_for_selector(f"{LIST} [role=radio]:focus")
    seat.press(*keys, "Enter")
    seat.page.wait_for_selector(LIST, state="detached")


def type_name(seat: Seat, name: str) -> None:
    seat.press("j")
    seat.page.wait_for_selector(f"{LIST} [role=radio]:focus")
    seat.press(*["ArrowUp"] * (1 + seat.page.locator(f"{LIST} [role=radio]").evaluate_all(
        "es => es.indexOf(document.activeElement)")))  # fmt: skip
    seat.page.wait_for_selector(f"{LIST} input:focus")
    seat.page.keyboard.type(name)
    seat.press("Enter")


def order(seat: Seat, **whose: bool) -> list[int]:
    return [r["id"] for r in page(seat.engine, **whose)]


def test_each_judge_has_their_own_order_and_everyone_one_between(seat: Seat) -> None:
    ranked.here(seat)
    mine = order(seat)
    seat.until(lambda: ids(seat) == mine)
    assert shown(seat) == "You"
    choose(seat, "ArrowDown")
    seat.until(lambda: judge(seat) == "Ada" and shown(seat) == "Ada")
    ranked.fitted(seat)
    seat.until(lambda: ids(seat) == mine[::-1])
    strength = {r["id"]: r["strength"] for r in page(seat.engine)}
    choose(seat, "ArrowDown")
    seat.until(lambda: shown(seat) == "Everyone")
    between = {r["id"]: r["strength"] for r in page(seat.engine, everyone=True)}
    assert max(map(abs, between.values())) < max(map(abs, strength.values())) / 2
    seat.until(lambda: ids(seat) == order(seat, everyone=True))
    picks = sum(seat_picks for (seat_picks,) in ranking.rows(seat, "SELECT count(*) FROM matches"))
    seat.until(lambda: f"{picks} picks of 2 judges" in seat.page.inner_text("[data-testid=standing]"))
    row = page(seat.engine, everyone=True)[0]
    assert row["comparisons"] > page(seat.engine)[0]["comparisons"]
    assert judge(seat) == "Ada", "everyone together is a view, not a judge"


def read_again(seat: Seat, screen: str) -> None:
    seat.page.evaluate("screen => window.pickwise.receive([{ type: 'stale', screens: [screen] }])", screen)
    seat.until(lambda: seat.page.evaluate("'late' in window"))


def test_whose_rankings_are_shown_is_not_said_by_an_older_answer(seat: Seat) -> None:
    ranked.here(seat)
    seat.page.evaluate(FIRST_LAST, "rank.status")
    read_again(seat, "rankings")
    choose(seat, "ArrowDown")
    seat.until(lambda: shown(seat) == "Ada")
    seat.page.evaluate("() => window.late()")
    seat.page.wait_for_timeout(200)
    assert shown(seat) == "Ada"


@pytest.mark.parametrize("screen", ["Control+4", "Control+5"])
def test_who_was_chosen_last_counts_although_the_choice_before_is_on_its_way(seat: Seat, screen: str) -> None:
    seat.press(screen)
    seat.until(lambda: shown(seat) == "You")
    with seat.held("settings.set"):
        choose(seat, "ArrowDown")
        seat.until(lambda: judge(seat) == "Ada")
        choose(seat)
    seat.until(lambda: judge(seat) == "")
    seat.page.wait_for_timeout(200)
    assert shown(seat) == "You"


def test_what_is_exported_from_everyone_together_is_what_is_shown(seat: Seat) -> None:
    ask(seat.engine, "settings.set", key="ranking.judge", value="Ada")
    for _ in range(3):
        ranked.compare(seat.engine, (5, 1, 2, 3, 4, 6, 7, 8, 9))
    ask(seat.engine, "settings.set", key="ranking.judge", value="")
    seat.engine.desk.everyone(seat.engine.need()).settle()
    ranked.here(seat)
    choose(seat, "ArrowUp")
    seat.until(lambda: shown(seat) == "Everyone")
    seat.until(lambda: ids(seat) == order(seat, everyone=True) and ids(seat)[0] == 5, 30)
    everyone = page(seat.engine, everyone=True)
    seat.press("e")
    seat.page.wait_for_selector("[data-sheet=export] >> text=by everyone together")
    seat.press("t")
    seat.page.wait_for_selector("[data-sheet=export] [data-state=done]")
    assert seat.engine.library is not None
    exported = sorted(p.name for p in seat.engine.library.paths.exports.rglob("*.png"))
    assert exported == [f"{place:04d}_{row['filename']}" for place, row in enumerate(everyone[:3], 1)]
    seat.press("c")
    written = seat.engine.library.paths.reports / "rankings.csv"
    seat.until(lambda: "rankings.csv" in seat.page.inner_text("[data-testid=export-message]"))
    with written.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["filename"] for line in lines] == [row["filename"] for row in everyone]
    assert [float(line["mu"]) for line in lines] == pytest.approx([row["mu"] for row in everyone])


def test_picks_are_recorded_for_the_judge_that_was_chosen_and_undone_for_them_alone(seat: Seat) -> None:
    assert seat.engine.library is not None
    ranking.begin(seat, 2)
    figures = "SELECT id, mu, sigma, comparison_count FROM images ORDER BY id"
    mine, hers = ranking.rows(seat, figures), ranking.rows(seat, "SELECT * FROM ratings ORDER BY 1")
    before = ranking.section(seat, "match")
    choose(seat, "ArrowDown")
    seat.until(lambda: judge(seat) == "Ada" and shown(seat) == "Ada")
    ranking.seen(seat, before)
    count = len(ranking.journal(seat))
    ranking.play(seat, "1")
    assert ranking.written(seat, count + 1)["judge"] == "Ada"
    assert ranking.rows(seat, figures) == mine
    assert ranking.rows(seat, "SELECT * FROM ratings ORDER BY 1") != hers
    seat.press("u")
    seat.until(lambda: ranking.rows(seat, "SELECT * FROM ratings ORDER BY 1") == hers)
    assert ranking.rows(seat, figures) == mine


def test_an_older_answer_about_another_judge_leaves_the_match_on_screen(seat: Seat) -> None:
    ranking.begin(seat, 2)
    before = ranking.section(seat, "match")
    seat.page.evaluate(FIRST_LAST, "rank.status")
    read_again(seat, "rank")
    choose(seat, "ArrowDown")
    seat.until(lambda: judge(seat) == "Ada" and shown(seat) == "Ada")
    hers = ranking.seen(seat, before)
    seat.page.evaluate("() => window.late()")
    seat.page.wait_for_timeout(300)
    assert (ranking.section(seat, "match"), ranking.section(seat, "answered")) == (hers, "")


def test_an_undo_beyond_the_change_of_judge_puts_nobody_elses_match_on_the_screen(seat: Seat) -> None:
    ranking.begin(seat, 2)
    ranking.play(seat, "1")
    before = ranking.section(seat, "match")
    choose(seat, "ArrowDown")
    seat.until(lambda: judge(seat) == "Ada" and shown(seat) == "Ada")
    hers = ranking.seen(seat, before)
    seat.press("u")
    seat.page.wait_for_selector("text=over 1, by you")
    seat.page.wait_for_timeout(400)
    assert ranking.section(seat, "match") == hers
    assert judge(seat) == "Ada"


def test_a_new_judge_is_named_in_place_and_begins_with_nothing(seat: Seat) -> None:
    assert seat.engine.library is not None
    ranking.begin(seat, 4)
    before = ranking.section(seat, "match")
    type_name(seat, "x" * 61)
    seat.page.wait_for_selector(f"{LIST} [role=alert] >> text=at most 60 characters")
    assert judge(seat) == ""
    assert ranking.section(seat, "match") == before
    seat.page.keyboard.type("Zoë 9")
    seat.press("Enter")
    seat.page.wait_for_selector(LIST, state="detached")
    seat.until(lambda: judge(seat) == "Zoë 9" and shown(seat) == "Zoë 9")
    assert ranking.status(seat)["matches"] == 0
    ranking.seen(seat, before)
    ranking.play(seat, "2")
    seat.until(lambda: ranking.status(seat)["matches"] == 1)
    with seat.engine.library.db.read() as connection:
        assert names(connection) == ["", "Ada", "Zoë 9"]
    for typed, meant in ((" ada ", "Ada"), ("you", "")):
        type_name(seat, typed)
        seat.page.wait_for_selector(LIST, state="detached")
        assert judge(seat) == meant, "a name that is here already, in whatever case"


def test_keys_of_the_list_stay_in_it_and_escape_leaves_everything_as_it_was(seat: Seat) -> None:
    ranking.begin(seat, 4)
    before, count = ranking.section(seat, "match"), len(ranking.journal(seat))
    seat.press("j")
    seat.page.wait_for_selector(f"{LIST} [role=radio]:focus")
    seat.press("1", "d", "s", "u", "b")
    seat.press("Escape")
    seat.page.wait_for_selector(LIST, state="detached")
    assert (seat.screen(), judge(seat), ranking.section(seat, "match")) == ("rank", "", before)
    assert len(ranking.journal(seat)) == count
    ranking.play(seat, "1")
    assert ranking.written(seat, count + 1)["judge"] == ""


def test_a_judge_without_picks_is_left_again_on_the_rankings(seat: Seat) -> None:
    ask(seat.engine, "settings.set", key="ranking.judge", value="Bo")
    seat.press("Control+5")
    seat.page.wait_for_selector("[data-testid=empty] >> text=Nothing was compared yet")
    assert shown(seat) == "Bo"
    choose(seat, "ArrowUp")
    seat.until(lambda: judge(seat) == "Ada")
    seat.page.wait_for_selector(ranked.ROW)
    loaded(seat)


def test_the_palette_knows_every_judge(seat: Seat) -> None:
    ranked.here(seat)
    for words, there in (("everyone together", "Everyone"), ("rankings of ada", "Ada"), ("your rankings", "You")):
        seat.press("Control+k")
        seat.page.wait_for_selector(".palette-input:focus")
        seat.page.keyboard.type(words)
        seat.press("Enter")
        seat.until(lambda there=there: shown(seat) == there)
