"""Libraries with a record of checks, crops and recommendations, for tests of the Insight screen."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import apsw
import msgspec

from engine.library.journal import Cropped
from engine.library.store import Library
from tests import scene
from tests.engine.learning import taught
from tests.ui.conftest import Seat

BOX = (10, 15, 110, 165)


def library(place: Path, families: int = 4) -> Path:
    """Groups of three in doubt, culled; nothing was learned of them."""
    scene.doubtful(place / "pictures", families)
    return scene.culled(place / "pictures", place / "library")


def copied(made: Path, place: Path) -> Path:
    """A copy of such a library to change; the pictures stay where they are."""
    return shutil.copytree(made, place / "library")


def dressed(root: Path, *, checks: int = 400, sure: float = 0.97) -> Path:
    """With a record that opens the gate of winners, a recommendation for every group and crops."""
    with Library(root) as library:
        for key in taught.keys(library):
            taught.recommend(library, key, sure)
        library.write(lambda connection: _record(connection, checks))
        library.write(lambda c: c.execute("INSERT INTO predictions SELECT id, id * 0.1, 0.2 FROM images"))
    return root


def _record(connection: apsw.Connection, checks: int) -> None:
    chance = random.Random(4)
    for number in range(checks):
        at = f"2026-01-{1 + number * 20 // max(checks, 1):02}T10:00:{number:09.3f}Z"
        connection.execute(taught.JUDGED, ("winner", 0.5 + 0.5 * chance.random(), True, number + 1, at))
    for image in range(1, 13):
        alone = image % 4 == 0
        how = Cropped("best" if image % 3 else "nudged", 6000 if alone else 2500, image % 5 + 1, alone, {}, [{}], [BOX])
        row_ = (image, how.choice, *BOX, "[]", msgspec.json.encode(how), f"2026-01-{image:02}T11:00:00Z")
        connection.execute("INSERT INTO crop_answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row_)
        crop = (image, "x", "1", 1, 0.9 if image % 2 else 0.4, b"{}")
        connection.execute("INSERT OR REPLACE INTO crops VALUES (?, ?, ?, ?, ?, ?)", crop)


def unsure(root: Path) -> Path:
    """Forty random checks more, of recommendations that were hardly sure and often wrong."""
    rows = [("winner", 0.2 + n / 200, n % 3 == 0, n - 40, f"2025-12-30T10:00:{n:06.3f}Z") for n in range(40)]
    with Library(root) as library:
        library.write(lambda c: c.executemany(taught.JUDGED, rows))
    return root


def here(seat: Seat) -> Seat:
    """The Insight screen, with its gates."""
    seat.settled()
    seat.page.click("[data-tab=insight]")
    seat.page.wait_for_selector(".gate")
    return seat


def gate(seat: Seat, kind: str) -> str:
    return str(seat.page.inner_text(f"[data-gate={kind}]"))


def tiles(seat: Seat) -> list[int]:
    """The images that are shown in the review."""
    found = seat.page.eval_on_selector_all(".review-tile", "all => all.map((e) => Number(e.dataset.image))")
    return [int(image) for image in found]


def twice(seat: Seat, key: str) -> None:
    """Press a key twice in one moment, before the page can do anything."""
    code = f"Digit{key}" if key.isdigit() else f"Key{key.upper()}" if len(key) == 1 else key
    seat.page.evaluate(
        "([key, code]) => { for (let i = 0; i < 2; i++) document.body.dispatchEvent("
        "new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true })); }",
        [key, code],
    )


def told(seat: Seat) -> str:
    """What the hint line says happened."""
    return str(seat.page.inner_text(".hints .note"))


def reviewing(seat: Seat) -> Seat:
    """Everything that is sure was decided at once, and waits to be looked at."""
    seat.press("p", "Enter")
    seat.page.wait_for_selector("[data-command='insight.review']")
    seat.press("r")
    return shown(seat)


def shown(seat: Seat) -> Seat:
    """Once the page of the review was painted."""
    seat.page.wait_for_selector(".review-tile")
    painted(seat)
    return seat


def painted(seat: Seat) -> None:
    page = "[data-testid=review]"
    seat.until(lambda: seat.page.get_attribute(page, "data-page") == seat.page.get_attribute(page, "data-seen"))


def focused(seat: Seat) -> int:
    return int(seat.page.eval_on_selector(".review-tile[data-focused=true]", "e => e.dataset.image"))
