"""A person at the Crop screen: a library with proposals, opening it, and what the screen and the disk say."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from engine.api import Engine
from tests import cropped, draw, scene
from tests.ui.conftest import Seat
from tests.ui.ranking import journal

REST = 160  # ms: nothing is decided before a picture has been on screen for a moment
SHAPES = ((320, 240), (240, 320), (250, 333))
STAGE = "[data-shown=true] .crop-stage[data-focused=true]"
Box = tuple[int, int, int, int]


def library(place: Path, count: int, families: int = 0) -> Path:
    """Images with nothing in common, all kept, and families in doubt; every one looked at and with proposals."""
    for i in range(count):
        draw.save(draw.natural(4000 + i, *SHAPES[i % len(SHAPES)]), place / "pictures" / f"crop_{i:02d}.png")
    scene.doubtful(place / "pictures", families)
    root = scene.culled(place / "pictures", place / "library")
    engine = Engine()
    engine.start(None, root)
    for group in cropped.ask(engine, "cull.queue", which="all")["items"]:
        if group["size"] == 1:
            (found,) = cropped.ask(engine, "cull.groups", ids=[group["id"]])["groups"]
            cropped.ask(engine, "cull.pick", groupId=group["id"], winner=found["members"][0]["id"])
    cropped.proposed(engine.need())
    engine.close()
    return root


def begin(seat: Seat) -> Seat:
    """Go to the Crop screen and wait until the first picture is seen."""
    seat.settled()
    seat.press("Control+6")
    seen(seat)
    return seat


def section(seat: Seat, name: str) -> str:
    return str(seat.page.eval_on_selector(".crop", f"e => e.dataset.{name}"))


def seen(seat: Seat, after: str = "") -> str:
    """Wait until an entry (another than `after`) is painted and may be decided; answers with its id."""

    def there() -> bool:
        entry = section(seat, "entry")
        return entry not in ("", after) and section(seat, "seen") == entry

    seat.until(there)
    seat.page.wait_for_timeout(REST)
    return section(seat, "entry")


def image(seat: Seat) -> int:
    """The image the keyboard is on; 0 where there is none."""
    return int(section(seat, "focus") or 0)


def box(seat: Seat) -> Box:
    """Its box, as drawn."""
    x1, y1, x2, y2 = seat.page.eval_on_selector(f"{STAGE} .crop-over", "e => e.dataset.box.split(',').map(Number)")
    return int(x1), int(y1), int(x2), int(y2)


def told(seat: Seat, number: int) -> dict[str, Any]:
    """What the engine shows of an image."""
    (found,) = cropped.ask(seat.engine, "crop.images", images=[number])["images"]
    return dict(found)


def candidates(seat: Seat, number: int) -> list[Box]:
    return [tuple(c["box"]) for c in told(seat, number)["candidates"]]


def decide(seat: Seat, *keys: str) -> int:
    """Press keys that end in a decision and wait for the next picture or the end; answers with the image."""
    before, about = section(seat, "entry"), image(seat)
    seat.press(*keys)
    seat.until(lambda: section(seat, "entry") != before)
    if section(seat, "finished") != "true":
        seen(seat, before)
    return about


def taken(seat: Seat, lines: int) -> list[dict[str, Any]]:
    """Wait until the journal has so many lines of crops; them."""

    def crops() -> list[dict[str, Any]]:
        return [line for line in journal(seat) if line["kind"] in ("crop", "trio")]

    seat.until(lambda: len(crops()) >= lines)
    assert len(crops()) == lines
    return crops()


def rows(seat: Seat, name: str) -> list[dict[str, str]]:
    """The lines of `labels/NAME.csv`."""
    file = seat.engine.need().paths.root / "labels" / f"{name}.csv"
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def box_of(line: dict[str, Any], size: tuple[int, int]) -> Box:
    """The box of a line of the journal; the whole picture where it was left whole."""
    if "crop_box" not in line:
        return 0, 0, *size
    b = line["crop_box"]
    return b["x"], b["y"], b["x"] + b["w"], b["y"] + b["h"]
