"""A match as it was answered: a pick, a draw or a skip, recorded for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import apsw

from engine.errors import NotFound, WrongUse
from engine.library.journal import Record
from engine.library.store import Library, describe
from engine.ranking import judges
from engine.ranking.projection import FEWEST, MOST

_AGAIN = "Go on to the next match."


def record(
    library: Library,
    images: Sequence[int],
    winner: int | None,
    kind: Literal["match", "draw", "skip"],
    judge: str = "",
) -> str:
    """Record one answer; takes a few milliseconds, most of them waiting for the disk.

    Args:
        library: open for writing.
        images: ids as they were shown, 2 to 9, each once.
        winner: the best of them where `kind` is "match", else None.
        kind: "match" a pick, "draw" equally good, "skip" no answer.
        judge: whose answer; "" is the person here. A name that is new begins a ranking of its own.

    Returns:
        The label that undo shows.

    Raises:
        WrongUse: the images or the winner make no match, an image cannot be ranked, or the name is no name.
        NotFound: an image is not in the library.
        LibraryHeld, LibraryError: as every decision.
    """
    _check(images, winner, kind)
    judge = judges.check(judge)
    with library.db.read() as connection:
        shown = [_image(connection, image) for image in images]
    best = None if winner is None else shown[list(images).index(winner)][0]
    made = Record(
        ts="", set_id="", images=[path for path, _ in shown], hashes=[content for _, content in shown], kind=kind,
        winner=best, judge=judge,
    )  # fmt: skip
    label = describe(made)
    library.decide(made, label)
    return label


def _check(images: Sequence[int], winner: int | None, kind: str) -> None:
    if not FEWEST <= len(images) <= MOST:
        raise WrongUse(f"A match is of {FEWEST} to {MOST} images, not of {len(images)}.", _AGAIN)
    if len(set(images)) < len(images):
        raise WrongUse("An image cannot meet itself: one of these is there twice.", _AGAIN)
    if kind not in ("match", "draw", "skip"):
        raise WrongUse(f"There is no answer called {kind}.")
    if (kind == "match") != (winner is not None):
        raise WrongUse("A pick needs its winner." if kind == "match" else "Only a pick has a winner.", _AGAIN)
    if winner is not None and winner not in images:
        raise WrongUse("The winner is not one of the images of this match.", _AGAIN)


def _image(connection: apsw.Connection, image: int) -> tuple[str, str]:
    """Path and content hash of an image that can be ranked."""
    row = None
    if 0 < image < 1 << 63:
        row = connection.execute(
            "SELECT filepath, coalesce(content_hash, ''), filename, quarantine FROM images WHERE id = ?", (image,)
        ).fetchone()
    if row is None:
        raise NotFound("One of these images is not in the library.", _AGAIN)
    path, content, name, quarantine = row
    if quarantine is not None or not content:
        why = "cannot be read" if quarantine is not None else "has not been looked at yet"
        raise WrongUse(f"{name} {why}, so it cannot be ranked.", _AGAIN)
    return path, content
