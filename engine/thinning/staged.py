"""Setting images aside, putting them back, sending them to the Trash: the files first, then the decision.

A batch is what was set aside at once. Its files are moved by `engine.staging`, which survives being killed by itself;
what is recorded here follows the files, and `engine.thinning.recovery` makes the two agree again at the next start.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Sequence
from typing import Any, Literal

import apsw
import msgspec

from engine.errors import PickwiseError
from engine.library.journal import Record
from engine.library.store import Library, describe, set_fact
from engine.progress import Progress, Quiet
from engine.staging import moves
from engine.staging.model import Report, Unit
from engine.thinning.words import size

Folder = Literal["_review_dupes", "delete_review"]

_WHERE = """
    SELECT i.filepath, coalesce(s.path, ''), coalesce(i.content_hash, ''), i.size_bytes, i.mtime_ns FROM json_each(?) j
    JOIN images i ON i.id = j.value LEFT JOIN sources s ON s.id = i.source_id
    WHERE i.missing_since IS NULL ORDER BY j.key
"""
_IN_BATCH = """
    SELECT i.filepath, coalesce(i.content_hash, '') FROM staged s JOIN images i ON i.id = s.image_id
    WHERE s.batch = ? ORDER BY i.filepath
"""


def new_batch() -> str:
    """A name that sorts by time."""
    return f"{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S-%f}-{secrets.token_hex(2)}"


def units(library: Library, images: Sequence[int]) -> list[Unit]:
    """What staging is told of these images; those that are missing are left out."""
    with library.db.read() as connection:
        rows: Any = connection.execute(_WHERE, (msgspec.json.encode(list(images)).decode(),)).fetchall()
    return [Unit(*row) for row in rows]


def stage(library: Library, images: Sequence[int], folder: Folder, progress: Progress | None = None) -> Report:
    """Set images and their companions aside as one batch, which Undo takes back.

    What could not be moved is among the report's troubles; where nothing could, nothing is recorded.

    Raises:
        LibraryHeld: the library is open read-only.
    """
    library.need_write()
    with library.moving:
        report = moves.stage(
            library.paths.staging, units(library, images), folder, progress or Quiet(), new_batch()
        )  # fmt: skip
        record(library, "stage", report.batch, [(m.image, m.tag) for m in report.moved])
    return report


def restore(library: Library, batch: str, progress: Progress | None = None) -> Report:
    """Put a batch back where it was. Raises LibraryHeld, NotFound."""
    return _settle(library, batch, "restore", lambda: moves.restore(library.paths.staging, batch, progress or Quiet()))


def approve(library: Library, batch: str, progress: Progress | None = None) -> Report:
    """Send a batch to the system's Trash; only the Trash gives it back. Raises LibraryHeld, NotFound."""
    return _settle(library, batch, "approve", lambda: moves.approve(library.paths.staging, batch, progress or Quiet()))


def _settle(library: Library, batch: str, kind: Literal["restore", "approve"], move: Callable[[], Report]) -> Report:
    library.need_write()
    with library.moving:
        report = move()
        record(library, kind, batch, [(m.image, m.tag) for m in report.moved])
    return report


def record(
    library: Library, kind: Literal["stage", "restore", "approve"], batch: str, images: list[tuple[str, str]]
) -> None:
    """Record what has happened to the files of these images (path, content hash); nothing where there are none."""
    if not images:
        return
    decision = Record(
        ts="", set_id=batch, images=[path for path, _ in images], hashes=[content for _, content in images], kind=kind
    )
    library.decide(decision, describe(decision))
    library.write(_bump)


def _bump(connection: apsw.Connection) -> None:
    """Say that the cull's groups are made from other images now; the counts of copies are up to date already."""
    names = ("intake_serial", "copies_serial")
    serial, counted = (
        str(connection.execute("SELECT value FROM facts WHERE name = ?", (n,)).get or "0") for n in names
    )
    for name in names if serial == counted else names[:1]:
        set_fact(connection, name, str(int(serial) + 1))


def turn(library: Library, record: Record, kind: str) -> None:
    """Move the files of a decision before it is undone (`kind` "undo") or redone.

    Raises:
        PickwiseError: not all of them could be moved; then those that were are where they had been before.
    """
    home, batch = library.paths.staging, record.set_id
    back = (record.kind == "stage") == (kind == "undo")
    there, again = (moves.restore, moves.restage) if back else (moves.restage, moves.restore)
    report = there(home, batch, Quiet())
    library.write(_bump)
    if report.troubles:
        again(home, batch, Quiet())
        first = report.troubles[0]
        raise PickwiseError(
            f"{len(report.troubles)} of {len(record.images)} images cannot be {'put back' if back else 'set aside'}:"
            f" {first.path}: {first.reason}",
            "Nothing was changed. Mend that, or settle the batch under Duplicates, Staged.",
        )


def of_batch(library: Library, batch: str) -> list[tuple[str, str]]:
    """Path and content of the images that the library takes to be staged in a batch."""
    with library.db.read() as connection:
        return list(connection.execute(_IN_BATCH, (batch,)))


def together(reports: Sequence[Report]) -> Report:
    """Several reports as one."""
    return Report(
        batch="", moved=[m for r in reports for m in r.moved], troubles=[t for r in reports for t in r.troubles],
        bytes=sum(r.bytes for r in reports),
    )  # fmt: skip


def sentence(report: Report, done: str) -> str:
    """What came of it; `done` is what happened to the images, in words."""
    count = len(report.moved)
    words = f"{count} image{'s' * (count != 1)} {done}, {size(report.bytes)}."
    if not report.troubles:
        return words
    first, more = report.troubles[0], len(report.troubles) - 1
    left = f" {first.path} was left where it is: {first.reason}"
    return words + left + (f" And {more} more." if more else "")
