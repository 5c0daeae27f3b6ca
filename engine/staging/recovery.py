"""When a library opens: whatever was under way in its staging folders is finished or put back."""

from __future__ import annotations

from pathlib import Path

from engine.errors import PickwiseError, StagingError
from engine.progress import Cancelled, Progress, Quiet
from engine.staging import journal
from engine.staging.approval import Approval, Trash
from engine.staging.batch import Batch, ended, load
from engine.staging.lines import State
from engine.staging.model import Operation, Recovered, Report, Trouble
from engine.staging.run import Run
from engine.staging.settle import Settler
from engine.staging.trees import Trees

GOAL: dict[Operation, State] = {"stage": "staged", "restore": "restored", "approve": "approved"}


def recover(home: Path, progress: Progress, trash: Trash | None = None) -> list[Recovered]:
    """Settle every batch that was under way; may itself be ended at any point and run again.

    The unit that was being moved is finished, or put back where that is not possible; units that had not been begun
    stay as they were. A batch whose journal or disk is not there is told and tried again at the next open.

    Raises:
        Cancelled: between two units.
    """
    found = []
    for file in journal.journal_files(home):
        try:
            if not ended(file):
                found.append(_recover(file, load(file), progress, trash))
        except PickwiseError as error:
            report = Report(file.stem, [], [Trouble(file.name, error.message)], 0)
            found.append(Recovered("stage", report, settled=False))
    return found


def settle_first(home: Path, name: str, trash: Trash | None = None) -> Batch:
    """A batch with nothing under way, as far as that can be had now. Raises NotFound, StagingError, WrongUse."""
    file = journal.journal_file(home, name)
    batch = load(file)
    if not batch.ended:
        recovered = _recover(file, batch, Quiet(), trash)
        if not recovered.settled:
            why = recovered.report.troubles[-1].reason if recovered.report.troubles else ""
            raise StagingError(
                f"The batch {name} cannot be settled now. {why}".rstrip(), "Try again when its disk is there."
            )
    return batch


def _recover(file: Path, batch: Batch, progress: Progress, trash: Trash | None) -> Recovered:
    operation = batch.operation
    current = [batch.entries[unit] for unit in batch.current]
    with Trees() as trees, journal.Journal(file, new=False) as lines:
        run = Run(batch, lines, trees, troubles=[Trouble(file.name, problem) for problem in batch.problems])
        settled_before = [entry for entry in current if entry.under_way is None]
        run.each("recover", batch.unsettled(), Settler(run, Approval(run, trash)).act, progress)
        run.moved = [m for e in settled_before if e.state == GOAL[operation] for m in e.moved()] + run.moved
        if run.stopped:
            run.verify()
            raise Cancelled
        report = run.finish()
    return Recovered(operation, report, settled=not run.broken)
