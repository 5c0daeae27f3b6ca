"""What staging and restoring do to one unit."""

from __future__ import annotations

from engine.staging.batch import Entry, whole
from engine.staging.lines import State
from engine.staging.model import Trouble
from engine.staging.run import Run
from engine.staging.words import ABSENT, LOST, Refused


class Stage:
    """Into the staging folder."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def act(self, entry: Entry) -> State:
        """Raises OSError where it stays; Torn."""
        self._run.mover.move(entry, list(range(len(entry.planned.files))), back=False)
        return "staged"


class PutBack:
    """Out of the staging folder, to its own place."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def act(self, entry: Entry) -> State:
        """Raises OSError where it stays staged; Torn."""
        run, source, files = self._run, entry.planned.source, entry.planned.files
        tree = run.trees.of(source)
        tree.trim()
        missing = {number for number, file in enumerate(files) if tree.look(file.to) is None}
        run.troubles += [Trouble(whole(source, files[number].to), LOST) for number in sorted(missing)]
        if len(missing) == len(files):
            if not run.batch.knows(tree):
                raise Refused(ABSENT)
            return "gone"
        for number in sorted(set(range(len(files))) - missing):
            if tree.look(files[number].path) is not None:
                raise Refused(f"Another file has its place: {whole(source, files[number].path)}.")
        run.mover.move(entry, sorted(set(range(len(files))) - missing), back=True)
        entry.missing |= missing
        return "restored"
