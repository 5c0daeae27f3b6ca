"""The Insight screen by keys: none does nothing without a word, none twice, and the screen stays where it stood."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui import insights
from tests.ui.conftest import Seat
from tests.ui.insights import gate, told, twice
from tests.ui.ranking import journal

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
TOP = "e => Math.round(e.getBoundingClientRect().top)"
NOTED = """
() => {
  const api = window.pywebview.api, call = api.call;
  window.asked = [];
  api.call = (name, body) => {
    if (name !== "dialog.reveal") return call(name, body);
    window.asked.push(JSON.parse(body).path);
    return Promise.resolve("{}");
  };
}
"""
ALTERED = """
() => {
  const api = window.pywebview.api, call = api.call;
  api.call = async (name, body) => {
    const said = await call(name, body);
    if (name !== "insight.all") return said;
    const all = JSON.parse(said);
    Object.assign(all.gates[%s], %s);
    return JSON.stringify(all);
  };
}
"""
CROPS = ALTERED % (1, '{ open: true, ready: 3, missing: "" }')
MISSING = (
    "12 more random checks that all agree would open it,"
    " as a record that is looked at after every check takes more to be sure"
)
NEARLY = ALTERED % (0, f'{{ open: false, ready: 0, n: 300, lower95: 0.9902, target: 0.99, missing: "{MISSING}" }}')


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return insights.library(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def bare(open_page: Open, made: Path, tmp_path: Path) -> Seat:
    return insights.here(open_page(insights.copied(made, tmp_path)))


@pytest.fixture
def seat(open_page: Open, made: Path, tmp_path: Path) -> Seat:
    return insights.here(open_page(insights.dressed(insights.copied(made, tmp_path)), 1024, 700))


def top(seat: Seat) -> int:
    return int(seat.page.eval_on_selector(".insight-scroll", "e => Math.round(e.scrollTop)"))


def hints(seat: Seat) -> list[str]:
    return [
        str(hint) for hint in seat.page.eval_on_selector_all("[data-hint]", "all => all.map((e) => e.dataset.hint)")
    ]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("p", "Winners: shut. 395 more random checks that all agree would open it"),
        ("Shift+P", "Crops: shut. 395 more random checks"),
        ("r", "Nothing that was decided at once waits for a look."),
        ("b", "There is no model before this one."),
    ],
)
def test_a_key_that_can_do_nothing_says_why(bare: Seat, key: str, words: str) -> None:
    bare.press(key)
    bare.until(lambda: words in told(bare))
    assert bare.page.locator("[data-testid=confirm]").count() == 0
    assert journal(bare) == []
    assert not {"insight.promote", "insight.promoteCrops", "insight.review", "insight.back"} & set(hints(bare))


def test_two_presses_in_one_moment_shut_a_gate_once(seat: Seat) -> None:
    twice(seat, "1")
    seat.until(lambda: "Shut by you" in gate(seat, "winner"))
    seat.page.wait_for_timeout(300)
    assert [(line["kind"], line["yes"]) for line in journal(seat)] == [("gate", True)]


def test_a_small_window_is_scrolled_by_keys_to_its_end_and_back(seat: Seat) -> None:
    seat.press("ArrowDown")
    seat.until(lambda: top(seat) == 80)
    seat.press("PageDown")
    seat.until(lambda: top(seat) > 400)
    seat.press("End")
    end = "e => Math.abs(e.scrollHeight - e.clientHeight - e.scrollTop) < 2"
    seat.until(lambda: seat.page.eval_on_selector(".insight-scroll", end))
    seat.press("Home")
    seat.until(lambda: top(seat) == 0)


def test_nothing_moves_when_a_batch_ends_and_the_place_is_kept_over_review_and_other_screens(seat: Seat) -> None:
    before = seat.page.eval_on_selector(".plots", TOP)
    seat.press("p", "Enter")
    seat.page.wait_for_selector("[data-command='insight.review']")
    assert seat.page.eval_on_selector(".plots", TOP) == before
    seat.press("PageDown")
    seat.until(lambda: top(seat) > 400)
    there = top(seat)
    seat.press("r")
    seat.page.wait_for_selector(".review-tile")
    seat.press("Escape")
    seat.page.wait_for_selector(".gate")
    assert top(seat) == there
    seat.press("Control+2")
    seat.page.wait_for_selector("[data-screen=cull]")
    seat.press("Control+i")
    seat.page.wait_for_selector(".gate")
    assert top(seat) == there


def test_the_question_has_the_focus_and_the_hints_and_is_dropped_when_its_screen_is_left(seat: Seat) -> None:
    seat.press("p")
    seat.page.wait_for_selector("[data-testid=confirm]")
    seat.until(lambda: seat.page.evaluate("document.activeElement.dataset.command") == "confirm.yes")
    assert hints(seat) == ["confirm.yes", "confirm.no"]
    for key, command in (("Tab", "no"), ("Tab", "yes"), ("Shift+Tab", "no"), ("Shift+Tab", "yes")):
        seat.press(key)
        assert seat.page.evaluate("document.activeElement.dataset.command") == f"confirm.{command}"
    seat.press("Control+2")
    seat.page.wait_for_selector("[data-screen=cull]")
    seat.press("Control+i")
    seat.page.wait_for_selector(".gate")
    assert seat.page.locator("[data-testid=confirm]").count() == 0
    assert "insight.gate" in hints(seat)
    assert journal(seat) == []


def test_a_question_says_what_its_button_says(seat: Seat) -> None:
    seat.page.evaluate(CROPS)
    seat.press("Control+2", "Control+i")
    seat.until(lambda: "Accept 3 crops at once" in gate(seat, "crop"))
    seat.press("Shift+P")
    asked = seat.page.inner_text("[data-testid=confirm]")
    assert "Accept 3 crops at once?" in asked
    assert seat.page.inner_text("[data-command='confirm.yes']").startswith("Accept")


def test_saved_files_are_shown_by_the_button_in_the_hint_line_and_by_a_key(seat: Seat) -> None:
    seat.page.evaluate(NOTED)
    twice(seat, "s")
    seat.until(lambda: told(seat).startswith("Saved "))
    assert "insight.reveal" in hints(seat)
    seat.page.click("[data-note=action]")
    seat.page.wait_for_selector("[data-note=action]", state="detached")
    seat.press("o")
    paths = seat.page.evaluate("window.asked")
    assert len(paths) == 2
    assert all(path.endswith("insight_agreement.csv") for path in paths)


def test_a_shut_gate_that_looks_sure_enough_says_how_many_more_checks_open_it(seat: Seat) -> None:
    seat.page.evaluate(NEARLY)
    seat.press("Control+2", "Control+i")
    words = "95 % sure of at least 99.0\u00a0%. 12 more random checks that all agree would open it"
    rail = "[data-gate=winner] .gate-rail"
    seat.until(lambda: seat.page.inner_text(rail) == words)
    assert seat.page.get_attribute(rail, "aria-valuetext") == words
    assert "looked at after every check" in gate(seat, "winner")
    assert "It takes 99.0\u00a0%" not in gate(seat, "winner")


@pytest.mark.parametrize("width", [1024, 1440])
def test_the_gates_stand_in_line_whether_open_or_shut(open_page: Open, made: Path, tmp_path: Path, width: int) -> None:
    seat = insights.here(open_page(insights.dressed(insights.copied(made, tmp_path)), width, 800))
    for part in (".gate-bar", "button[data-shut]", ".gate"):
        tops = seat.page.eval_on_selector_all(f".gates {part}", f"all => all.map({TOP})")
        assert len(tops) == 3
        assert max(tops) - min(tops) <= 1, part
