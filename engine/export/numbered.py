"""Names that begin with a rank, and the folder for them: `0001_name.png`, `0001_name.yaml`, in `top-100 (2)`.

A folder holds one export. Whether it is the same one is read from the folder: the same names with the same bytes. An
export that did not reach its end leaves a mark that says which it was, and only that one goes on there.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from engine.errors import ExportError
from engine.export.files import same
from engine.library.text import to_text

LONGEST = 255  # bytes of a file name
UNFINISHED = ".pickwise-unfinished"
_NUMBERED = re.compile(r"\d{4,6}_")


class Planned(NamedTuple):
    """An image (the first) and its companions with the names they get; none where the image is not to be had."""

    image: Path
    prefix: str
    files: tuple[tuple[Path, str], ...]


def prefixes(count: int) -> Iterator[str]:
    """`0001_`, `0002_` ..., wide enough for the last one."""
    width = max(4, len(str(count)))
    return (f"{number:0{width}}_" for number in range(1, count + 1))


def named(prefix: str, files: Sequence[Path]) -> tuple[tuple[Path, str], ...]:
    """The names of an image (the first) and its companions: the stem they share gets shorter where one were too long.

    Raises OSError where no stem is short enough.
    """
    whole = stem = files[0].stem
    tails = [file.name[len(whole) :] for file in files]
    room = LONGEST - len(prefix) - max(len(os.fsencode(tail)) for tail in tails)
    while stem and len(os.fsencode(stem)) > room:
        stem = stem[:-1]
    if not stem:
        raise OSError(errno.ENAMETOOLONG, "the name of a companion is too long for a number before it")
    return tuple((file, prefix + stem + tail) for file, tail in zip(files, tails, strict=True))


class Place(NamedTuple):
    """Where an export goes, and whether all of it is there already."""

    folder: Path
    done: bool


def find_place(asked: Path, plan: Sequence[Planned]) -> Place:
    """The folder asked for, or one beside it with the first number that is free: ` (2)`, ` (3)` ...

    Free is a folder that is not there, that holds nothing numbered, or that holds this export or a part of it.

    Raises:
        ExportError: the folder asked for is a file, or cannot be read.
    """
    for number in range(1, 100_000):
        folder = asked if number == 1 else asked.with_name(f"{asked.name} ({number})")
        try:
            found = _look(folder, plan)
        except NotADirectoryError:
            if number > 1:
                continue
            raise ExportError(f"{to_text(asked)} is a file, not a folder.", "Choose another folder.") from None
        except OSError as error:
            raise ExportError(
                f"The folder {to_text(folder)} cannot be read: {error.strerror}.", "Choose another folder."
            ) from None
        if found is not None:
            return found
    raise ExportError(f"Every folder called {to_text(asked.name)} is taken.", "Choose another folder.")


def _look(folder: Path, plan: Sequence[Planned]) -> Place | None:
    """The place this folder is for the plan; None where it holds another export."""
    try:
        there = {name for name in os.listdir(folder) if _NUMBERED.match(name)}  # noqa: PTH208 - names alone
    except FileNotFoundError:
        return Place(folder, done=False)
    mark = _mark(folder)
    if not there and not mark:
        return Place(folder, done=False)
    wanted = {name: file for planned in plan for file, name in planned.files}
    spare = there - wanted.keys()
    ours = mark == signature(plan) if mark else wanted.keys() <= there
    if not ours or not all(_of_the_gone(name, plan) for name in spare):
        return None
    if not all(same(wanted[name], folder / name) for name in there & wanted.keys()):
        return None
    return Place(folder, done=not mark)


def _of_the_gone(name: str, plan: Sequence[Planned]) -> bool:
    """True for what an earlier export took of an image that is no longer there."""
    prefix = name.partition("_")[0] + "_"
    number = int(prefix[:-1])
    if not 0 < number <= len(plan):
        return False
    planned = plan[number - 1]
    return not planned.files and planned.prefix == prefix and name.startswith(prefix + planned.image.stem + ".")


def signature(plan: Sequence[Planned]) -> str:
    """Tells one export from another: the images and their order."""
    lines = (os.fsencode(f"{planned.prefix}{planned.image}") for planned in plan)
    return hashlib.blake2b(b"\0".join(lines), digest_size=16).hexdigest()


def _mark(folder: Path) -> str:
    try:
        return (folder / UNFINISHED).read_text("ascii", errors="replace") or "?"
    except OSError:
        return ""


def begin(folder: Path, plan: Sequence[Planned]) -> None:
    """Mark the folder as unfinished. Raises ExportError where nothing can be written there."""
    try:
        (folder / UNFINISHED).write_text(signature(plan), "ascii")
    except OSError as error:
        end(folder)
        raise ExportError(
            f"Nothing can be written to {to_text(folder)}: {error.strerror}.", "Free space there or choose another."
        ) from None


def end(folder: Path) -> None:
    """Take the mark away."""
    with contextlib.suppress(OSError):
        (folder / UNFINISHED).unlink(missing_ok=True)
