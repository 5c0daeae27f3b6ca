"""Copy or link the keepers and their companions into a folder; never overwrite, never touch a source.

Names stay as they are; where one is taken, the image and its companions get ` (2)` and so on together. A target that
already holds the same bytes is left alone, so a second export of the same thing changes nothing.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.culling.queue import keeper_paths
from engine.export.files import Companions, Link, free_names, full, make_folder, place, reason, refuse_sources
from engine.library.store import Library
from engine.library.text import to_path, to_text
from engine.progress import Progress


class Report(msgspec.Struct, rename="camel"):
    """What an export did; counts of files, companions included."""

    to: str
    dry: bool = False
    keepers: int = 0
    written: int = 0
    unchanged: int = 0
    missing: list[str] = []
    failed: list[str] = []

    def sentence(self) -> str:
        are, written = ("would be", "to write") if self.dry else ("are", "written")
        words = f"{self.keepers} keepers {are} in {self.to}: {self.written} files {written}, "
        words += f"{self.unchanged} already there"
        if self.missing:
            words += f", {len(self.missing)} no longer on disk (first: {self.missing[0]})"
        if self.failed:
            words += f". Not done: {len(self.failed)} ({self.failed[0]})"
        return words + "."


def export_keepers(library: Library, to: Path | None, link: Link, progress: Progress, *, dry: bool = False) -> Report:
    """Export every keeper to `to` (default: the library's exports/approved); with `dry` only say what would be done.

    Raises:
        ExportError: the target is inside a source folder or cannot be made.
        Cancelled: what was written so far stays.
    """
    target = to or library.paths.exports / "approved"
    refuse_sources(library, target)
    if not dry:
        make_folder(target)
    with library.db.read() as connection:
        paths = keeper_paths(connection)
    report = Report(to=to_text(target), dry=dry)
    progress.phase("export", len(paths))
    taken: dict[str, Path] = {}
    companions = Companions()
    for count, text in enumerate(paths, 1):
        path = to_path(text)
        if not _export_one(path, target, link, report, taken, companions):
            report.failed += [f"{to_text(p)}: not tried, the disk is full" for p in paths[count:]]
            break
        progress.step(count, text)
    return report


def _export_one(
    path: Path, target: Path, link: Link, report: Report, taken: dict[str, Path], companions: Companions
) -> bool:
    """Export one image with its companions; False when the disk is full."""
    if not path.is_file():
        report.missing.append(to_text(path))
        return True
    try:
        files = (path, *companions.of(path))
        parts = [(file, file.name[len(path.stem) :]) for file in files]
        for file, name in free_names(path.stem, parts, target, taken):
            place(file, target / name, link, report)
        report.keepers += 1
    except OSError as error:
        report.failed.append(f"{to_text(path)}: {reason(error)}")
        return not full(error)
    return True
