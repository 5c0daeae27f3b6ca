"""Staging, restoring, approving: each writes down what it is about to do, does it, looks, and says what came of it.

A unit (an image with its companions, and images that share companions with theirs) moves whole or not at all. Renaming
on one disk never takes another file's place; between disks a file is copied, flushed, compared, and only then removed.
The library's lock keeps a second Pickwise away; other programs may change the folders at any time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from engine.errors import WrongUse
from engine.progress import Cancelled, Progress
from engine.staging.acts import PutBack, Stage
from engine.staging.approval import Approval, Trash
from engine.staging.batch import Batch, Entry
from engine.staging.batches import with_ours
from engine.staging.journal import Journal, journal_file
from engine.staging.lines import Begin
from engine.staging.model import Folder, Operation, Preview, Report, Trouble, Unit
from engine.staging.planning import Planner
from engine.staging.recovery import settle_first
from engine.staging.run import Act, Run
from engine.staging.trees import Trees


def plan(home: Path, units: Iterable[Unit], folder: Folder) -> Preview:
    """What `stage` would do now; nothing is touched. `home` is LIBRARY/staging."""
    with Trees() as trees:
        found = Planner(trees, home.parent, folder).plan(units)
    moves = [moved for unit in found.units for moved in Entry(unit, "stayed", None).moved()]
    return Preview(moves, found.troubles, found.stays, sum(moved.bytes for moved in moves))


def stage(home: Path, units: Iterable[Unit], folder: Folder, progress: Progress, batch: str) -> Report:
    """Move units into the staging folders of their sources, as a new batch.

    A cancel ends it between two units: `Report.stopped` is set, and what is listed stays moved.

    Raises:
        WrongUse: there is a batch of this name.
        StagingError: the journal cannot be written; nothing was moved.
    """
    file = journal_file(home, batch)
    if file.exists() and file.stat().st_size:
        raise WrongUse(f"There is a batch {batch} already.", "Choose another name.")
    return _stage(home, Batch(batch), units, folder, progress)


def restage(home: Path, batch: str, progress: Progress, only: Collection[str] | None = None) -> Report:
    """Stage again, into the same batch, what was put back from it; the reverse of `restore`.

    `only` are the images it is about, by their own paths; None is all.

    Raises:
        NotFound: there is no such batch.
        StagingError: as for `stage`.
    """
    known = settle_first(home, batch)
    units = [
        Unit(path, entry.planned.source, image.tag)
        for entry in known.in_state("restored")
        if only is None or all(path in only for path in entry.images())
        for path, image in zip(entry.images(), entry.planned.images, strict=True)
    ]
    return _stage(home, known, units, known.folder, progress)


def restore(home: Path, batch: str, progress: Progress, only: Collection[str] | None = None) -> Report:
    """Put back what is still staged: under its own name, with its times, permissions and extended attributes.

    What was meanwhile put in its place is left alone; the staged unit then stays where it is and is reported. `only`
    is as for `restage`.

    Raises:
        NotFound: there is no such batch.
        StagingError: the journal cannot be written; nothing was moved.
    """
    return _on_staged(home, batch, "restore", progress, lambda run: PutBack(run).act, only=only)


def approve(home: Path, batch: str, progress: Progress, trash: Trash | None = None) -> Report:
    """Send what is still staged to the system Trash; `trash` is called with each whole path.

    A file without a Trash to go to, and one that was changed since it was staged, stay and are reported.

    Raises:
        NotFound: there is no such batch.
        StagingError: the journal cannot be written; nothing was sent.
    """
    return _on_staged(home, batch, "approve", progress, lambda run: Approval(run, trash).act, trash)


def _stage(home: Path, batch: Batch, units: Iterable[Unit], folder: Folder, progress: Progress) -> Report:
    with Trees() as trees:
        try:
            found = Planner(trees, home.parent, folder, len(batch.entries), progress).plan(units)
        except Cancelled:
            return Report(batch.id, [], [], 0, stopped=True)
        if not found.units:
            return Report(batch.id, [], found.troubles, 0, found.stays)
        sources = with_ours(home, found.sources, found.units)
        with Journal(journal_file(home, batch.id), new=not batch.entries) as journal:
            run = Run(batch, journal, trees, troubles=found.troubles)
            run.begin(Begin(_now(), "stage", folder, sources), *found.units)
            run.each("stage", [batch.entries[u.unit] for u in found.units], Stage(run).act, progress)
            return run.finish(found.stays)


def _on_staged(
    home: Path,
    name: str,
    operation: Operation,
    progress: Progress,
    acting: Callable[[Run], Act],
    trash: Trash | None = None,
    only: Collection[str] | None = None,
) -> Report:
    batch = settle_first(home, name, trash)
    staged = [e for e in batch.in_state("staged") if only is None or all(path in only for path in e.images())]
    if not staged:
        return Report(name, [], [Trouble(name, problem) for problem in batch.problems], 0)
    with Trees() as trees, Journal(journal_file(home, name), new=False) as journal:
        run = Run(batch, journal, trees, troubles=[Trouble(name, problem) for problem in batch.problems])
        run.folders.look()
        run.begin(Begin(_now(), operation, batch.folder, units=[entry.planned.unit for entry in staged]))
        run.each(operation, staged, acting(run), progress)
        return run.finish()


def _now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
