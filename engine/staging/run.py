"""One operation over the units of a batch: move, wait for the disk, look, write down; then what follows at its end."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.errors import StagingError
from engine.progress import Cancelled, Progress
from engine.staging.batch import Batch, Entry, whole
from engine.staging.folders import Folders
from engine.staging.journal import Journal
from engine.staging.lines import Done, End, Line, State, Verified
from engine.staging.model import Moved, Report, Trouble
from engine.staging.mover import Mover, Torn
from engine.staging.trees import Trees
from engine.staging.words import because

GROUP = 256  # units between two waits for the disk
GROUP_SECONDS = 1.0
Act = Callable[[Entry], State | None]


@dataclass
class Run:
    """The tools of one operation, and what came of it so far.

    Attributes:
        stopped: a cancel was asked for.
        broken: the journal cannot be written or a unit is torn, so that the next start has to look again.
    """

    batch: Batch
    journal: Journal
    trees: Trees
    moved: list[Moved] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    stopped: bool = False
    broken: bool = False

    def __post_init__(self) -> None:
        self.mover = Mover(self.trees, self.journal, self.batch.id)
        self.folders = Folders(self.trees, self.batch)
        self._waiting: list[tuple[Entry, State]] = []
        self._last = time.monotonic()

    def begin(self, *lines: Line) -> None:
        """Put the intent on the disk. Raises StagingError; then nothing is under way."""
        self.journal.write(*lines, durable=True)
        for line in lines:
            self.batch.take(line)

    def each(self, phase: str, entries: list[Entry], act: Act, progress: Progress) -> None:
        """Do one thing to every unit; what cannot be done is told and stays. `act` answers None for "not begun"."""
        progress.phase(phase, len(entries))
        try:
            for number, entry in enumerate(entries):
                progress.step(number, entry.images()[0])
                self._act(entry, act)
            progress.step(len(entries))
        except Cancelled:
            self.stopped = True
        except StagingError as error:
            self._break(error.message)

    def _act(self, entry: Entry, act: Act) -> None:
        try:
            state = act(entry)
        except Torn as torn:
            self.broken = True
            self.trouble(
                entry,
                f"Only a part of it was moved; this is settled when the library opens next. {because(torn.error)}",
            )
            return
        except OSError as error:
            self.trouble(entry, because(error))
            return
        if state is not None:
            self._waiting.append((entry, state))
            self.journal.write(Done(entry.planned.unit, state))
        if len(self._waiting) >= GROUP or time.monotonic() - self._last > GROUP_SECONDS:
            self.verify()

    def trouble(self, entry: Entry, reason: str) -> None:
        self.troubles += [Trouble(image, reason) for image in entry.images()]

    def _break(self, reason: str) -> None:
        self.broken = True
        self.troubles.append(Trouble(self.journal.file.name, reason))

    def verify(self) -> None:
        """Wait until the moves so far are on the disk, see that the files are there, and write that down."""
        waiting, self._waiting = self._waiting, []
        self._last = time.monotonic()
        units: dict[State, list[int]] = defaultdict(list)
        try:
            self.trees.sync()
            for entry, state in waiting:
                if self._is_there(entry, state):
                    units[state].append(entry.planned.unit)
            if units:
                self.begin(*(Verified(numbers, state) for state, numbers in units.items()))
        except OSError as error:
            self._break(f"What was moved may not be on the disk yet. {because(error)}")
        except StagingError as error:
            self._break(error.message)
        self.moved += [moved for entry, state in waiting if state != "gone" for moved in entry.moved()]

    def _is_there(self, entry: Entry, state: State) -> bool:
        """True where all files of a unit are where this state has them. Raises OSError."""
        if state not in ("staged", "restored"):
            return True
        tree = self.trees.of(entry.planned.source)
        tree.trim()
        for number, file in enumerate(entry.planned.files):
            path = file.to if state == "staged" else file.path
            if number not in entry.missing and tree.look(path) is None:
                self.broken = True
                self.trouble(entry, f"It was moved and is not there: {whole(entry.planned.source, path)}.")
                return False
        return True

    def finish(self, stays: list[str] | None = None) -> Report:
        """End the operation where nothing of it is under way any more."""
        self.verify()
        self.folders.tidy()
        staged = sum(entry.state == "staged" for entry in self.batch.entries.values())
        if self.batch.operation == "restore" and not staged and not self.broken:
            self.folders.put_times_back()
        try:
            self.trees.sync()
            if not self.broken:
                self.begin(End(staged, self.folders.after()))
        except (OSError, StagingError) as error:
            self._break(str(error))
        size = sum(moved.bytes for moved in self.moved)
        return Report(self.batch.id, self.moved, self.troubles, size, stays or [], stopped=self.stopped)
