"""Libraries with recommendations, checks and crops, for tests of what is decided in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import apsw
import msgspec

from engine.cropping.model import Candidate, Proposal
from engine.learning import records
from engine.library.journal import Box, Cropped, Promoted, Proposed, Record
from engine.library.store import Library
from engine.library.trials import Kind
from tests import rows

MODEL = "ranker-1"
# kind, confidence, good, place, at
JUDGED = (
    "INSERT INTO trials (kind, what, image_id, subject, batch, confidence, x, y, w, h, good, place, at)"
    " VALUES (?, 'said', 1, 'k', '', ?, 0, 0, 0, 0, ?, ?, ?)"
)
BOX = (0, 0, 512, 768)  # of the 1024 x 1536 pictures of `rows`


def library(root: Path, families: Sequence[int]) -> Library:
    return rows.filled(root, families, blurred=0)


def keys(library: Library) -> list[str]:
    with library.db.read() as connection:
        return [str(key) for (key,) in connection.execute("SELECT key FROM groups ORDER BY position")]


def members(library: Library, key: str) -> list[int]:
    sql = "SELECT image_id FROM members m JOIN groups g ON g.id = m.group_id WHERE g.key = ? ORDER BY m.rank"
    with library.db.read() as connection:
        return [int(image) for (image,) in connection.execute(sql, (key,))]


def recommend(library: Library, key: str, sure: float = 0.97, *, checked: bool = False) -> int:
    """Say that the last of a group's members should be kept; answers with it."""
    image = members(library, key)[-1]
    row = (key, image, sure, 0.1, 1, checked, b"[]", MODEL)
    library.write(lambda c: c.execute("INSERT OR REPLACE INTO recommended VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row))
    return image


def path(library: Library, image: int) -> str:
    with library.db.read() as connection:
        return str(connection.execute("SELECT filepath FROM images WHERE id = ?", (image,)).get)


def pick(library: Library, key: str, winner: int, said: int, *, checked: bool, sure: float = 0.8) -> None:
    """The person keeps `winner` of a group where `said` was recommended."""
    images = [path(library, image) for image in members(library, key)]
    proposed = Proposed(path(library, said), sure, MODEL, checked)
    record = Record(ts="", set_id=key, images=images, winner=path(library, winner), proposed=proposed)
    library.decide(record, "Keep")


def agreements(library: Library, said: Sequence[bool], *, checked: bool = True, sure: float = 0.8) -> None:
    """Decisions beside recommendations, one after the other, as if they had been made."""

    def work(connection: apsw.Connection) -> None:
        for number, agreed in enumerate(said):
            row = (
                f"d{checked}{number}",
                f"2026-01-01T00:00:{number:09.3f}Z",
                "winner",
                "k",
                agreed,
                sure,
                checked,
                MODEL,
            )
            connection.execute("INSERT OR REPLACE INTO agreements VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        if checked:
            connection.execute("DELETE FROM trials WHERE kind = 'winner' AND subject = 'k'")
            judged(connection, "winner", said, sure=sure)

    library.write(work)


def judged(connection: apsw.Connection, kind: str, said: Sequence[bool], *, sure: float = 0.8) -> None:
    """Answers on what chance drew, one after the other; all of the first image, so that no later pick is about them."""
    connection.executemany(
        JUDGED,
        [(kind, sure, good, place, f"2026-01-01T00:00:{place:09.3f}Z") for place, good in enumerate(said, 1)],
    )


def propose(library: Library, image: int, sure: float = 0.97, *, clean: bool = True) -> None:
    """A proposed crop of an image that is kept."""
    box = BOX
    proposal = Proposal(
        width=1024, height=1536, candidates=[Candidate(id="best", box=box, note="", score=1.0, terms={})], keep_out=[],
        ratio_error=0.0, clean=clean, why="", confidence=sure, anchor="head",
    )  # fmt: skip
    row = (image, f"{image:032x}", "1", clean, sure, msgspec.json.encode(proposal))
    library.write(lambda c: c.execute("INSERT OR REPLACE INTO crops VALUES (?, ?, ?, ?, ?, ?)", row))


def keep(library: Library, image: int) -> None:
    sql = "INSERT OR REPLACE INTO verdicts VALUES (?, 'keep', '[]', '', '2026-01-01T00:00:00Z')"
    library.write(lambda c: c.execute(sql, (image,)))


def crop(
    library: Library, image: int, box: tuple[int, int, int, int] = BOX, *, unassisted: bool = False,
    drawn: bool = False, again: bool = False,
) -> None:  # fmt: skip
    """The person crops an image for which BOX was proposed; `drawn` to measure by, `again` to be looked at again."""
    x1, y1, x2, y2 = box
    agreed = (max(abs(one - other) for one, other in zip(box, BOX, strict=True)) <= 4) if drawn else msgspec.UNSET
    how = Cropped(
        "best" if box == BOX else "nudged", 900, 2, unassisted, {}, [{}], [BOX], agreed=agreed,
        again=again or msgspec.UNSET,
    )  # fmt: skip
    name = path(library, image)
    record = Record(
        ts="", set_id="", images=[name], winner=name, needs_crop=True, kind="crop", crop=how,
        crop_box=Box(x1, y1, x2 - x1, y2 - y1),
    )  # fmt: skip
    library.decide(record, "Crop")


def batch(library: Library, name: str, winners: Sequence[int] = (), crops: Sequence[int] = ()) -> None:
    """A batch that keeps these, each of a group of one, and crops those to BOX; chance drew all of it."""
    x1, y1, x2, y2 = BOX
    box = Box(x1, y1, x2 - x1, y2 - y1)
    for number, (images, crop_box) in enumerate(((winners, None), (crops, box))):
        parts = [
            Promoted("" if crop_box else f"g{image}", place, [place], 0.97, crop_box, True)
            for place, image in enumerate(images)
        ]
        if parts:
            names = [path(library, image) for image in images]
            record = Record(ts="", set_id=f"{name}{number}", images=names, kind="promote", batch=parts)
            library.decide(record, "Batch")


def record(library: Library, kind: Kind) -> list[bool]:
    """What was judged of a kind of gate."""
    with library.db.read() as connection:
        return [good for _, good in records.record(connection, kind)]
