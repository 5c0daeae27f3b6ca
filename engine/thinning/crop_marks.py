"""Crop marks: an empty `<stem>.cropped` beside every image of a folder says that a person has cropped it (spec 2).

Only ever adds empty files, never over anything, and only to real folders below the one that is named: linked folders
are not entered, linked images not marked. Folders that the scan passes over are passed over here too: hidden ones,
libraries, and those of staged files, whose companions are accounted for already.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from engine.errors import NotFound
from engine.intake.companions import CROPPED, companions_in, is_cropped, is_image_name
from engine.intake.scan import SET_ASIDE
from engine.library.paths import DATABASE
from engine.library.text import to_text
from engine.progress import Progress, Quiet

_SHOWN = 500  # characters of a reason


class Marked(msgspec.Struct):
    """What a run did, or would do.

    Attributes:
        folder: text form.
        images: found below it.
        marked: marks written; in a dry run those that would be. An `a.cropped` beside `a.png` and `a.jpg` is one.
        already: images that had one.
        failed: sentences about files that could not be written and folders that could not be listed.
    """

    folder: str
    images: int = 0
    marked: int = 0
    already: int = 0
    failed: list[str] = msgspec.field(default_factory=list)


def mark_cropped(folder: Path, *, apply: bool, progress: Progress | None = None) -> Marked:
    """Mark every image of a folder and the folders below it. A second run does nothing.

    Raises:
        NotFound: there is no such folder.
        Cancelled: from the progress; what was written stays.
    """
    try:
        there = folder.is_dir()
    except (OSError, ValueError):
        there = False
    if not there:
        raise NotFound(f"There is no folder {to_text(folder)}.", "Check the path.")
    done = Marked(to_text(folder))
    said = progress or Quiet()
    said.phase("mark")
    for place, files in _folders(folder, done):
        companions = companions_in(files, is_image_name)
        taken: set[str] = set()
        for name in sorted(filter(is_image_name, files)):
            if not files[name]:
                continue  # a link: what it leads to lies elsewhere
            done.images += 1
            said.step(done.images, to_text(name))
            mark = os.path.splitext(name)[0] + CROPPED  # noqa: PTH122 - as in engine.intake.companions
            if is_cropped(name, companions.get(name, ())) or mark in taken:
                done.already += 1
            elif _write(place / mark, done, apply=apply):
                taken.add(mark)
                done.marked += 1
    return done


def _folders(top: Path, done: Marked) -> Iterator[tuple[Path, dict[str, bool]]]:
    """Each real folder with its files; whether a file is a regular one itself stands beside its name."""
    waiting = [top]
    while waiting:
        place = waiting.pop()
        try:
            with os.scandir(place) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
            inside = [e.name for e in entries if e.is_dir(follow_symlinks=False)]
            files = {e.name: e.is_file(follow_symlinks=False) for e in entries if not e.is_dir()}
        except OSError as error:
            done.failed.append(f"{to_text(place)} cannot be listed: {error.strerror or error}.")
            continue
        if DATABASE in files:
            continue
        waiting += [
            place / name for name in reversed(inside) if not name.startswith(".") and name.casefold() not in SET_ASIDE
        ]
        yield place, files


def _write(mark: Path, done: Marked, *, apply: bool) -> bool:
    """True where the mark was written, or would be."""
    try:
        if not apply:
            if os.path.lexists(mark):
                raise FileExistsError(17, "something else of that name is there")
        else:
            os.close(os.open(mark, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except OSError as error:
        why = "something else of that name is there" if isinstance(error, FileExistsError) else error.strerror
        done.failed.append(f"{to_text(mark)} cannot be written: {why or error}."[:_SHOWN])
        return False
    return True
