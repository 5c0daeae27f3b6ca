"""A person at the Rank screen: opening it, waiting until a match is seen, and what the disk says afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests import draw, scene
from tests.ui.conftest import Seat

Open = Callable[..., Seat]
CELL = ".rank-cell[data-shown=true]"
REST = 160  # ms: a match decides nothing before it has been on screen for a moment
SHAPES = ((180, 240), (240, 180), (200, 200))


def gallery(folder: Path, count: int, shapes: tuple[tuple[int, int], ...] = SHAPES) -> list[Path]:
    """Images that have nothing in common, portrait, landscape and square in turn, each with a prompt and a seed."""
    made = []
    for i in range(count):
        picture = draw.natural(9000 + i, *shapes[i % len(shapes)])
        told = f"a picture of the number {i}\nSteps: 20, Sampler: Euler, Seed: {7000 + i}, Model: plain"
        made.append(draw.save(picture, folder / f"picture_{i:02d}_stage{i % 3 + 1}.png", parameters=told))
    return made


def library(place: Path, count: int, shapes: tuple[tuple[int, int], ...] = SHAPES) -> Path:
    """A library of such images, read and grouped, to be copied by the tests of a module."""
    gallery(place / "pictures", count, shapes)
    return scene.culled(place / "pictures", place / "library")


def begin(seat: Seat, up: int = 4, **settings: object) -> Seat:
    """Go to the Rank screen with so many images at once, and wait until the first match is seen."""
    seat.settled()
    for key, value in {"up": up, **settings}.items():
        answer = seat.engine.call("settings.set", json.dumps({"key": f"ranking.{key}", "value": value}))
        assert "error" not in json.loads(answer)
    seat.press("Control+4")
    seen(seat)
    return seat


def section(seat: Seat, name: str) -> str:
    return str(seat.page.eval_on_selector(".rank", f"e => e.dataset.{name}"))


def seen(seat: Seat, after: str = "") -> str:
    """Wait until a match (another than `after`) is painted and may be decided; answers with its number."""

    def there() -> bool:
        match = section(seat, "match")
        return match not in ("", after) and section(seat, "seen") == match and section(seat, "answered") == ""

    seat.until(there)
    seat.page.wait_for_timeout(REST)
    return section(seat, "match")


def images(seat: Seat) -> list[int]:
    """Ids of the images of the match, in the order of their numbers."""
    cells = seat.page.eval_on_selector_all(CELL, "es => es.map(e => [e.dataset.image, e.dataset.number])")
    return [int(image) for image, _ in sorted(cells, key=lambda c: int(c[1]))]


def attribute(seat: Seat, name: str) -> list[str]:
    """One attribute of every image of the match, in the order of their numbers."""
    read = f"es => es.map(e => [e.dataset.{name}, e.dataset.number])"
    return [value for value, _ in sorted(seat.page.eval_on_selector_all(CELL, read), key=lambda c: int(c[1]))]


def play(seat: Seat, key: str) -> list[int]:
    """Press a key that answers the match and wait for the next; answers with the images it was about."""
    before, ids = section(seat, "match"), images(seat)
    seat.press(key)
    seen(seat, before)
    return ids


def rows(seat: Seat, sql: str) -> list[tuple[Any, ...]]:
    assert seat.engine.library is not None
    with seat.engine.library.db.read() as connection:
        return list(connection.execute(sql))


def journal(seat: Seat) -> list[dict[str, Any]]:
    assert seat.engine.library is not None
    files = sorted(seat.engine.library.paths.sessions.glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def written(seat: Seat, count: int) -> dict[str, Any]:
    """Wait until so many lines are in the journal; the last of them."""
    seat.until(lambda: len(journal(seat)) >= count)
    assert len(journal(seat)) == count
    return journal(seat)[-1]


def paths(seat: Seat, ids: list[int]) -> list[str]:
    known = dict(rows(seat, "SELECT id, filepath FROM images"))
    return [known[i] for i in ids]


def status(seat: Seat) -> dict[str, Any]:
    return dict(json.loads(seat.engine.call("rank.status", "{}")))
