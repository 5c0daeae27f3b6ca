"""A library with recommendations on Cull, and the page of clear groups: made, opened and read by tests."""

from __future__ import annotations

from pathlib import Path

from engine.library.store import Library
from tests import scene
from tests.advice import say
from tests.ui.conftest import Seat

SHOWN = "[data-shown=true]"


def library(place: Path) -> Path:
    """Six doubtful families of three: images 1 2 3, 4 5 6, and so on."""
    scene.doubtful(place / "pictures", 6)
    return scene.culled(place / "pictures", place / "library")


def advise(root: Path) -> list[str]:
    """The second image is recommended in all groups, surer and surer; the first group is drawn for a check."""
    with Library(root) as held, held.db.read() as connection:
        held.change_setting("learning.on", False)
        rows = connection.execute(
            "SELECT m.image_id FROM members m JOIN groups g ON g.id = m.group_id WHERE rank = 1 ORDER BY g.position"
        ).fetchall()
        return [
            say(held, image, 0.6 + n * 0.07, information=n, checked=n == 0, differs=True)
            for n, (image,) in enumerate(rows)
        ]


def begin(seat: Seat) -> Seat:
    """The first group on Cull."""
    seat.settled()
    seat.press("Enter")
    seat.page.wait_for_selector(f"{SHOWN} [data-image]")
    return seat


def page_of(seat: Seat) -> list[str]:
    return list(seat.page.eval_on_selector_all("[data-clear]", "es => es.map(e => e.dataset.clear)"))


def to_page(seat: Seat, count: int = 5) -> None:
    """Obvious first, from half sure on, so many of them in sight."""
    seat.press("s")
    seat.page.wait_for_selector("[data-testid=obvious]")
    for _ in range(5):
        seat.press("[")
    seat.until(lambda: len(page_of(seat)) == count if count else page_of(seat))


def accept(seat: Seat) -> None:
    """Accept the page that is shown, once it was there long enough to be seen."""
    before = page_of(seat)
    seat.until(lambda: (seat.press("Enter"), seat.page.wait_for_timeout(100), page_of(seat) != before)[-1])


def verdicts(seat: Seat) -> dict[int, str]:
    library = seat.engine.need()
    with library.db.read() as connection:
        return dict(connection.execute("SELECT image_id, verdict FROM verdicts"))


def text(seat: Seat, selector: str) -> str:
    return str(seat.page.eval_on_selector(selector, "e => e.textContent"))
