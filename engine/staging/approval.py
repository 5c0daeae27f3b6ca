"""Staged files sent to the system Trash, each image first; never unlinked."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import cast

from engine.library.text import to_path
from engine.staging.batch import Entry, whole
from engine.staging.lines import File, State
from engine.staging.model import Trouble
from engine.staging.mover import Torn
from engine.staging.run import Run
from engine.staging.trees import Tree
from engine.staging.words import ABSENT, LOST, Refused

Trash = Callable[[str], object]
FAT_NS = 2_000_000_000  # the coarsest times a disk keeps


class Approval:
    """Approves the units of one batch."""

    def __init__(self, run: Run, trash: Trash | None) -> None:
        self._run = run
        self._trash = trash

    def act(self, entry: Entry) -> State:
        """Send a whole unit. Raises OSError where nothing was sent; Torn where a part of it was."""
        tree = self._run.trees.of(entry.planned.source)
        numbers = self._present(tree, entry)
        if not numbers:
            if not self._run.batch.knows(tree):
                raise Refused(ABSENT)
            return "gone"
        for number in numbers:
            self._unchanged(tree, entry.planned.files[number])
        self._send(tree, entry, numbers)
        return "approved"

    def finish(self, entry: Entry) -> State | None:
        """Settle a unit that may have been under way: None where nothing was sent. Raises Torn."""
        try:
            tree = self._run.trees.of(entry.planned.source)
            there = [n for n, file in enumerate(entry.planned.files) if tree.look(file.to) is not None]
        except OSError as error:
            raise Torn(error) from None
        if not there and not self._run.batch.knows(tree):
            raise Torn(Refused(ABSENT))
        if all(image.file in there for image in entry.planned.images):
            return None
        try:
            self._send(tree, entry, there)
        except OSError as error:
            raise Torn(error) from None
        return "approved"

    def _present(self, tree: Tree, entry: Entry) -> list[int]:
        present = []
        for number, file in enumerate(entry.planned.files):
            if tree.look(file.to) is not None:
                present.append(number)
            else:
                entry.missing.add(number)
                path = whole(entry.planned.source, file.to)
                self._run.troubles.append(Trouble(path, LOST))
        return present

    def _unchanged(self, tree: Tree, file: File) -> None:
        info = tree.look(file.to)
        if info is None:
            return
        coarse = FAT_NS if info.st_ino != file.ino else 0  # a copy on a disk that keeps times less exactly
        if info.st_size != file.size or abs(info.st_mtime_ns - file.mtime_ns) > coarse:
            raise Refused("It was changed since it was staged.")

    def _send(self, tree: Tree, entry: Entry, numbers: list[int]) -> None:
        for sent, number in enumerate(numbers):
            try:
                self._one(tree, entry.planned.source, entry.planned.files[number])
            except OSError as error:
                if sent:
                    raise Torn(error) from None
                raise

    def _one(self, tree: Tree, source: str, file: File) -> None:
        path = os.fspath(to_path(whole(source, file.to)))
        tree.trim()
        tree.place(file.to)  # refuses a folder that became a link
        try:
            (self._trash or _system_trash())(path)
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise Refused(f"The system Trash did not take it ({why}).") from None
        if tree.look(file.to) is not None:
            raise Refused("The system Trash did not take it.")
        tree.changed(file.to)


def _system_trash() -> Trash:
    from send2trash import send2trash  # looks for a desktop when it is imported

    return cast("Trash", send2trash)
