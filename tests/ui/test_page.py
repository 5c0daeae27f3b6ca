"""The page, by its keys, on the real engine and real files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.library.text import to_text
from tests import scene
from tests.ui.conftest import Seat

pytestmark = pytest.mark.page
Open = Callable[..., Seat]


SLOW_START = """
const ask = window.pywebview.api.call, begin = new Promise((go) => (window.__begin = go));
window.pywebview.api.call = async (name, body) => (name === "app.hello" && (await begin), ask(name, body));
"""


AT_ONCE = """async keys => {
  const open = [];
  for (const key of keys) {
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { ...key, bubbles: true, cancelable: true }));
    for (let i = 0; i < 20; i++) await null;
    open.push(document.querySelector("[role=dialog]") !== null);
  }
  return open;
}"""  # keys with no frame between them, and whether a sheet is open after each


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("page")
    scene.doubtful(place / "pictures", 11)
    scene.staged(place / "pictures", 2)
    scene.culled(place / "pictures", place / "library")
    return place


@pytest.fixture
def folder(drawn: Path, tmp_path: Path) -> Path:
    """Eleven families in doubt and two that nobody has to look at."""
    return shutil.copytree(drawn / "pictures", tmp_path / "pictures")


@pytest.fixture
def library(drawn: Path, tmp_path: Path) -> Path:
    """A library of them."""
    return shutil.copytree(drawn / "library", tmp_path / "library")


def journal(seat: Seat) -> list[dict[str, object]]:
    assert seat.engine.library is not None
    files = sorted(seat.engine.library.paths.sessions.glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def start(seat: Seat) -> None:
    seat.settled()
    seat.page.wait_for_selector("[data-testid=next] >> text=Start culling")
    seat.press("Enter")
    seat.page.wait_for_selector("[data-group] [data-image]")


def images(seat: Seat) -> list[str]:
    """The images of the group on the screen."""
    return seat.page.eval_on_selector_all("[data-shown=true] [data-image]", "es => es.map(e => e.dataset.image)")


def decided(seat: Seat) -> int:
    return int(json.loads(seat.engine.call("library.status", "{}"))["decided"])


def test_ten_groups_by_keys_three_undone_a_restart_and_an_export(open_page: Open, folder: Path, tmp_path: Path) -> None:
    seat = open_page(folder)
    start(seat)
    chosen = []
    for number in range(10):
        group = seat.group()
        key = "123"[number % 3]
        seat.until(lambda: len(images(seat)) == 3)
        chosen.append((group, int(images(seat)[int(key) - 1])))
        seat.press(key)
        seat.until(lambda group=group: seat.group() != group)
    seat.until(lambda: decided(seat) == 10)
    seat.press("u", "u", "u")
    seat.until(lambda: decided(seat) == 7)
    place = chosen[7][0]
    seat.until(lambda: seat.group() == place)
    seat.until(lambda: seat.place()[:2] == ("cull", place))

    seat = open_page(folder)
    seat.settled()
    seat.page.wait_for_selector("[data-group] [data-image]")
    assert seat.screen() == "cull"
    assert seat.group() == place
    assert decided(seat) == 7

    seat.press("e")
    seat.until(lambda: (job := seat.engine.jobs.current()) is not None and job.kind == "export" and job.state == "done")
    library = seat.engine.library
    assert library is not None
    exported = {p.name for p in (library.paths.exports / "approved").iterdir()}
    with library.db.read() as connection:
        paths = dict(connection.execute("SELECT id, filename FROM images"))
    by_keys = {paths[image] for _, image in chosen[:7]}
    by_default = {p.name for p in folder.iterdir() if "stage3" in p.name}
    assert exported == by_keys | by_default
    kinds = [line["kind"] for line in journal(seat)]
    assert kinds == ["pick"] * 10 + ["undo"] * 3


def test_reject_with_tags_then_undo_and_redo(open_page: Open, library: Path) -> None:
    seat = open_page(library)
    start(seat)
    group = seat.group()
    seat.press("x")
    seat.page.wait_for_selector("[data-testid=tag-strip]")
    letter = seat.page.eval_on_selector("[data-tag=extra_fingers]", "e => e.querySelector('kbd').textContent")
    seat.press(str(letter).lower(), "Enter")
    seat.until(lambda: any(line["kind"] == "reject" for line in journal(seat)))
    line = next(line for line in journal(seat) if line["kind"] == "reject")
    assert line["anomaly_tags"] == ["extra_fingers"]
    assert line["delete"] is True
    assert line["winner"] is None
    assert line["set_id"] == group
    seat.press("u")
    seat.until(lambda: seat.page.query_selector("[data-verdict=reject]") is None)
    seat.press("Shift+U")
    seat.until(lambda: seat.page.query_selector("[data-verdict=reject]") is not None)


def test_names_prompts_and_companions_are_never_html(open_page: Open, tmp_path: Path) -> None:
    from tests import draw

    place = tmp_path / "pictures"
    evil = "<img src=x onerror=alert(1)>"
    base = draw.natural(1, 240, 320)
    for i in range(3):
        draw.save(draw.variant(base, i, 1.0), place / f"a{evil.replace('/', '')}{i}.png", parameters=f"{evil}\nSeed: 1")
    (place / f"a{evil}0.yaml").write_text(f"prompt: '{evil}'", "utf-8")
    seat = open_page(place)
    start(seat)
    seat.press("i")
    seat.page.wait_for_selector(f"text={evil}")
    assert seat.page.eval_on_selector_all("img[src='x']", "es => es.length") == 0


def test_the_sweep_throws_out_and_reopens(open_page: Open, library: Path) -> None:
    seat = open_page(library)
    seat.settled()
    seat.press("g")
    seat.page.wait_for_selector("[data-screen=sweep] [data-image]")
    count = lambda: json.loads(seat.engine.call("sweep.keepers", "{}"))["total"]  # noqa: E731
    assert count() == 2
    seat.press("x")
    seat.until(lambda: count() == 1)
    seat.press("u")
    seat.until(lambda: count() == 2)
    seat.press("o")
    seat.until(lambda: seat.screen() == "cull")
    seat.until(lambda: count() == 1)


def test_keys_sheet_palette_and_settings(open_page: Open, library: Path) -> None:
    seat = open_page(library)
    seat.settled()
    seat.press("?")
    seat.page.wait_for_selector("[data-sheet]")
    seat.press("Escape", "Control+k")
    seat.page.wait_for_selector("[data-palette]")
    seat.page.keyboard.type("settings")
    seat.press("Enter")
    seat.until(lambda: seat.screen() == "settings")
    field = seat.page.locator("[data-setting='groups.phash_distance'] input").first
    field.fill("9")
    field.press("Enter")
    assert seat.engine.library is not None
    seat.until(lambda: seat.engine.library.settings.groups.phash_distance == 9)
    assert "phash_distance = 9" in seat.engine.library.paths.settings.read_text("utf-8")


def test_a_screen_asked_for_while_the_page_begins_is_shown_and_no_other_key_means_anything(
    open_page: Open, library: Path
) -> None:
    seat = open_page(library)
    seat.settled()
    seat.page.add_init_script(SLOW_START)
    seat.page.reload()
    seat.page.wait_for_selector("[data-starting=true]")
    seat.press("Enter", "Control+2", "Enter")
    seat.page.evaluate("window.__begin()")
    seat.page.wait_for_selector("[data-screen=cull] [data-group] [data-image]")
    seat.page.wait_for_timeout(200)
    assert seat.screen() == "cull"
    assert seat.page.locator("[data-toast]").count() == 0
    assert journal(seat) == []


def test_a_sheet_has_the_keys_the_moment_it_is_there(open_page: Open, library: Path) -> None:
    seat = open_page(library)
    seat.settled()
    assert seat.page.evaluate(AT_ONCE, [{"key": "?", "shiftKey": True}, {"key": "Escape"}]) == [True, False]
    seat.page.evaluate(AT_ONCE, [{"key": "k", "code": "KeyK", "ctrlKey": True}])
    seat.page.keyboard.type("settings")
    assert seat.page.input_value("[role=dialog] input") == "settings"


def test_a_corrupt_file_is_a_calm_card_with_its_reason(open_page: Open, folder: Path) -> None:
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnot a picture")
    seat = open_page(folder)
    seat.settled()
    card = seat.page.wait_for_selector("[data-quarantined]")
    assert card is not None
    assert "broken.png" in card.inner_text()


def test_what_grew_stale_while_the_page_began_is_read_once_it_has(open_page: Open, folder: Path) -> None:
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnot a picture")
    seat = open_page(folder)
    seat.settled()
    seat.page.add_init_script(SLOW_START)
    seat.page.reload()
    seat.page.wait_for_selector("[data-starting=true]")
    seat.page.evaluate("window.pickwise.receive([{ type: 'stale', screens: ['library'] }])")
    seat.page.evaluate("window.__begin()")
    seat.page.wait_for_selector("[data-quarantined] >> text=broken.png")


def test_an_empty_start_says_the_next_step(open_page: Open) -> None:
    seat = open_page(None)
    assert seat.page.wait_for_selector("text=/folder/i") is not None


def test_every_menu_command_is_a_command_of_the_page(repository: Path) -> None:
    from shell.dialogs import _MENUS

    keymap = (repository / "ui/src/keymap.ts").read_text("utf-8")
    for entries in _MENUS.values():
        for entry in filter(None, entries):
            assert f'"{entry[1]}"' in keymap


def test_paths_of_the_page_are_the_files_on_disk(open_page: Open, tmp_path: Path) -> None:
    from tests import draw

    place = tmp_path / "pictures"
    base = draw.natural(3, 240, 320)
    for i, name in enumerate(("a #%?b.png", "a ü😀.png", "a\nb.png")):
        draw.save(draw.variant(base, i, 1.0), place / name)
    seat = open_page(place)
    start(seat)
    sizes = "es => es.map(e => e.naturalWidth)"
    seat.until(lambda: seat.page.eval_on_selector_all("[data-shown=true] img", sizes).count(240) >= 3)
    assert to_text(place / "a\nb.png").endswith("a\nb.png")
