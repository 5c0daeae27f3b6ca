"""Copy or link the keepers and their companions into a folder; never overwrite, never touch a source.

Names stay as they are; where one is taken, the image and its companions get ` (2)` and so on together. A target that
already holds the same bytes is left alone, so a second export of the same thing changes nothing.
"""

from __future__ import annotations

import errno
import os
from itertools import repeat
from pathlib import Path

import msgspec

from engine.culling.queue import keeper_paths
from engine.export.files import Companions, Link, full, make_folder, place, reason, refuse_sources, same
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
        for file, name in _free_names(files, target, taken):
            place(file, target / name, link, report)
        report.keepers += 1
    except OSError as error:
        report.failed.append(f"{to_text(path)}: {reason(error)}")
        return not full(error)
    return True


def _free_names(files: tuple[Path, ...], target: Path, taken: dict[str, Path]) -> list[tuple[Path, str]]:
    """The names an image (the first) and its companions get together: their own, or with the first number that is free.

    A name is free where nothing stands, or the same bytes do; companions of this export may be shared, images not.
    """
    image = files[0]
    for number in range(1, 100_000):
        stem = image.stem if number == 1 else f"{image.stem} ({number})"
        names = [stem + file.name[len(image.stem) :] for file in files]
        if names[0].casefold() not in taken and all(map(_is_free, files, names, repeat(target), repeat(taken))):
            taken.update((name.casefold(), file) for file, name in zip(files, names, strict=True))
            return list(zip(files, names, strict=True))
    raise FileExistsError(errno.EEXIST, "every name for it is taken")


def _is_free(file: Path, name: str, target: Path, taken: dict[str, Path]) -> bool:
    earlier, there = taken.get(name.casefold()), target / name
    return (earlier is None or same(file, earlier)) and (not os.path.lexists(there) or same(file, there))
