"""Undo and redo of written copies: the copies and their companions go to LIBRARY/undone and come back, never away.

What is to be moved stands in a list before anything moves, so that a turn that was cut short is finished by the next.
A copy that a person renamed or moved since is theirs: what is not where it was is left alone. One that they edited
goes along as it is, and comes back as it is.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from engine.errors import LibraryError
from engine.export.crops import marks
from engine.intake.companions import CROPPED, companions_in, is_image_name
from engine.library.journal import Record
from engine.library.store import Library
from engine.library.text import to_path, to_text

LIST = "moved.json"
Moves = list[tuple[Path, str]]  # where it was, and the name it has among the undone
_NAME = re.compile(r"[0-9]+(\.[^/\\\0]*)?")


def turn(library: Library, record: Record, kind: str) -> None:
    """Move the files of a `cut` before it is undone (`kind` "undo") or redone. Raises LibraryError; nothing is lost."""
    folder = library.paths.root / "undone" / re.sub(r"[^0-9a-zA-Z-]", "", record.set_id)
    try:
        if kind == "undo":
            folder.mkdir(parents=True, exist_ok=True)
            for was, name in _listed(library, folder, record):
                _move(was, folder / name)
        else:
            for was, name in _read(library, folder):
                _move(folder / name, was)
        marks.follow(library, record)
    except OSError as error:
        raise LibraryError(
            f"The cropped copies cannot be moved: {error.strerror or error}.",
            f"What was moved so far is in {to_text(folder)}. Mend that, then try again.",
        ) from None


def _listed(library: Library, folder: Path, record: Record) -> Moves:
    """What this undo moves: what an earlier one that was cut short wrote down, and what stands there now."""
    found = _read(library, folder)
    known = {was for was, _ in found}
    for file in _written(record):
        if file not in known and _ours(library, file) and file.is_file():
            known.add(file)
            found.append((file, f"{len(found)}{file.suffix[:20]}"))
    temporary = folder / f"{LIST}.part"
    temporary.write_bytes(msgspec.json.encode([(to_text(was), name) for was, name in found]))
    temporary.replace(folder / LIST)
    return found


def _written(record: Record) -> Iterator[Path]:
    """Copies with their companions, then the marks."""
    written = [to_path(text) for text in record.also]
    copies, marks = written[: len(record.images)], written[len(record.images) :]
    by_folder: dict[Path, list[str]] = {}
    for copy in copies:
        by_folder.setdefault(copy.parent, []).append(copy.name)
    for folder, names in by_folder.items():
        along = _companions(folder, set(names))
        for name in names:
            yield folder / name
            yield from (folder / other for other in along.get(name, ()))
    yield from marks


def _companions(folder: Path, copies: set[str]) -> dict[str, tuple[str, ...]]:
    """The companions of these copies, also of one that is no longer there; the folder is listed once."""
    if not folder.is_dir():
        return {}
    with os.scandir(folder) as entries:
        there = {entry.name for entry in entries if entry.is_file() or entry.is_symlink()}
    return companions_in(there | copies, lambda name: name in copies or is_image_name(name))


def _ours(library: Library, file: Path) -> bool:
    """Whether Pickwise wrote it: a journal may say anything. A mark is empty; one that says something is a person's."""
    if file.parent == library.paths.exports / "cropped":
        return True
    sources = map(to_path, library.settings.scan.sources)
    beside = any(source in file.parents for source in sources) and ".." not in file.parts
    return beside and file.suffix == CROPPED and (not file.exists() or file.stat().st_size == 0)


def _read(library: Library, folder: Path) -> Moves:
    """The list, less what no undo would have written."""
    try:
        lines = msgspec.json.decode((folder / LIST).read_bytes(), type=list[tuple[str, str]])
    except (FileNotFoundError, msgspec.MsgspecError):
        return []
    return [(to_path(was), name) for was, name in lines if _NAME.fullmatch(name) and _ours(library, to_path(was))]


def _move(file: Path, there: Path) -> None:
    """Rename without overwriting; what is not there, or whose place is taken, stays. Raises OSError."""
    if not file.is_file() or os.path.lexists(there):
        return
    try:
        file.rename(there)
    except OSError as error:
        if error.errno != errno.EXDEV or file.stat().st_size:
            raise
        os.close(os.open(there, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))  # an empty mark, on another disk
        file.unlink()
