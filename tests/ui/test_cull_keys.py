"""The Cull and Sweep screens by their keys: what is focused, kept, zoomed and remembered."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import scene
from tests.ui.conftest import Seat

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
SHOWN = "[data-shown=true]"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("keys")
    scene.doubtful(place / "pictures", 5, size=4)
    scene.staged(place / "pictures", 1)
    return scene.culled(place / "pictures", place / "library")


@pytest.fixture
def culling(open_page: Open, library: Path, tmp_path: Path) -> Seat:
    """The page on the first of five doubtful families of four."""
    seat = open_page(shutil.copytree(library, tmp_path / "library"))
    seat.settled()
    seat.page.wait_for_selector("[data-testid=next] >> text=Start culling")
    seat.press("Enter")
    seat.page.wait_for_selector(f"{SHOWN} [data-image]")
    return seat


def images(seat: Seat) -> list[int]:
    return [int(i) for i in seat.page.eval_on_selector_all(f"{SHOWN} .cell", "es => es.map(e => e.dataset.image)")]


def attribute(seat: Seat, name: str) -> list[str]:
    """One attribute of every image shown, in order."""
    return list(seat.page.eval_on_selector_all(f"{SHOWN} .cell", f"es => es.map(e => e.dataset.{name})"))


def group(seat: Seat, key: str) -> dict[str, object]:
    answer = json.loads(seat.engine.call("cull.groups", json.dumps({"ids": [key]})))
    return dict(answer["groups"][0])


def read_again(seat: Seat) -> None:
    seat.page.evaluate("window.pickwise.receive([{ type: 'stale', screens: ['cull'] }])")


def test_a_group_opens_on_its_proposal_and_arrows_move_the_focus(culling: Seat) -> None:
    assert attribute(culling, "focused") == attribute(culling, "proposed") == ["true", "false", "false", "false"]
    culling.press("ArrowRight")
    culling.until(lambda: attribute(culling, "focused")[1] == "true")


def test_enter_keeps_the_focused_image_and_those_marked(culling: Seat) -> None:
    first, members = culling.group(), images(culling)
    culling.press("ArrowRight", "Shift+4", "Enter")
    culling.until(lambda: culling.group() != first)
    culling.until(lambda: group(culling, first)["status"] == "decided")
    assert group(culling, first)["chosen"] == [members[1], members[3]]


def test_going_back_shows_what_was_decided(culling: Seat) -> None:
    first = culling.group()
    culling.press("2")
    culling.until(lambda: culling.group() != first)
    culling.press("Shift+ArrowLeft")
    culling.until(lambda: culling.group() == first)
    assert attribute(culling, "verdict") == ["alternate", "keep", "alternate", "alternate"]


def test_what_is_decided_while_the_list_is_read_does_not_come_again(culling: Seat) -> None:
    first = culling.group()
    with culling.unsent("cull.pick"):
        with culling.held("cull.queue"):
            read_again(culling)
            culling.until(lambda: culling.page.evaluate("window.__held") == 1)
            culling.press("1")
            culling.until(lambda: culling.group() != first)
        culling.page.wait_for_timeout(200)
        second = culling.group()
        culling.press("Shift+Tab")  # around the end
        culling.until(lambda: culling.group() != second)
        assert culling.group() != first


def test_a_decision_is_not_taken_back_by_what_was_read_before_the_engine_knew(culling: Seat) -> None:
    first = culling.group()
    with culling.unsent("cull.pick"):
        with culling.held("cull.groups"):
            read_again(culling)
            culling.until(lambda: culling.page.evaluate("window.__held") == 1)
            culling.press("2")
            culling.until(lambda: culling.group() != first)
        culling.page.wait_for_timeout(200)
        culling.press("Shift+ArrowLeft")
        culling.until(lambda: culling.group() == first)
        assert attribute(culling, "verdict") == ["alternate", "keep", "alternate", "alternate"]
    culling.until(lambda: group(culling, first)["status"] == "decided")
    assert attribute(culling, "verdict") == ["alternate", "keep", "alternate", "alternate"]


def test_a_skipped_group_stays_unresolved_and_comes_again(culling: Seat) -> None:
    first = culling.group()
    culling.press("Space")
    culling.until(lambda: culling.group() not in ("", first))
    assert group(culling, first)["status"] == "review"
    for _ in range(4):
        before = culling.group()
        culling.press("1")
        culling.until(lambda before=before: culling.group() not in ("", before))
    assert culling.group() == first


def test_rejecting_a_whole_group_goes_on_and_the_end_is_calm(culling: Seat) -> None:
    for _ in range(5):
        before = culling.group()
        culling.press("Shift+X", "Enter")
        culling.until(lambda before=before: culling.group() != before)
    culling.page.wait_for_selector("[data-testid=finished]")
    culling.until(lambda: json.loads(culling.engine.call("library.status", "{}"))["needsYou"] == 0)
    culling.page.wait_for_selector("text=No group needs you")
    culling.press("Enter")
    culling.until(lambda: culling.screen() == "sweep")


def test_escape_leaves_the_tags_without_rejecting(culling: Seat) -> None:
    culling.press("x", "f", "Escape")
    culling.page.wait_for_selector("[data-testid=tag-strip]", state="detached")
    assert attribute(culling, "verdict") == [""] * 4


def test_zoom_is_one_image_pixel_a_screen_pixel_and_locked_across_images(culling: Seat) -> None:
    boxes = f"{SHOWN} .picture .layer"
    culling.press("z")
    culling.until(lambda: culling.page.eval_on_selector(f"{SHOWN} .picture", "e => e.dataset.zoom") == "actual")
    widths = "es => es.map(e => e.getBoundingClientRect().width)"  # of four pictures, small ones behind large ones

    def true_sized() -> bool:
        found = culling.page.eval_on_selector_all(boxes, widths)
        return len(found) >= 4 and found == pytest.approx([240] * len(found), abs=0.5)

    culling.until(true_sized)
    culling.press("Escape")
    picture = culling.page.locator(f"{SHOWN} .picture").nth(1).bounding_box()
    assert picture is not None
    culling.page.mouse.move(picture["x"] + picture["width"] * 0.3, picture["y"] + picture["height"] * 0.3)
    culling.page.mouse.wheel(0, -600)
    culling.until(lambda: culling.page.eval_on_selector(f"{SHOWN} .picture", "e => e.dataset.zoom") == "free")
    places = culling.page.eval_on_selector_all(boxes, "es => es.map(e => e.style.transform)")
    assert len(set(places)) == 1


def test_the_flag_is_kept(culling: Seat) -> None:
    first, members = culling.group(), images(culling)
    culling.press("f")
    culling.until(lambda: [m["flagged"] for m in group(culling, first)["members"]].count(True) == 1)  # type: ignore[attr-defined]
    culling.page.wait_for_selector(f".cell[data-image='{members[0]}'] [aria-label=Flagged]")


def test_the_three_groups_to_come_are_ready_before_they_are_shown(culling: Seat) -> None:
    waiting = "[data-shown=false] .picture canvas.layer"
    culling.until(lambda: culling.page.locator(waiting).count() >= 12)
    decoded = "es => es.every(e => e.width > 0 && e.height > 0)"
    culling.until(lambda: culling.page.eval_on_selector_all(waiting, decoded))


def test_a_refused_decision_is_taken_back_on_screen_and_said(culling: Seat) -> None:
    first = culling.group()
    refusal = json.dumps({"error": {"code": "library", "message": "The disk is full.", "hint": "Make room."}})
    culling.page.evaluate(
        "refusal => { const ask = window.pywebview.api.call; window.pywebview.api.call = (name, body) =>"
        " name === 'cull.pick' ? Promise.resolve(refusal) : ask(name, body); }",
        refusal,
    )
    culling.press("1")
    culling.page.wait_for_selector("[data-toast=error] >> text=The disk is full.")
    culling.page.click("text=Go there")
    culling.until(lambda: culling.group() == first)
    assert attribute(culling, "verdict") == [""] * 4


def test_every_key_of_the_sheet_is_in_the_palette_or_needs_its_moment(culling: Seat) -> None:
    culling.press("?")
    helped = set(culling.page.eval_on_selector_all("[data-help]", "es => es.map(e => e.dataset.help)"))
    culling.press("Escape", "Control+k")
    culling.page.wait_for_selector("[data-palette]")
    listed = set(culling.page.eval_on_selector_all("[data-palette]", "es => es.map(e => e.dataset.palette)"))
    later = {
        "palette.open",
        "cull.finish",
        "cull.backward",
        "tags.toggle",
        "tags.confirm",
        "tags.cancel",
        "cull.learned",
    }
    on_the_page = {command for command in helped if command.startswith("obvious.")}
    assert len(on_the_page) == 8
    assert helped - later - on_the_page - {"cull.plainOrder"} <= listed
