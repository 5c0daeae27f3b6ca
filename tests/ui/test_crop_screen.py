"""The Crop screen around its keys: the mouse, three at once, what looks wrong, looking back, nothing to do, leaving."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from engine.cropping import decide as crop_decide
from engine.cropping import queue
from engine.cropping import rows as crop_rows
from engine.cropping.model import KeepOut
from engine.errors import WrongUse
from engine.library.store import Library
from tests import cropped, scene
from tests.ui import cropping
from tests.ui.conftest import Seat
from tests.ui.cropping import STAGE, begin, box, candidates, decide, image, rows, section, seen, taken, told

pytestmark = pytest.mark.page
Open = Callable[..., Seat]


WATCH = """(() => {
  const crop = document.querySelector(".crop");
  window.shown = [];
  const look = () => window.shown.push(`${crop.dataset.focus} ${crop.dataset.done}`);
  new MutationObserver(look).observe(crop, { attributes: true });
})()"""  # every image the keyboard is on, and whether it is decided


@pytest.fixture
def place(croppable: Path, tmp_path: Path) -> Path:
    return shutil.copytree(croppable, tmp_path / "library")


@pytest.fixture
def seat(open_page: Open, place: Path) -> Seat:
    return begin(open_page(place))


def drag(seat: Seat, handle: str, dx: float, dy: float) -> None:
    """Drag a handle, or the box itself (`move`), by CSS pixels."""
    at = seat.page.locator(f"{STAGE} [data-handle={handle}]").bounding_box()
    assert at is not None
    x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    seat.page.mouse.move(x, y)
    seat.page.mouse.down()
    for part in (0.3, 0.7, 1):
        seat.page.mouse.move(x + dx * part, y + dy * part)
    seat.page.mouse.up()


def test_handles_keep_the_ratio_and_their_far_side_and_a_drag_inside_moves(seat: Seat) -> None:
    width, height = cropped.pixels_of(seat.engine.need(), image(seat))
    seat.press("w", "[", "[", "[", "[", "[", "[")
    for handle, dx, dy in (
        ("se", 60, 20),
        ("nw", -30, -30),
        ("n", 0, 60),
        ("e", -50, 0),
        ("sw", 40, -40),
        ("s", 0, 900),
    ):
        before = box(seat)
        drag(seat, handle, dx, dy)
        x1, y1, x2, y2 = after = box(seat)
        assert after != before
        assert abs((x2 - x1) * height / width - (y2 - y1)) < 1
        assert 0 <= x1 < x2 <= width
        assert 0 <= y1 < y2 <= height
        if "e" in handle:
            assert x1 == before[0]
        if "n" in handle:
            assert y2 == before[3]
    seat.press("w", "[", "[", "[", "[")
    before = box(seat)
    drag(seat, "move", 5000, -5000)
    after = box(seat)
    assert (after[2], after[1]) == (width, 0), "to the corner and not over it"
    assert after[2] - after[0] == before[2] - before[0]
    decide(seat, "Enter")
    assert taken(seat, 1)[0]["crop"]["actions"] == 7 + 6 + 5 + 1, "a drag is one"


def test_a_trio_is_one_decision_and_one_undo(seat: Seat) -> None:
    seat.press("m")
    seat.until(lambda: section(seat, "trios") == "true")
    seat.until(lambda: "-" in section(seat, "entry"))
    entry = seen(seat)
    images = [int(i) for i in entry.split("-")]
    assert len(images) == 3
    assert image(seat) == images[0]
    seat.press("2", "Tab")
    assert image(seat) == images[1]
    assert box(seat) == candidates(seat, images[1])[1]
    seat.press("[")
    shown = box(seat)
    seat.press("t", "f")
    decide(seat, "Enter")
    (line,) = taken(seat, 1)
    assert line["kind"] == "trio"
    assert line["winner"] == told(seat, images[1])["path"]
    assert line["anomaly_tags"] == ["extra_fingers"]
    assert cropping.box_of(line, (240, 320)) == shown
    (group,) = cropped.ask(seat.engine, "cull.groups", ids=[line["set_id"]])["groups"]
    assert {m["id"]: m["verdict"] for m in group["members"]} == {
        i: "keep" if i == images[1] else "alternate" for i in images
    }
    row = rows(seat, "trio_choices")[0]
    assert (row["group_id"], row["winner"]) == (line["set_id"], line["winner"])
    assert {row["loser1"], row["loser2"]} == {told(seat, i)["path"] for i in (images[0], images[2])}
    seat.press("u")
    seat.until(lambda: section(seat, "entry") == entry and section(seat, "done") == "false")
    seen(seat)
    assert (image(seat), box(seat)) == (images[1], shown)
    assert rows(seat, "trio_choices") == []
    (group,) = cropped.ask(seat.engine, "cull.groups", ids=[line["set_id"]])["groups"]
    assert group["chosen"] == []


def test_what_looks_wrong_is_drawn_and_said_as_the_box_moves(open_page: Open, place: Path) -> None:
    opened = Library(place)
    with opened.db.read() as connection:
        first = next(p for p in crop_rows.pictures(connection, list(range(1, 20))) if p.width == 320)
        proposal, version = crop_rows.get(connection, first.id, first.content)
    assert proposal is not None
    hand = KeepOut("hand", (270, 190, 320, 240), "One hand shows six fingers.", "extra_fingers")
    why = "No clean crop exists: leaving out the odd fingers would lose the head."
    wrong = msgspec.structs.replace(proposal, keep_out=[hand], clean=False, why=why, confidence=1.0)
    opened.write(lambda c: crop_rows.put(c, first.id, first.content, version, wrong))
    opened.close()
    seat = begin(open_page(place))
    assert image(seat) == first.id
    assert "would lose the head" in seat.page.inner_text("[data-testid=no-clean-crop]")
    seat.press("w")
    assert "odd fingers" in seat.page.inner_text("[data-testid=still-shows]")
    assert seat.page.inner_text(f"{STAGE} .crop-label") == "odd fingers"
    seat.press(*["["] * 8)
    assert "odd fingers" in seat.page.inner_text("[data-testid=leaves-out]")
    seat.press("o")
    assert seat.page.locator(f"{STAGE} [data-testid=thirds]").count() == 1
    seat.press("o", "o")
    assert seat.page.locator(f"{STAGE} .crop-wrong").count() == 0


def test_the_score_of_ones_own_box_is_measured_once_it_rests(seat: Seat) -> None:
    seat.press("i")
    best = told(seat, image(seat))["candidates"][0]
    assert f"{best['score']:.2f}" in seat.page.inner_text("[data-testid=terms]")
    seat.press("[", "[", "ArrowLeft")
    seat.page.wait_for_selector("[data-testid=terms][data-resting=true]")
    measured = cropped.ask(seat.engine, "crop.measure", image=image(seat), box=box(seat))
    assert f"{measured['score']:.2f}" in seat.page.inner_text("[data-testid=terms] h2")
    assert seat.page.inner_text("[data-term=size] td") == f"{measured['terms']['size']:.2f}"


def test_leaving_and_opening_again_returns_to_the_same_image(open_page: Open, place: Path) -> None:
    seat = begin(open_page(place))
    first = section(seat, "entry")
    seat.press("n")
    second = seen(seat, first)
    seat.press("Control+2", "Control+6")
    assert seen(seat) == second
    seat.until(lambda: seat.place() == ("crop", "", int(second)))
    seat = open_page(place)
    seat.until(lambda: seat.screen() == "crop")
    assert seen(seat) == second


def test_looking_back_and_deciding_otherwise(seat: Seat) -> None:
    first = decide(seat, "Enter")
    second = decide(seat, "Enter")
    seat.press("l")
    seat.until(lambda: section(seat, "list") == "done" and section(seat, "entry") != "")
    seen(seat)
    assert image(seat) == second, "newest first"
    seat.press("PageDown")
    seen(seat, str(second))
    assert image(seat) == first
    seat.press("[", "Enter")
    assert taken(seat, 3)[-1]["crop"]["choice"] == "nudged"
    assert told(seat, first)["choice"] == "nudged"
    seat.page.evaluate(WATCH)
    seat.press("u")
    seat.until(lambda: image(seat) == first and told(seat, first)["choice"] == "best")
    assert section(seat, "done") == "true", "the earlier decision stands"
    seat.until(lambda: section(seat, "list") == "waiting" and section(seat, "seen") == str(first))
    assert f"{first} false" not in seat.page.evaluate("window.shown"), "not for a moment does it look undecided"


@pytest.mark.parametrize("read", ["crop.queue", "crop.images"])
def test_a_crop_decided_while_it_is_read_again_is_decided_once(seat: Seat, read: str) -> None:
    first, entry = image(seat), section(seat, "entry")
    with seat.held(read):
        seat.page.evaluate("window.pickwise.receive([{ type: 'stale', screens: ['crop'] }])")
        seat.until(lambda: seat.page.evaluate("window.__held") == 1)
        seat.press("Enter")
        taken(seat, 1)
    seat.until(lambda: section(seat, "entry") != entry)
    seat.page.wait_for_timeout(200)
    seat.press("PageUp")
    seat.until(lambda: section(seat, "entry") == entry == section(seat, "seen"))
    seat.page.wait_for_timeout(cropping.REST)
    assert section(seat, "done") == "true"
    seat.press("Enter")  # the same once more only goes on
    seat.until(lambda: image(seat) != first)
    seat.page.wait_for_timeout(200)
    taken(seat, 1)


def test_when_all_is_decided_the_copies_are_written_and_said(seat: Seat) -> None:
    for _ in range(4):
        seat.press("[")
        decide(seat, "Enter")
    assert "Every crop is decided" in seat.page.inner_text("[data-testid=finished]")
    seat.press("Enter")
    seat.page.wait_for_selector("text=All cropped copies are written", timeout=45_000)
    written = sorted((seat.engine.need().paths.root / "exports" / "cropped").rglob("*.png"))
    assert len(written) == 4
    seat.settled()
    seat.press("u")
    seat.until(lambda: not any(file.exists() for file in written))
    seat.page.wait_for_selector("[data-testid=finished] >> text=4 have no cropped copy yet")
    seat.press("p")
    seat.page.wait_for_selector("[data-testid=taste] >> text=From 4 answers")
    seat.page.click("[data-command='crop.forget']")
    seat.page.wait_for_selector("[data-testid=confirm]")
    seat.press("Enter")
    seat.page.wait_for_selector("[data-testid=taste] >> text=Nothing yet")


def test_zoomed_in_the_box_is_drawn_as_exactly_and_the_wheel_works_over_it(seat: Seat) -> None:
    seat.press("w", "[", "[", "[", "[", "[")
    at = seat.page.locator(f"{STAGE} [data-handle=move]").bounding_box()
    assert at is not None
    seat.page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    seat.page.mouse.wheel(0, -200)
    seat.until(lambda: seat.page.get_attribute(f"{STAGE} .picture", "data-zoom") == "free")
    seat.until(lambda: float(seat.page.get_attribute(f"{STAGE} .crop-line", "width") or 0) > at["width"] * 1.2)
    x1, y1, x2, _ = box(seat)
    wide = float(seat.page.get_attribute(f"{STAGE} .crop-line", "width") or 0)
    pixels = (x2 - x1) / wide  # of the original a CSS pixel
    drag(seat, "move", 20, 10)
    assert box(seat)[:2] == (x1 + round(20 * pixels), y1 + round(10 * pixels))
    seat.press("Escape")
    assert (seat.screen(), seat.page.get_attribute(f"{STAGE} .picture", "data-zoom")) == ("crop", "fit")


def test_a_decision_that_is_refused_comes_back_undecided(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise WrongUse("The proposals were made anew.", "Look again.")

    number, shown = image(seat), box(seat)
    with monkeypatch.context() as patched:
        patched.setattr(crop_decide, "choose", refuse)
        seat.press("Enter")
        seat.page.wait_for_selector("text=The proposals were made anew")
    assert cropped.table(seat.engine.need(), "crop_answers") == []
    seat.page.click("text=Go there")
    seat.until(lambda: image(seat) == number and section(seat, "done") == "false" and box(seat) == shown)
    seen(seat)
    decide(seat, "Enter")
    assert tuple(told(seat, number)["box"]) == shown
    assert cropped.ask(seat.engine, "crop.queue")["waiting"] == 3


def test_a_library_held_elsewhere_can_be_looked_at_only(open_page: Open, place: Path) -> None:
    with Library(place):
        seat = open_page(place)
        seat.page.wait_for_selector("[data-starting=false]")
        seat.press("Control+6")
        entry = seen(seat)
        seat.press("[", "Enter")
        seat.page.wait_for_selector("text=open for reading only")
        assert section(seat, "entry") == entry
        assert cropped.table(seat.engine.need(), "crop_answers") == []


def test_c_on_cull_sends_an_image_here_and_takes_it_back(open_page: Open, place: Path) -> None:
    seat = open_page(place)
    seat.settled()
    seat.press("Control+2")
    seat.page.wait_for_selector("[data-shown=true] .cell[data-focused=true]")
    number = int(seat.page.eval_on_selector("[data-shown=true] .cell[data-focused=true]", "e => e.dataset.image"))
    seat.press("c")
    seat.page.wait_for_selector(f"[data-shown=true] .cell[data-image='{number}'] [data-to-crop]")
    seat.until(lambda: cropped.ask(seat.engine, "crop.queue")["waiting"] == 5)
    seat.press("u")
    seat.until(lambda: seat.page.locator("[data-to-crop]").count() == 0)
    assert seat.screen() == "cull"
    seat.press("c", "Control+6")
    seen(seat)
    assert image(seat) == number, "what was asked for comes first"
    assert "you sent it here" in seat.page.inner_text(".crop-head")


def test_an_image_shown_bare_begins_at_the_whole_and_says_why(
    open_page: Open, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "EVERY", 1)
    opened = Library(place)
    opened.change_setting("crop.measure_unassisted", True)
    opened.close()
    seat = begin(open_page(place))
    number = image(seat)
    assert "Every 20th picture" in seat.page.inner_text("[data-testid=unassisted]")
    assert seat.page.locator("[data-offer]").count() == 0
    assert box(seat) == (0, 0, *cropped.pixels_of(seat.engine.need(), number))
    seat.press("2", "Tab", "[")
    decide(seat, "Enter")
    how = taken(seat, 1)[0]["crop"]
    assert (how["unassisted"], how["choice"], how["actions"]) == (True, "nudged", 1)


def test_without_proposals_or_images_the_next_step_is_said(open_page: Open, tmp_path: Path) -> None:
    seat = open_page(None)
    seat.press("Control+6")
    seat.page.wait_for_selector("[data-screen=crop] >> text=No library is open")
    scene.doubtful(tmp_path / "pictures", 1)
    seat = open_page(tmp_path / "pictures")
    seat.settled()
    seat.press("Control+6")
    seat.page.wait_for_selector("text=Nothing to crop yet")
    (group,) = cropped.ask(seat.engine, "cull.queue")["items"]
    (view,) = cropped.ask(seat.engine, "cull.groups", ids=[group["id"]])["groups"]
    seat.press("Control+2")
    seat.page.wait_for_selector("[data-shown=true] .cell[data-focused=true]")
    seat.press("1", "Control+6")
    seat.page.wait_for_selector("[data-testid=unproposed-all] >> text=Propose crops")
    assert len(view["members"]) == 3
