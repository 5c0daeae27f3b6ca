"""Setting images aside, putting them back, sending them to the Trash: the files first, then the decision.

A batch is what was set aside at once. Its files are moved by `engine.staging`, which survives being killed by itself;
what is recorded here follows the files, and `engine.thinning.recovery` makes the two agree again at the next start.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from engine.errors import PickwiseError
from engine.library.journal import Record
from engine.library.store import Library, describe
from engine.progress import Progress, Quiet
from engine.staging import batches, moves
from engine.staging.journal import journal_file
from engine.staging.model import Report, Trouble, Unit
from engine.thinning import guard
from engine.thinning.words import size

Folder = Literal["_review_dupes", "delete_review"]

_WHERE = """
    SELECT i.id, i.filepath, coalesce(s.path, ''), coalesce(i.content_hash, ''), i.size_bytes, i.mtime_ns
    FROM json_each(?) j JOIN images i ON i.id = j.value LEFT JOIN sources s ON s.id = i.source_id
    WHERE i.missing_since IS NULL ORDER BY j.key
"""
_IN_BATCH = """
    SELECT i.filepath, coalesce(i.content_hash, '') FROM staged s JOIN images i ON i.id = s.image_id
    WHERE s.batch = ? ORDER BY i.filepath
"""
_LEAVE_OUT = (
    "UPDATE decisions SET state = 'dropped' WHERE set_id = ? AND kind IN ('stage', 'restore') AND state = 'done'"
)
_NO_KEEPER = "what stays for it is not on the disk as it was compared; rescan, and search again"
_NO_SOURCE = "its folder is no longer among your sources"
_KINDS: dict[str, Literal["stage", "restore", "approve", "lost"]] = {
    "staged": "stage", "restored": "restore", "approved": "approve", "gone": "lost",
}  # fmt: skip


def new_batch() -> str:
    """A name that sorts by time."""
    return f"{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S-%f}-{secrets.token_hex(2)}"


def units(library: Library, images: Sequence[int]) -> tuple[list[Unit], list[Trouble]]:
    """What staging is told of these images, and why not of the others; those that are missing are left out."""
    with library.db.read() as connection:
        rows: Any = connection.execute(_WHERE, (msgspec.json.encode(list(images)).decode(),)).fetchall()
        bare = guard.unguarded(connection, [image for image, *_ in rows])
    sources = set(library.settings.scan.sources)
    troubles = [Trouble(path, _NO_KEEPER) for image, path, *_ in rows if image in bare]
    troubles += [Trouble(path, _NO_SOURCE) for image, path, source, *_ in rows if source not in sources]
    return [Unit(*row) for image, *row in rows if image not in bare and row[1] in sources], troubles


def stage(
    library: Library, images: Sequence[int], folder: Folder, progress: Progress | None = None, *, wait: bool = True
) -> Report:
    """Set images and their companions aside as one batch, which Undo takes back.

    What could not be moved is among the report's troubles; where nothing could, nothing is recorded.

    Raises:
        LibraryHeld: the library is open read-only.
        LibraryError: other files are being moved, and `wait` is False; or it could not be recorded, and then the files
            are back where they were.
    """
    library.need_write()
    home, batch = library.paths.staging, new_batch()
    with library.files_still(wait=wait):
        found, troubles = units(library, images)
        report = moves.stage(home, found, folder, progress or Quiet(), batch)
        try:
            follow(library, batch)
        except PickwiseError:
            moves.restore(home, batch, Quiet())
            raise
    return msgspec.structs.replace(report, troubles=[*troubles, *report.troubles])


def restore(library: Library, batch: str, progress: Progress | None = None) -> Report:
    """Put a batch back where it was. Raises LibraryHeld, NotFound, LibraryError."""
    return _settle(library, batch, moves.restore, progress)


def approve(library: Library, batch: str, progress: Progress | None = None) -> Report:
    """Send a batch to the system's Trash; only the Trash gives it back. Raises LibraryHeld, NotFound, LibraryError."""
    return _settle(library, batch, moves.approve, progress)


def _settle(
    library: Library, batch: str, move: Callable[[Path, str, Progress], Report], progress: Progress | None
) -> Report:
    library.need_write()
    with library.files_still(wait=True):
        report = move(library.paths.staging, batch, progress or Quiet())
        follow(library, batch)
    return report


def follow(library: Library, batch: str) -> None:
    """Record what the files of a batch say and the library does not. Raises LibraryHeld, LibraryError, NotFound."""
    if not journal_file(library.paths.staging, batch).exists():
        return  # nothing was moved
    known = {path for path, _ in of_batch(library, batch)}
    by: dict[str, list[tuple[str, str]]] = {}
    for image in batches.held(library.paths.staging, batch):
        if (image.state == "staged") != (image.moved.image in known) and image.state in _KINDS:
            by.setdefault(image.state, []).append((image.moved.image, image.moved.tag))
    for state, images in by.items():
        decision = Record(
            ts="", set_id=batch, images=[path for path, _ in images], hashes=[content for _, content in images],
            kind=_KINDS[state],
        )  # fmt: skip
        library.decide(decision, describe(decision))


def turn(library: Library, record: Record, kind: str) -> None:
    """Move the files of a decision before it is undone (`kind` "undo") or redone: all of them or none.

    Raises:
        PickwiseError: not all of them could be moved. A batch whose restore cannot be taken back is left out of the
            history, as its files are where a person has them.
    """
    home, batch, only = library.paths.staging, record.set_id, frozenset(record.images)
    back = (record.kind == "stage") == (kind == "undo")
    there, again = (moves.restore, moves.restage) if back else (moves.restage, moves.restore)
    report = there(home, batch, Quiet(), only)
    moved = {one.image for one in report.moved}
    if moved == only and not report.troubles:
        return
    again(home, batch, Quiet(), moved)
    count = len(only - moved)
    words = f"{count} of {len(only)} images cannot be {'put back' if back else 'set aside'}"
    if report.troubles:
        words += f": {report.troubles[0].path}: {report.troubles[0].reason}"
    hint = "Nothing was changed. Mend that, or settle the batch under Duplicates, Staged."
    if record.kind == "restore":
        library.write(lambda c: c.execute(_LEAVE_OUT, (batch,)))
        hint = "Nothing was moved. Undo passes over this batch from now on."
    else:
        follow(library, batch)  # what somebody took from the staging folder is no longer waited for
    raise PickwiseError(words, hint)


def of_batch(library: Library, batch: str) -> list[tuple[str, str]]:
    """Path and content of the images that the library takes to be staged in a batch."""
    with library.db.read() as connection:
        return list(connection.execute(_IN_BATCH, (batch,)))


def together(reports: Sequence[Report]) -> Report:
    """Several reports as one."""
    return Report(
        batch="", moved=[m for r in reports for m in r.moved], troubles=[t for r in reports for t in r.troubles],
        bytes=sum(r.bytes for r in reports), stopped=any(r.stopped for r in reports),
    )  # fmt: skip


def sentence(report: Report, done: str) -> str:
    """What came of it; `done` is what happened to the images, in words."""
    count = len(report.moved)
    words = f"{count} image{'s' * (count != 1)} {done}, {size(report.bytes)}."
    if report.stopped:
        words = f"Stopped: {words} The others are as they were."
    if not report.troubles:
        return words
    first, more = report.troubles[0], len(report.troubles) - 1
    left = f" {first.path} was left where it is: {first.reason.rstrip('.')}."
    return words + left + (f" And {more} more." if more else "")
