"""Export the best: the first N of a ranking or all that score S or more, numbered in order, companions with them.

Only images of the field are exported: those a person was asked about, never the alternates of a group. Nothing is
overwritten; a folder that holds another export is left alone, and a new one is made beside it.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import apsw
import msgspec

from engine.errors import WrongUse
from engine.export import numbered
from engine.export.files import Companions, Link, full, make_folder, place, reason, refuse_sources
from engine.export.numbered import Planned
from engine.library.store import Library
from engine.library.text import to_path, to_text
from engine.progress import Progress

if TYPE_CHECKING:
    from engine.ranking.live import Standing


class Wanted(NamedTuple):
    """Which images: the first `top` of the field, or all of it that score `min_score` or more; one of the two."""

    top: int | None = None
    min_score: float | None = None

    def check(self) -> None:
        """Raises WrongUse."""
        if (self.top is None) == (self.min_score is None):
            raise WrongUse("Say how many images, or from which score on.", "Give one of the two.")
        if self.top is not None and self.top < 1:
            raise WrongUse("An export needs at least one image.", "Ask for the top 1 or more.")
        if self.min_score is not None and not math.isfinite(self.min_score):
            raise WrongUse("A score is a number.", "Give a number such as 20.")

    @property
    def folder(self) -> str:
        return f"top-{self.top}" if self.top is not None else f"score-{self.min_score:g}"

    @property
    def words(self) -> str:
        return f"top {self.top}" if self.top is not None else f"images that score {self.min_score:g} or more"


class Report(msgspec.Struct):
    """What an export did. `asked` and `images` count images, `written` and `unchanged` files, companions included."""

    to: str
    dry: bool = False
    asked: int = 0  # images to export
    images: int = 0  # of which are in the folder, or would be
    uncompared: int = 0  # of which nobody ever compared
    written: int = 0
    unchanged: int = 0
    beside: str = ""  # the folder that was meant, where another export stands in it
    missing: list[str] = []
    failed: list[str] = []

    def sentence(self) -> str:
        if not self.asked:
            return "There is nothing to export: no image is ranked that high."
        are, written = ("would be", "to write") if self.dry else ("are", "written")
        words = f"{self.images} of {self.asked} {are} in {self.to}: {self.written} files {written}, "
        words += f"{self.unchanged} already there."
        if self.beside:
            words += f" This folder stands beside {self.beside}, which holds another export."
        if self.uncompared:
            words += f" Never compared: {self.uncompared}."
        if self.missing:
            words += f" No longer on disk: {len(self.missing)} (first: {self.missing[0]})."
        if self.failed:
            words += f" Not done: {len(self.failed)} (first: {self.failed[0]}). The same export goes on there."
        return words


def export_ranked(
    library: Library,
    standing: Standing,
    wanted: Wanted,
    to: Path | None,
    link: Link,
    progress: Progress,
    *,
    dry: bool = False,
) -> Report:
    """Export the best; with `dry` only say what would be done.

    Args:
        library: an open one; it is only read.
        standing: who stands where.
        wanted: which images.
        to: the folder; None is one of its own in the library's exports.
        link: how the files get there.
        progress: one step an image.
        dry: write nothing.

    Returns:
        The report; after a disk filled up it lists what was not done, and the same export later goes on there.

    Raises:
        WrongUse: `wanted` says nothing, or both.
        ExportError: the target is inside a source folder, is a file, or cannot be written.
        Cancelled: what was written so far stays, and the same export later goes on there.
    """
    wanted.check()
    asked = to or library.paths.exports / wanted.folder
    refuse_sources(library, asked)
    with library.db.read() as connection:
        images, uncompared = _choose(connection, standing, standing.judge(library), wanted)
    report = Report(to=to_text(asked), dry=dry, asked=len(images), uncompared=uncompared)
    plan = _plan(images, report, progress)
    if not any(planned.files for planned in plan):
        return report  # no folder for nothing
    found = numbered.find_place(asked, plan)
    if found.folder != asked:
        refuse_sources(library, found.folder)
        report.to, report.beside = to_text(found.folder), to_text(asked)
    if found.done:
        report.images = sum(bool(planned.files) for planned in plan)
        report.unchanged = sum(len(planned.files) for planned in plan)
    elif dry:
        _write(plan, found.folder, link, report, progress)
    else:
        make_folder(found.folder)
        numbered.begin(found.folder, plan)
        _write(plan, found.folder, link, report, progress)
        if not report.failed:
            numbered.end(found.folder)
    return report


def _choose(
    connection: apsw.Connection, standing: Standing, judge: str | None, wanted: Wanted
) -> tuple[list[Path], int]:
    """The images to export, best first, and how many of them were never compared."""
    from engine.ranking.columns import Marks, read_compared, read_ratings

    ids = standing.ids[standing.in_field]
    size = max(Marks.read(connection).size, int(ids.max(initial=0)) + 1)
    if wanted.min_score is None:
        ids = ids[: wanted.top]
    else:
        ids = ids[read_ratings(connection, judge, size).score[ids] >= wanted.min_score]
    asked = msgspec.json.encode(ids.tolist()).decode()
    rows = connection.execute(
        "SELECT i.filepath FROM json_each(?) j CROSS JOIN images i ON i.id = j.value ORDER BY j.key", (asked,)
    )
    return [to_path(str(path)) for (path,) in rows], int((read_compared(connection, judge, size)[ids] == 0).sum())


def _plan(images: Sequence[Path], report: Report, progress: Progress) -> list[Planned]:
    """What gets which name; images that are not on disk are reported and keep their number."""
    progress.phase("look", len(images))
    companions, plan = Companions(), []
    for count, (image, prefix) in enumerate(zip(images, numbered.prefixes(len(images)), strict=True), 1):
        files: tuple[tuple[Path, str], ...] = ()
        if not os.path.isfile(image):  # noqa: PTH113 - Path.is_file raises where a folder is closed to us
            report.missing.append(to_text(image))
        else:
            try:
                files = numbered.named(prefix, (image, *companions.of(image)))
            except OSError as error:
                report.failed.append(f"{to_text(image)}: {reason(error)}")
        plan.append(Planned(image, prefix, files))
        progress.step(count, to_text(image))
    return plan


def _write(plan: Sequence[Planned], folder: Path, link: Link, report: Report, progress: Progress) -> None:
    progress.phase("export", len(plan))
    for count, planned in enumerate(plan, 1):
        if planned.files and not _write_one(planned, folder, link, report):
            rest = [p.image for p in plan[count:] if p.files]
            report.failed += [f"{to_text(image)}: not tried, the disk is full" for image in rest]
            return
        progress.step(count, to_text(planned.image))


def _write_one(planned: Planned, folder: Path, link: Link, report: Report) -> bool:
    """Put an image and its companions there; False when the disk is full."""
    done = 0
    for file, name in planned.files:
        try:
            place(file, folder / name, link, report)
            done += 1
        except OSError as error:
            if not os.path.isfile(file):  # noqa: PTH113 - gone since the plan was made
                report.missing.append(to_text(file))
            else:
                report.failed.append(f"{to_text(file)}: {reason(error)}")
            if full(error):
                return False
            if not done:
                return True  # companions without their image are no use
    report.images += done == len(planned.files)
    return True
