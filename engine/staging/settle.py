"""What was under way when Pickwise ended: seen from the disk, each unit is finished or put back, and none is begun."""

from __future__ import annotations

import os
from dataclasses import dataclass

from engine.staging import disk
from engine.staging.approval import Approval
from engine.staging.batch import Entry
from engine.staging.copy import digest_of
from engine.staging.lines import State
from engine.staging.mover import Torn
from engine.staging.run import Run
from engine.staging.trees import Tree
from engine.staging.words import ABSENT, Refused

GONE = "It is in neither place any more."


@dataclass
class _Found:
    """Files of a unit by where they are, in the direction that was under way."""

    waiting: list[int]
    arrived: list[int]
    missing: list[int]


class Settler:
    """Settles the units of one batch; `act` for `Run.each`."""

    def __init__(self, run: Run, approval: Approval) -> None:
        self._run = run
        self._approval = approval
        self._parts: dict[tuple[str, str], set[str]] = {}  # by folder, as the crash left them

    def act(self, entry: Entry) -> State | None:
        """The state a unit came to, None where it is as if it had never been begun.

        Raises:
            OSError: it was put back; why it was not finished.
            Torn: it cannot be settled now.
        """
        if entry.under_way == "approve":
            return self._approval.finish(entry)
        back = entry.under_way == "restore"
        found = self._find(entry, back=back)
        if not found.waiting and not found.arrived:
            return self._nowhere(entry, back=back)
        if not found.arrived:
            return None
        if found.missing and not back:
            self._run.mover.undo(entry, found.arrived, Refused(GONE), back=back)
            raise Refused("A file beside it is gone; it was put back.")
        try:
            self._run.mover.move(entry, found.waiting, back=back)
        except OSError as error:
            self._run.mover.undo(entry, found.arrived, error, back=back)
            raise
        entry.missing.update(found.missing)
        return "restored" if back else "staged"

    def _nowhere(self, entry: Entry, *, back: bool) -> State | None:
        if not self._run.batch.knows(self._run.trees.of(entry.planned.source)):
            raise Torn(Refused(ABSENT))
        self._run.trouble(entry, GONE)
        return "gone" if back else None

    def _find(self, entry: Entry, *, back: bool) -> _Found:
        found = _Found([], [], [])
        try:
            tree = self._run.trees.of(entry.planned.source)
            for number in range(len(entry.planned.files)):
                tree.trim()
                self._one(tree, entry, number, found, back=back)
        except OSError as error:
            raise Torn(error) from None
        return found

    def _one(self, tree: Tree, entry: Entry, number: int, found: _Found, *, back: bool) -> None:
        file = entry.planned.files[number]
        start, goal = (file.to, file.path) if back else (file.path, file.to)
        here, there = tree.look(start), tree.look(goal)
        if here is None and there is None:
            found.missing.append(number)
            return
        arrived = there is not None
        if here is not None and there is not None:
            arrived = self._double(tree, entry, number, here, there, back=back)
        self._sweep(tree, entry, number, start, goal, back=back)
        (found.arrived if arrived else found.waiting).append(number)

    def _sweep(self, tree: Tree, entry: Entry, number: int, start: str, goal: str, *, back: bool) -> None:
        """Remove copies that never became whole; the file itself is there."""
        for beside, direction in ((goal, back), (start, not back)):
            above = beside.rpartition("/")[0]
            if (tree.source, above) not in self._parts:
                self._parts[tree.source, above] = self._run.mover.parts_in(tree, above)
            name = self._run.mover.part(entry.planned.unit, number, back=direction)
            if name in self._parts[tree.source, above]:
                part = f"{above}/{name}" if above else name
                disk.remove(tree.place(part))
                tree.changed(part)

    def _double(
        self, tree: Tree, entry: Entry, number: int, here: os.stat_result, there: os.stat_result, *, back: bool
    ) -> bool:
        """Of a file that is in both places, let one go if both are ours; True where it is at its goal then."""
        file = entry.planned.files[number]
        start, goal = (file.to, file.path) if back else (file.path, file.to)
        if (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino):  # between link and unlink
            disk.remove(tree.place(start))
            tree.changed(start)
            return True
        for direction, copy in ((back, there), (not back, here)):
            line = entry.copied.get((number, direction))
            if line is not None and line.ino == copy.st_ino and self._equal(tree, start, goal, line.digest):
                disk.remove(tree.place(start))
                tree.changed(start)
                return True
        if self._run.batch.reserves and there.st_size == 0:
            disk.remove(tree.place(goal))
            tree.changed(goal)
        return False

    def _equal(self, tree: Tree, start: str, goal: str, digest: str) -> bool:
        return digest_of(tree.place(start)) == digest == digest_of(tree.place(goal))
