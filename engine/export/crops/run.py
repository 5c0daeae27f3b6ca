"""Write a cropped copy of every decided crop into exports/cropped: one batch, one undo, nothing overwritten.

The original stays as it is and gets its `.cropped` companion; its other companions are copied beside the copy, renamed
along with it. What was written before a stop is recorded, and the next run goes on from there.
"""

from __future__ import annotations

import contextlib
import os
import re
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from engine.export import files
from engine.export.crops import marks, work
from engine.export.crops.work import Made, Task
from engine.intake.companions import CROPPED, is_cropped
from engine.library.journal import Record, new_id
from engine.library.store import Library, describe
from engine.library.text import to_path, to_text
from engine.progress import Progress
from engine.vision import batches

_PART = re.compile(r"\.[0-9a-f]{16}\.part")
SUGGESTIONS = ".crop_suggestions.json"  # in pixels of the original: untrue of a copy

# Decided crops that no copy was made of since; the answer's own time says which is newer.
_WANTED = """
    SELECT i.id, i.filepath, i.content_hash, f.width, f.height, a.x, a.y, a.w, a.h
    FROM crop_answers a JOIN images i ON i.id = a.image_id JOIN features f ON f.image_id = i.id
    WHERE a.w > 0 AND i.missing_since IS NULL AND i.quarantine IS NULL AND i.content_hash IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM crop_copies c WHERE c.image_id = a.image_id AND c.at >= a.at)
    ORDER BY i.filepath
"""


class Report(msgspec.Struct):
    """What was written, or in a dry run would be.

    Attributes:
        to: the folder.
        images: crops without a copy; written: copies made; exact: those whose pixels are the original's.
        failed: sentences about the others; unmarked: about originals beside which no `.cropped` could be written.
    """

    to: str
    dry: bool = False
    images: int = 0
    written: int = 0
    exact: int = 0
    failed: list[str] = msgspec.field(default_factory=list)
    unmarked: list[str] = msgspec.field(default_factory=list)

    def sentence(self) -> str:
        if not self.images:
            return "Every decided crop has its copy."
        if self.dry:
            return f"{_copies(self.images)} would be written into {self.to}."
        words = f"{_copies(self.written)} written into {self.to}"
        if self.written > self.exact:
            words += f"; {self.written - self.exact} had to be encoded again"
        if self.unmarked:
            words += f"; {len(self.unmarked)} originals without their mark ({self.unmarked[0]})"
        return words + (f". Not done: {len(self.failed)} ({self.failed[0]})." if self.failed else ".")


def _copies(count: int) -> str:
    return f"{count:,} cropped {'copy' if count == 1 else 'copies'}"


def wanted(library: Library) -> list[Task]:
    """The decided crops that have no copy yet, by path."""
    resample = library.settings.crop.exact_ratio
    with library.db.read() as connection:
        rows: Any = connection.execute(_WANTED).fetchall()
    return [Task(i, p, c, (w, h), (x, y, x + a, y + b), resample) for i, p, c, w, h, x, y, a, b in rows]


def cut_all(library: Library, progress: Progress, *, dry: bool = False) -> Report:
    """Write the copies that are missing.

    Raises:
        LibraryHeld: the library is open read-only.
        ExportError: the folder cannot be made.
        Cancelled: what was written is recorded.
        WorkersFailed, LibraryError: as the message says.
    """
    target = library.paths.exports / "cropped"
    tasks = wanted(library)
    report = Report(to_text(target), dry=dry, images=len(tasks))
    if dry or not tasks:
        return report
    library.need_write()
    files.make_folder(target)
    _clear(target)
    batch = _Batch(library, target, report)
    progress.phase("cut", len(tasks))
    try:
        died = batches.run(
            partial(work.process, str(target)), tasks, 1, batch.take, progress, workers=library.settings.intake.workers
        )
        report.failed += batches.told([(task.path, reason) for task, reason in died], "cropped")
    finally:
        batch.record()
    return report


def _clear(target: Path) -> None:
    """Copies under their temporary names, of a run that was killed."""
    for left in target.glob(".*.part"):
        if _PART.fullmatch(left.name):
            left.unlink(missing_ok=True)


class _Batch:
    """The copies of one run: named as they come, recorded together at the end, also where it stops early."""

    def __init__(self, library: Library, target: Path, report: Report) -> None:
        self._library, self._target, self._report = library, target, report
        self._companions = files.Companions()
        self._taken, self._own = _copies_of(library, target)
        self._done: list[tuple[Task, Path]] = []
        self._marks: list[str] = []

    def take(self, rows: list[tuple[Task, Made | str]]) -> None:
        for task, made in rows:
            if isinstance(made, str):
                self._report.failed.append(f"{task.path}: {made.rstrip('.')}")
                continue
            part = self._target / made.part
            try:
                self._done.append((task, self._place(task.image, to_path(task.path), part)))
            except OSError as error:
                self._report.failed.append(f"{task.path}: {files.reason(error)}")
                continue
            finally:
                part.unlink(missing_ok=True)
            self._report.written += 1
            self._report.exact += made.exact

    def _place(self, number: int, image: Path, part: Path) -> Path:
        """Name the copy and its companions together, mark the original. Raises OSError.

        An image may have its own earlier copy again, but never that of another: it would be taken from it.
        """
        beside = self._companions.of(image)
        along = [c for c in beside if not c.name.endswith((SUGGESTIONS, CROPPED))]
        parts = [(part, image.suffix), *((c, c.name[len(image.stem) :]) for c in along)]
        for name in self._own.pop(number, ()):
            del self._taken[name]
        named = files.free_names(image.stem, parts, self._target, self._taken)
        for file, name in named:
            files.place(file, self._target / name, "copy", _Counts())
        if not is_cropped(image.name, [c.name for c in beside]):
            self._mark(image.with_suffix(CROPPED))
        return self._target / named[0][1]

    def _mark(self, mark: Path) -> None:
        """A folder that cannot be written, or too long a name, costs the mark and not the copy."""
        try:
            with contextlib.suppress(FileExistsError):  # something else of that name is the person's: left alone
                os.close(os.open(mark, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
                self._marks.append(to_text(mark))
        except OSError as error:
            self._report.unmarked.append(f"{to_text(mark)}: {files.reason(error)}")

    def record(self) -> None:
        """One decision of all that was written: the copies in the order of the images, then the marks."""
        if self._done:
            record = Record(
                ts="", set_id=new_id(), images=[task.path for task, _ in self._done], kind="cut",
                hashes=[task.content for task, _ in self._done],
                also=[*(to_text(copy) for _, copy in self._done), *self._marks],
            )  # fmt: skip
            self._library.decide(record, describe(record))
            marks.follow(self._library, record)


def _copies_of(library: Library, target: Path) -> tuple[dict[str, Path], dict[int, list[str]]]:
    """The copies that are recorded, by name without regard to case, and the names of each image's own."""
    taken, own = dict[str, Path](), dict[int, list[str]]()
    with library.db.read() as connection:
        for path, image in connection.execute("SELECT path, image_id FROM crop_copies"):
            name = to_path(path).name.casefold()
            if name not in taken:
                taken[name] = target / to_path(path).name
                own.setdefault(image, []).append(name)
    return taken, own


class _Counts(msgspec.Struct):
    """What placing a companion tells; a failure is an OSError."""

    dry: bool = False
    written: int = 0
    unchanged: int = 0
    missing: list[str] = []
    failed: list[str] = []
