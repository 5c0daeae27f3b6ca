"""One unit moved whole: all of its files, or, when one cannot be moved, none of them."""

from __future__ import annotations

import errno
import hashlib
import os
import stat

from engine.errors import StagingError
from engine.staging import disk
from engine.staging.batch import Entry
from engine.staging.copy import copy
from engine.staging.journal import Journal
from engine.staging.lines import Copied, File, Line, Reserves
from engine.staging.rename import Place
from engine.staging.trees import Tree, Trees
from engine.staging.words import Refused


class Torn(Exception):
    """A unit could neither be finished nor put back; it stays under way until the next start."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class Mover:
    """Moves the files of one batch, there (into the staging folder) and back."""

    def __init__(self, trees: Trees, journal: Journal, batch: str) -> None:
        self._trees = trees
        self._journal = journal
        self._reserves = False
        self._prefix = f".pickwise-{hashlib.blake2b(batch.encode(), digest_size=6).hexdigest()}-"

    def move(self, entry: Entry, numbers: list[int], *, back: bool) -> None:
        """Move these files of a unit, or none.

        Raises:
            OSError: why it was not possible; all of them are where they were.
            Torn: it was not possible, and not all could be put back.
        """
        moved: list[int] = []
        try:
            for number in numbers:
                self._one(entry, number, back=back, check=not back)
                moved.append(number)
        except OSError as error:
            self.undo(entry, moved, error, back=back)
            raise

    def undo(self, entry: Entry, moved: list[int], error: OSError, *, back: bool) -> None:
        """Take back what a move in this direction did. Raises Torn."""
        try:
            for number in reversed(moved):
                self._one(entry, number, back=not back, check=False)
        except OSError:
            raise Torn(error) from None

    def part(self, unit: int, number: int, *, back: bool) -> str:
        """The name a copy has until it is whole; short, hidden, and known again after a crash."""
        return f"{self._prefix}{unit}-{number}{'-back' if back else ''}.part"

    def parts_in(self, tree: Tree, folder: str) -> set[str]:
        """The copies of this batch that a crash left in a folder. Raises OSError."""
        try:
            return {name for name in disk.names(tree.folder(folder)) if name.startswith(self._prefix)}
        except FileNotFoundError:
            return set()

    def _one(self, entry: Entry, number: int, *, back: bool, check: bool) -> None:
        file = entry.planned.files[number]
        tree = self._trees.of(entry.planned.source)
        tree.trim()
        old, new = (file.to, file.path) if back else (file.path, file.to)
        there = tree.place(new, make=True)
        here = tree.place(old)
        _check(here, file, unchanged=check)
        try:
            disk.rename(here, there, self._reserving)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._across(entry, number, here, there, back=back)
        tree.changed(old, new)

    def _across(self, entry: Entry, number: int, here: Place, there: Place, *, back: bool) -> None:
        """Copy, check, take the place, and only then remove the original."""
        file, unit = entry.planned.files[number], entry.planned.unit
        info = disk.look(here)
        if info is not None and info.st_nlink > 1:
            raise Refused("It is a hard link, which a copy on another disk would break.")
        if disk.look(there) is not None:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), there.name)
        part = Place(there.folder, self.part(unit, number, back=back))
        try:
            made = copy(here, part, file, back=back)
            entry.copied[number, back] = Copied(unit, number, back, made.digest, made.ino)
            self._note(entry.copied[number, back])
            disk.rename(part, there, self._reserving)
        except OSError:
            if disk.look(part) is not None and disk.look(here) is not None:
                disk.remove(part)
            raise
        try:
            disk.sync_folder(there.folder)
            info = disk.look(here)
            if info is None or (info.st_size, info.st_mtime_ns) != (made.size, made.mtime_ns):
                raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), here.name)
            disk.remove(here)
        except OSError as error:
            _withdraw(there, made.ino, error)
            raise

    def _reserving(self) -> None:
        if not self._reserves:
            self._note(Reserves())
            self._reserves = True

    def _note(self, line: Line) -> None:
        """Write a line that must be on the disk before the next step of a unit; without it the unit stays."""
        try:
            self._journal.write(line, durable=True)
        except StagingError as error:
            raise Refused(error.message) from None


def _withdraw(there: Place, ino: int, error: OSError) -> None:
    """Remove the copy again: its original could not be. Raises Torn."""
    try:
        info = disk.look(there)
        if info is not None and info.st_ino == ino:
            disk.remove(there)
    except OSError:
        raise Torn(error) from None


def _check(here: Place, file: File, *, unchanged: bool) -> None:
    """Raises OSError where the file is not what was planned."""
    info = disk.look(here)
    if info is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), here.name)
    if not stat.S_ISREG(info.st_mode):
        raise Refused("It is a link, a folder or a device by now.")
    if unchanged and (info.st_size, info.st_mtime_ns) != (file.size, file.mtime_ns):
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), here.name)
