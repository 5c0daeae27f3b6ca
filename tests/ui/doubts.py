"""Libraries with something in doubt, for tests of the Check screen; and what the screen shows, read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.library.store import Library
from engine.vision import look_rows
from engine.vision.seen import Cue, Look, People
from tests import scene
from tests.seen import VERSION
from tests.ui.conftest import Seat

HAND = "A hand is 2.0 times as long as its person's face."
FOOT = "A foot is 0.92 times as long as its shin."
CORNER = (120.0, 160.0, 180.0, 220.0)  # of 240 x 320
STRONGEST = {1: 0.95, 2: 0.85, 3: 0.75, 4: 0.6}  # hands by image


def pictures(folder: Path) -> Path:
    """Two groups of three in doubt, each picture 240 pixels wide and 320 high."""
    scene.doubtful(folder, 2)
    return folder


def look(library: Library, image: int, cues: list[Cue]) -> None:
    """Say that an image was looked at and that this was seen."""
    with library.db.read() as connection:
        content = str(connection.execute("SELECT content_hash FROM images WHERE id = ?", (image,)).get)
    library.write(lambda connection: look_rows.put(connection, VERSION, content, Look(People(240, 320), cues)))


def doubted(folder: Path, root: Path) -> Path:
    """A library of six images that were looked at: four hands in doubt, and one foot of the first image."""
    scene.culled(pictures(folder), root)
    library = Library(root)
    for image in range(1, 7):
        cues = [Cue("hand_size", STRONGEST[image], CORNER, HAND)] if image in STRONGEST else []
        look(library, image, cues + ([Cue("foot_length", 0.5, (0, 200, 60, 300), FOOT)] if image == 1 else []))
    library.close()
    return root


def here(seat: Seat) -> Seat:
    """The Check screen, with its first question."""
    seat.settled()
    seat.page.click("[data-tab=check]")
    seat.page.wait_for_selector("[data-testid=question]")
    return seat


def shown(seat: Seat) -> tuple[int, str]:
    """The image and the tag that are asked about; 0 and "" where nothing is."""
    image, tag = seat.page.eval_on_selector(".check", "e => [Number(e.dataset.image), e.dataset.tag]")
    return int(image), str(tag)


def answer(seat: Seat, *keys: str) -> None:
    """Press them one by one, each once the next question is there."""
    for key in keys:
        before = shown(seat)
        seat.press(key)
        seat.until(lambda before=before: shown(seat) != before)


def row(seat: Seat, tag: str) -> tuple[int, int, int]:
    """What the side says of a tag: how many wait, yes, no."""
    texts = seat.page.eval_on_selector_all(
        f"[data-tag-row='{tag}'] > *", "es => es.slice(1, 4).map(e => Number(e.textContent))"
    )
    waiting, yes, no = texts
    return int(waiting), int(yes), int(no)


def text(selector: str) -> Callable[[Seat], str]:
    return lambda seat: str(seat.page.eval_on_selector(selector, "e => e.textContent"))


asked, side, about = text("[data-testid=question]"), text("[data-testid=check-side]"), text("[data-testid=check-about]")
