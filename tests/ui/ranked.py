"""Libraries in which picks were made, for tests of the Rankings screen; and what the screen shows, read back."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from engine.api import Engine
from engine.library.store import Library
from tests import draw, rows, scene
from tests.ui.conftest import Seat

ROW = ".ranking[data-image]"
IN_SIGHT = """es => {
    const table = document.querySelector('.table');
    if (!table) return [];  // none passes the filter
    const box = table.getBoundingClientRect();
    const top = box.top + document.querySelector('.table-head').offsetHeight;
    return es.filter(e => { const r = e.getBoundingClientRect(); return r.bottom > top + 1 && r.top < box.bottom - 1; })
        .map(e => ({ index: Number(e.dataset.index), image: Number(e.dataset.image || 0), text: e.innerText,
            top: e.getBoundingClientRect().top }))
        .sort((a, b) => a.index - b.index);
}"""


def ask(engine: Engine, name: str, **fields: Any) -> dict[str, Any]:
    """One call of the page; an error is a failed test."""
    answer: dict[str, Any] = json.loads(engine.call(name, json.dumps(fields)))
    assert "error" not in answer, answer
    return answer


def pictures(folder: Path, count: int, first: int = 0) -> list[Path]:
    """Pictures with nothing in common."""
    return [draw.save(draw.natural(100 + i, 120, 160), folder / f"p{i:03d}.png") for i in range(first, first + count)]


def compare(engine: Engine, *winners_first: tuple[int, ...]) -> None:
    for images in winners_first:
        ask(engine, "rank.pick", images=sorted(images), winner=images[0])


def ladder(engine: Engine, ids: list[int]) -> None:
    """Picks that put these images in this order, best first: each against the eight after it."""
    for place in range(len(ids) - 1):
        compare(engine, tuple(ids[place : place + 9]))


def page(engine: Engine, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(engine, "rankings.page", limit=1000, **query)["items"]
    return found


def fitted(seat: Seat) -> None:
    """Fit what there is to fit, so that the order no longer moves."""
    seat.engine.desk.live(seat.engine.need()).settle()


def culled(folder: Path, root: Path, top: int, compared: slice) -> Path:
    """A library of the pictures in a folder; those of `compared`, by id, are put in that order, best first."""
    scene.culled(folder, root)
    engine = Engine()
    engine.start(None, root)
    ask(engine, "settings.set", key="ranking.top", value=top)
    ladder(engine, sorted(r["id"] for r in page(engine))[compared])
    engine.close()
    return root


def many(root: Path, count: int, compared: int = 12) -> None:
    """A library of so many images that were never files, a few of them compared."""
    with Library(root) as library:
        rows.fill(library, [1] * count)
    engine = Engine()
    engine.start(None, root)
    ladder(engine, list(range(1, compared + 1)))
    engine.close()


def here(seat: Seat) -> None:
    """Go to the screen and wait for its rows and their standing, with which Export and the judges come."""
    seat.page.wait_for_selector("[data-starting=false]")
    seat.press("Control+5")
    seat.page.wait_for_selector(f"[data-screen=rankings] {ROW}")
    seat.page.wait_for_selector("[data-testid=standing]")


def loaded(seat: Seat) -> None:
    seat.page.wait_for_selector(".rankings[data-loaded=true]")


def seen(seat: Seat) -> list[dict[str, Any]]:
    """Index, image (0: blank), text and place of every row in sight, from the top."""
    found: list[dict[str, Any]] = seat.page.eval_on_selector_all(".ranking", IN_SIGHT)
    return found


def ids(seat: Seat) -> list[int]:
    return [row["image"] for row in seen(seat)]


def cursor(seat: Seat) -> dict[str, Any]:
    """The row the keyboard is on; it is in sight."""
    found = seat.page.eval_on_selector_all(".ranking[data-focused=true]", IN_SIGHT)
    assert len(found) == 1
    row: dict[str, Any] = found[0]
    return row


def paths(library: Path) -> dict[int, Path]:
    with sqlite3.connect(library / "library.db") as connection:
        return {image: Path(path) for image, path in connection.execute("SELECT id, filepath FROM images")}
