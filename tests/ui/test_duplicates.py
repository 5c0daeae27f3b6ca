"""The Duplicates screen by its keys, on the real engine: what is found, decided, moved and taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui import copies
from tests.ui.conftest import Seat
from tests.ui.copies import CELL, anew, aside, ask, begin, ended, files, group, names, search, shown

pytestmark = pytest.mark.page
Open = Callable[..., Seat]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copies.prepared(tmp_path_factory.mktemp("copies"), copies.pictures)


@pytest.fixture
def home(prepared: Path) -> Path:
    return anew(prepared)


@pytest.fixture
def seat(open_page: Open, home: Path) -> Seat:
    """The screen with the groups found, on the first of them."""
    seat = search(begin(open_page(home / "library")))
    seat.absent = True  # files are moved while they are looked at
    return seat


def read_again(seat: Seat) -> None:
    seat.page.evaluate("window.pickwise.receive([{ type: 'stale', screens: ['duplicates'] }])")


def test_before_a_search_it_says_the_next_step_and_one_key_takes_it(open_page: Open, home: Path) -> None:
    seat = begin(open_page(home / "library"))
    seat.page.wait_for_selector("[data-testid=empty] >> text=No search yet")
    search(seat)
    sizes = seat.page.eval_on_selector_all("[data-group-row]", "es => es.map(e => e.innerText.split(' ')[0])")
    assert sizes == ["4", "3", "2"]
    assert "3 groups" in seat.page.inner_text("[data-testid=sum]")


def test_the_keeper_comes_first_and_only_what_differs_is_said(seat: Seat) -> None:
    assert names(seat)[0] == "a_stage3.png"
    assert shown(seat, "mark") == ["stays", "goes", "goes", "goes"]
    assert shown(seat, "focused") == ["false", "true", "false", "false"]
    facts = set(seat.page.eval_on_selector_all(f"{CELL} [data-fact]", "es => es.map(e => e.dataset.fact)"))
    assert {"size", "bytes", "format", "stage", "folder", "distance"} <= facts
    assert not facts & {"defects", "rating", "cropped"}
    assert "the keeper has stage 3" in seat.page.inner_text(f"{CELL}:nth-child(2)")


def test_enter_moves_what_goes_with_companions_and_undo_brings_it_back(seat: Seat, home: Path) -> None:
    before, first = files(home / "pictures"), group(seat)
    seat.press("Enter")
    seat.until(lambda: group(seat) != first)
    gone = {"a_copy.png", "a_rough.jpg", "a_small.jpg", "a_small.caption"}
    seat.until(lambda: gone <= aside(home / "pictures"))
    assert {"a_stage3.png", "a_stage3.yaml"} <= files(home / "pictures")
    seat.press("PageUp")
    seat.until(lambda: group(seat) == first)
    assert shown(seat, "mark") == ["stays", "aside", "aside", "aside"], "going back shows what was decided"
    seat.press("Tab")
    seat.until(lambda: group(seat) != first)
    seat.press("u")
    seat.until(lambda: group(seat) == first and shown(seat, "mark") == ["stays", "goes", "goes", "goes"])
    assert files(home / "pictures") == before
    seat.press("Shift+U")
    seat.until(lambda: gone <= aside(home / "pictures"))


def test_undo_leads_back_although_the_list_is_read_anew_meanwhile(seat: Seat) -> None:
    first = group(seat)
    seat.press("Enter")
    seat.until(lambda: group(seat) != first)
    seat.until(lambda: ask(seat, "dupes.page")["total"] == 2)
    with seat.held("dupes.page"):
        seat.press("u")
        seat.until(lambda: group(seat) == first)
    seat.page.wait_for_timeout(200)
    assert group(seat) == first
    assert shown(seat, "mark") == ["stays", "goes", "goes", "goes"]


def test_what_is_decided_while_the_list_is_read_stays_decided(seat: Seat) -> None:
    first = group(seat)
    with seat.held("dupes.page"):
        read_again(seat)
        seat.until(lambda: seat.page.evaluate("window.__held") == 1)
        seat.press("n")
        seat.until(lambda: group(seat) != first)
        seat.until(lambda: ask(seat, "dupes.page")["total"] == 2)
    seat.page.wait_for_timeout(200)
    assert group(seat) != first
    seat.press("PageUp")
    seat.until(lambda: group(seat) == first)
    assert set(shown(seat, "mark")) == {"apart"}


def test_a_flip_made_while_the_group_is_read_again_is_not_taken_back(seat: Seat) -> None:
    with seat.unsent("dupes.flip"):
        with seat.held("dupes.groups"):
            read_again(seat)
            seat.until(lambda: seat.page.evaluate("window.__held") == 1)
            seat.press("Space")
            seat.until(lambda: shown(seat, "mark")[1] == "stays")
        read_again(seat)
        seat.page.wait_for_timeout(200)
        assert shown(seat, "mark")[1] == "stays", "what was asked for before the engine knew of it is older"
    seat.until(lambda: ask(seat, "dupes.groups", ids=[group(seat)])["groups"][0]["members"][1]["stays"])
    seat.page.wait_for_timeout(200)
    assert shown(seat, "mark")[1] == "stays"


def test_a_flipped_image_stays_and_says_who_said_so(seat: Seat, home: Path) -> None:
    first = names(seat)[1]
    freed = seat.page.inner_text("[data-testid=freed]")
    seat.press("Space")
    seat.until(lambda: shown(seat, "flipped")[1] == "true")
    assert shown(seat, "mark")[:2] == ["stays", "stays"]
    seat.page.wait_for_selector(f"{CELL}:nth-child(2) >> text=You said so")
    seat.until(lambda: seat.page.inner_text("[data-testid=freed]") != freed)
    seat.press("3", "3")
    seat.until(lambda: shown(seat, "mark")[2] == "stays")
    seat.press("3", "Enter")
    seat.until(lambda: len(aside(home / "pictures")) > 0)
    assert first not in aside(home / "pictures")
    assert "a_stage3.png" not in aside(home / "pictures")


def test_a_split_image_and_a_group_that_is_none_are_remembered(seat: Seat, home: Path) -> None:
    before, alone = files(home / "pictures"), names(seat)[3]
    seat.press("4", "s")
    seat.until(lambda: len(shown(seat, "image")) == 3)
    assert alone not in names(seat)
    seat.press("Tab")
    seat.until(lambda: "b_stage3.png" in names(seat))
    second = group(seat)
    seat.press("n")
    seat.until(lambda: group(seat) != second)
    seat.until(lambda: ask(seat, "dupes.page")["total"] == 2)
    search(seat)
    seat.until(lambda: seat.page.inner_text("[data-testid=sum]").startswith("2 groups"))
    seat.until(lambda: names(seat)[:1] == ["c_stage3.png"])  # the place is kept
    seat.press("PageUp")
    seat.until(lambda: names(seat)[:1] == ["a_stage3.png"])
    assert alone not in names(seat)
    assert files(home / "pictures") == before


def test_nothing_goes_unless_something_stays(seat: Seat, home: Path) -> None:
    first = group(seat)
    seat.press("1", "Space")
    seat.until(lambda: shown(seat, "mark") == ["goes"] * 4)
    seat.press("Enter")
    seat.page.wait_for_selector(".hints .note >> text=Nothing of this group would stay")
    assert group(seat) == first
    assert aside(home / "pictures") == set()


def test_all_are_accepted_after_one_question_with_the_figures(seat: Seat, home: Path) -> None:
    seat.press("Shift+Enter")
    asked = seat.page.inner_text("[data-testid=confirm]")
    assert "Set aside 6 images of 3 groups" in asked
    assert "_review_dupes" in asked
    seat.press("Escape")
    seat.page.wait_for_selector("[data-testid=confirm]", state="detached")
    assert aside(home / "pictures") == set()
    seat.press("Shift+Enter", "Enter")
    assert "6 images set aside" in ended(seat, "stage")
    assert len([name for name in aside(home / "pictures") if not name.endswith(".caption")]) == 6
    seat.page.wait_for_selector("[data-testid=copies-finished] >> text=No group is open")


def test_what_was_set_aside_is_restored_by_one_key(seat: Seat, home: Path) -> None:
    before = files(home / "pictures")
    for _ in range(2):
        first = group(seat)
        seat.press("Enter")
        seat.until(lambda first=first: group(seat) != first)
    seat.until(lambda: len(aside(home / "pictures")) == 7)
    seat.press("b")
    rows = "[data-batch]"
    seat.until(lambda: len(seat.page.query_selector_all(rows)) == 2)
    seat.press("ArrowDown")
    seat.until(lambda: seat.page.eval_on_selector_all(rows, "es => es.map(e => e.ariaSelected)") == ["false", "true"])
    seat.press("r")
    assert "3 images put back" in ended(seat, "restore")
    seat.until(lambda: len(seat.page.query_selector_all(rows)) == 1)
    seat.press("Shift+R")
    assert "2 images put back" in ended(seat, "restore")
    seat.page.wait_for_selector("[data-testid=empty] >> text=Nothing is set aside")
    assert files(home / "pictures") == before


def test_approving_sends_to_the_trash_after_a_red_question(
    seat: Seat, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trash = tmp_path / "trash"
    trash.mkdir()
    monkeypatch.setattr("send2trash.send2trash", lambda path: Path(path).rename(trash / Path(path).name))
    first = group(seat)
    seat.press("Enter")
    seat.until(lambda: group(seat) != first)
    seat.until(lambda: len(aside(home / "pictures")) == 4)
    seat.press("b")
    seat.page.wait_for_selector("[data-batch]")
    seat.press("a")
    question = seat.page.wait_for_selector(".copies-confirm.red")
    assert question is not None
    assert "3 images" in question.inner_text()
    assert "Undo in Pickwise does not reach there" in question.inner_text()
    seat.press("Escape", "Delete", "Enter")
    assert "3 images sent to the Trash" in ended(seat, "approve")
    assert files(trash) == {"a_copy.png", "a_rough.jpg", "a_small.jpg", "a_small.caption"}
    assert aside(home / "pictures") == set()
    seat.page.wait_for_selector("[data-testid=empty] >> text=Nothing is set aside")


def test_another_rule_is_tried_on_all_groups_and_moves_nothing(seat: Seat, home: Path) -> None:
    before, freed = files(home / "pictures"), seat.page.inner_text("[data-testid=freed]")
    seat.page.select_option("#copies-keep", "folder")
    seat.until(lambda: seat.page.query_selector("[data-toast=error]") is not None)  # nobody is there to choose one
    seat.press("Escape")
    chosen = home / "pictures" / "web"

    class Host:
        def choose_folders(self, title: str) -> list[str]:
            return [str(chosen)]

        def choose_file(self, title: str) -> list[str]:
            return []

        def reveal(self, path: Path) -> None: ...

    seat.engine.host = Host()
    seat.page.select_option("#copies-keep", "folder")
    ended(seat, "dupes")
    seat.until(lambda: names(seat)[:1] == ["a_small.jpg"])
    assert seat.page.inner_text("[data-testid=freed]") != freed
    seat.page.eval_on_selector("#copies-keep", "e => e.blur()")
    seat.press("w")
    ended(seat, "dupes")
    seat.until(lambda: names(seat)[:1] == ["a_stage3.png"])
    assert files(home / "pictures") == before
    assert ask(seat, "dupes.page")["run"]["keep"] == "stage"


def test_a_czkawka_result_is_read_and_what_lies_outside_is_counted(open_page: Open, home: Path, tmp_path: Path) -> None:
    pictures = home / "pictures"
    paths = [pictures / "a_stage3.png", pictures / "a_rough.jpg", tmp_path / "elsewhere.png"]
    entry = {"size": 9, "width": 4, "height": 3, "modified_date": 1, "hash": [1], "difference": 2}
    result = tmp_path / "results.json"
    result.write_text(json.dumps([[{"path": str(path), **entry} for path in paths]]), "utf-8")
    shown_files: list[Path] = []

    class Host:
        def choose_folders(self, title: str) -> list[str]:
            return []

        def choose_file(self, title: str) -> list[str]:
            return [str(result)]

        def reveal(self, path: Path) -> None:
            shown_files.append(path)

    seat = begin(open_page(home / "library"))
    seat.engine.host = Host()
    seat.press("c")
    ended(seat, "dupes")
    seat.until(lambda: names(seat) == ["a_stage3.png", "a_rough.jpg"])
    seat.page.wait_for_selector("[data-testid=sum] >> text=1 path outside the sources")
    seat.until(lambda: seat.page.input_value("#copies-by") == "czkawka")
    seat.press("o")
    seat.until(lambda: [path.name for path in shown_files] == ["dupes.csv"])
