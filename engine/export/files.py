"""Putting files into a folder of the person: copied or linked, never over anything, never into a source."""

from __future__ import annotations

import errno
import filecmp
import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

from engine.errors import ExportError
from engine.intake.companions import companions_in, companions_of, is_image_name
from engine.library.store import Library
from engine.library.text import to_path, to_text

Link = Literal["copy", "hard", "symlink"]


class Tally(Protocol):
    """The part of a report that is about files; `dry` means that nothing is to be written."""

    dry: bool
    written: int
    unchanged: int
    missing: list[str]
    failed: list[str]


def refuse_sources(library: Library, target: Path) -> None:
    """Raises ExportError where a target is a source folder of the library or inside one."""
    real, own = target.resolve(), library.paths.exports.resolve()
    if own in real.parents:
        return  # the library may stand inside a source; its exports are its own
    for source in map(to_path, library.settings.scan.sources):
        root = source.resolve()
        if real == root or root in real.parents:
            raise ExportError(
                f"{to_text(target)} is inside the source folder {to_text(source)}, which Pickwise only reads.",
                "Choose a folder outside your sources.",
            )


def make_folder(target: Path) -> None:
    """Raises ExportError where it cannot be made."""
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(
            f"The folder {to_text(target)} cannot be made: {error.strerror}.", "Choose another folder."
        ) from None


class Companions:
    """The companions of many images; each folder is listed once, at the first image that asks."""

    def __init__(self) -> None:
        self._folders: dict[Path, dict[str, tuple[str, ...]]] = {}

    def of(self, image: Path) -> tuple[Path, ...]:
        """Sorted by name, as `companions_of` gives them. Raises OSError when the folder cannot be read."""
        if not is_image_name(image.name):
            return companions_of(image)
        found = self._folders.get(image.parent)
        if found is None:
            with os.scandir(image.parent) as entries:
                names = [entry.name for entry in entries if entry.is_file() or entry.is_symlink()]
            found = self._folders[image.parent] = companions_in(names, is_image_name)
        return tuple(image.parent / name for name in found.get(image.name, ()))


def free_names(
    stem: str, parts: Sequence[tuple[Path, str]], target: Path, taken: dict[str, Path]
) -> list[tuple[Path, str]]:
    """The names an image and its companions get together: the stem as it is, or with the first number that is free.

    A name is free where nothing stands, or the same bytes do; companions of this export may be shared, images not.

    Args:
        stem: of the image's name.
        parts: files and what follows the stem in their names, the image first.
        target: the folder they go to.
        taken: names given so far in this export, without regard to case, and their files; those given now are added.

    Raises:
        FileExistsError: no number is free.
    """
    for number in range(1, 100_000):
        named = [(file, (stem if number == 1 else f"{stem} ({number})") + rest) for file, rest in parts]
        if named[0][1].casefold() not in taken and all(_is_free(file, name, target, taken) for file, name in named):
            taken.update((name.casefold(), file) for file, name in named)
            return named
    raise FileExistsError(errno.EEXIST, "every name for it is taken")


def _is_free(file: Path, name: str, target: Path, taken: dict[str, Path]) -> bool:
    earlier, there = taken.get(name.casefold()), target / name
    return (earlier is None or same(file, earlier)) and (not os.path.lexists(there) or same(file, there))


def place(file: Path, there: Path, link: Link, tally: Tally) -> None:
    """Put one file there, or only count it in a dry run; what stands there already is left alone.

    Raises OSError where the disk refuses; then nothing of the file is there.
    """
    if os.path.lexists(there):
        if same(file, there):
            tally.unchanged += 1
        else:
            tally.failed.append(f"{to_text(there)} is already there and differs; it was left alone")
        return
    if not tally.dry:
        if link == "symlink":
            there.symlink_to(file.absolute())
        elif link == "hard":
            os.link(file, there)
        else:
            _copy(file, there)
    tally.written += 1


def _copy(file: Path, there: Path) -> None:
    """Copy under a temporary name, then take the real one only if it is still free."""
    temporary = there.with_name(f".{secrets.token_hex(8)}.part")  # short: the name itself may be as long as allowed
    try:
        shutil.copy2(file, temporary)
        try:
            os.link(temporary, there)  # refuses a name taken meanwhile, where a rename would overwrite it
        except FileExistsError:
            raise
        except OSError:  # a disk without hard links
            if os.path.lexists(there):
                raise FileExistsError(errno.EEXIST, "a file of that name appeared") from None
            temporary.rename(there)
    finally:
        temporary.unlink(missing_ok=True)


def same(first: Path, second: Path) -> bool:
    """True where both are there and hold the same bytes."""
    try:
        return first.samefile(second) or filecmp.cmp(first, second, shallow=False)
    except OSError:
        return False


def full(error: OSError) -> bool:
    """True where the disk is full, so that no other file needs to be tried."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def reason(error: OSError) -> str:
    """Why a file could not be written, in words."""
    if error.errno == errno.EXDEV:
        return "a hard link cannot reach another disk; copy instead"
    return error.strerror or str(error)
