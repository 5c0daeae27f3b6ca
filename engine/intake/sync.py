"""Make the database agree with the disk: new, changed, moved, missing and returned files, each decoded at most once.

Resumes by nature: a file is pending for as long as the database has no measurement of it, and every batch of finished
ones is committed.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import apsw

from engine.intake import pool, records
from engine.intake.model import Measured
from engine.intake.records import Known
from engine.intake.scan import Found, Scan
from engine.intake.thumbnames import thumbs_there
from engine.intake.work import Options, Outcome, Refused, Task, prepare, process
from engine.library.store import Library, set_fact
from engine.library.text import to_path
from engine.progress import Progress

T = TypeVar("T")
_NONE: frozenset[str] = frozenset()
BATCH = 128  # finished images a transaction
BATCH_SECONDS = 0.5  # and at least this often, so that a crash costs little
ROWS = 2000  # rows a transaction where only names are written: a decision never waits long behind one
MOST_HASHES = 64  # a task is small; where more vanished images have its size, what it is shows when it is measured


@dataclass
class Synced:
    """What one sync found and did. `images` are those on disk that can be read; missing and quarantined come on top."""

    images: int = 0
    new: int = 0
    changed: int = 0
    moved: int = 0
    missing: int = 0
    returned: int = 0
    quarantined: int = 0
    measured: int = 0
    notices: list[str] = field(default_factory=list)


@dataclass
class _Plan:
    """What a scan asks for."""

    new: list[Found] = field(default_factory=list)
    again: list[tuple[Known, Found]] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)
    cropped: list[tuple[int, bool]] = field(default_factory=list)  # whose crop mark came or went
    full_jpeg: bool = False
    vanished: list[Known] = field(default_factory=list)  # not on disk now, whether or not marked so before


def sync(library: Library, progress: Progress) -> Synced:
    """Scan the sources and take in what is new or changed.

    Raises:
        Cancelled: after everything finished so far is committed.
        LibraryHeld: the library is open read-only.
    """
    library.need_write()
    done = Synced()
    with library.db.read() as connection:
        known = records.load_known(connection)
    found = _scan(library, progress, done)
    drawn = thumbs_there(library.paths.thumbs)
    plan = _compare(found, known, drawn, full_jpeg=library.settings.intake.full_jpeg)
    del known  # a hundred thousand rows; the plan has those that matter
    tasks = _tasks(plan, _register(library, plan, progress, done))
    done.new = sum(task.fresh for task in tasks)
    _intake(library, tasks, plan, progress, done)
    with library.db.read() as connection:
        done.images, done.missing, done.quarantined = records.counts(connection)
    return done


def _scan(library: Library, progress: Progress, done: Synced) -> list[Found]:
    sources = [to_path(s) for s in library.settings.scan.sources]
    scan = Scan(sources, recursive=library.settings.scan.recursive, library=library.paths.root)
    progress.phase("scan")
    found = []
    for file in scan:
        found.append(file)
        if len(found) % 16 == 0:
            progress.step(len(found), file.path)
    progress.step(len(found))
    done.notices += scan.notices
    return found


def _compare(found: list[Found], known: dict[str, Known], drawn: set[str], *, full_jpeg: bool) -> _Plan:
    plan = _Plan(full_jpeg=full_jpeg)
    seen = set()
    for file in found:
        image = known.get(file.path)
        if image is None:
            plan.new.append(file)
            continue
        seen.add(file.path)
        if image.staged:
            continue  # another file in its place: it is passed over until the image is put back or approved
        if file.cropped != bool(image.cropped):
            plan.cropped.append((image.id, file.cropped))
        same = (image.size_bytes, image.mtime_ns, image.companions) == (
            file.size_bytes, file.mtime_ns, file.companions_mark,
        )  # fmt: skip
        if not same or not (image.version == "quarantined" or records.is_current(image, full_jpeg=full_jpeg)):
            plan.again.append((image, file))
        elif image.content_hash not in drawn and image.version != "quarantined":
            # its thumbnail was deleted: as good as never measured
            plan.again.append((image._replace(version=""), file))
        elif image.missing:
            plan.returned.append(image.id)
    plan.vanished = [image for path, image in known.items() if path not in seen and not image.staged]
    return plan


def _register(library: Library, plan: _Plan, progress: Progress, done: Synced) -> dict[str, int]:
    """Write what the scan alone tells; answers with the ids of new files by path."""
    gone = [image.id for image in plan.vanished if not image.missing]
    ids: dict[str, int] = {}

    def write(rows: list[T], work: Callable[[apsw.Connection, list[T]], object], *, bump: bool) -> None:
        for chunk in (rows[i : i + ROWS] for i in range(0, len(rows), ROWS)):
            library.write(partial(_chunk, work, chunk, bump))
            progress.step(len(ids))

    write(gone, records.mark_missing, bump=True)
    write(plan.returned, records.mark_present, bump=True)
    write(plan.cropped, records.mark_cropped, bump=False)
    write(plan.new, lambda c, chunk: ids.update(records.add(c, chunk)), bump=False)
    done.returned = len(plan.returned)
    return ids


def _chunk(
    work: Callable[[apsw.Connection, list[T]], object], rows: list[T], bump: bool, connection: apsw.Connection
) -> None:
    work(connection, rows)
    if bump:
        _bump(connection)


def _bump(connection: apsw.Connection) -> None:
    """Say that what groups are made from has changed."""
    serial = int(connection.execute("SELECT value FROM facts WHERE name = 'intake_serial'").get or 0)
    set_fact(connection, "intake_serial", str(serial + 1))


def _tasks(plan: _Plan, ids: dict[str, int]) -> list[Task]:
    """One task a file that is new or changed. What was begun earlier and never measured counts as new."""
    alike: dict[tuple[int, str], set[str]] = defaultdict(set)
    for image in plan.vanished:
        if image.content_hash and records.is_current(image, full_jpeg=plan.full_jpeg):
            alike[image.size_bytes, image.companions].add(image.content_hash)
    hashes = {key: frozenset(found) for key, found in alike.items() if len(found) <= MOST_HASHES}

    def moved_from(file: Found) -> frozenset[str]:
        return hashes.get((file.size_bytes, file.companions_mark), _NONE)

    tasks = [Task(ids[f.path], f, moved_from(f), "", fresh=True) for f in plan.new]
    for image, file in plan.again:
        current = records.is_current(image, full_jpeg=plan.full_jpeg) and image.companions == file.companions_mark
        fresh = not (image.version or image.content_hash)
        tasks.append(
            Task(image.id, file, moved_from(file) if fresh else _NONE, image.content_hash if current else "", fresh)
        )
    return tasks


def _intake(library: Library, tasks: list[Task], plan: _Plan, progress: Progress, done: Synced) -> None:
    progress.phase("intake", len(tasks))
    if not tasks:
        return
    moves = _Moves(plan.vanished)
    batch: list[tuple[Task, Outcome | pool.Died]] = []
    last = time.monotonic()

    def flush() -> None:
        nonlocal last
        if batch:
            library.write(lambda c: _store_all(c, batch, moves, plan, done))
            batch.clear()
        last = time.monotonic()

    def beat() -> None:
        if time.monotonic() - last > BATCH_SECONDS:
            flush()
        progress.step(count)

    settings = library.settings.intake
    options = Options(str(library.paths.thumbs), plan.full_jpeg, settings.max_megapixels * 1_000_000)
    work = pool.run(partial(process, options), tasks, settings.workers, prepare=prepare, beat=beat)
    count = 0
    with closing(work) as finished:
        try:
            for count, (task, outcome) in enumerate(finished, 1):
                batch.append((task, outcome))
                if len(batch) >= BATCH or time.monotonic() - last > BATCH_SECONDS:
                    flush()
                progress.step(count, task.file.path)
        finally:
            flush()


class _Moves:
    """The images that vanished, by content, each to be found again at most once."""

    def __init__(self, vanished: list[Known]) -> None:
        self._by_hash: dict[str, list[Known]] = defaultdict(list)
        for image in vanished:
            if image.content_hash:
                self._by_hash[image.content_hash].append(image)

    def take(self, content_hash: str, file: Found) -> Known | None:
        """The vanished image with this content; one of the same name first, then by path."""
        waiting = self._by_hash.get(content_hash)
        if not waiting:
            return None
        name = file.path.rpartition("/")[2]
        waiting.sort(key=lambda image: (image.path.rpartition("/")[2] != name, image.path))
        return waiting.pop(0)


def _store_all(
    connection: apsw.Connection,
    batch: list[tuple[Task, Outcome | pool.Died]],
    moves: _Moves,
    plan: _Plan,
    done: Synced,
) -> None:
    news = [_store(connection, task, outcome, moves, plan, done) for task, outcome in batch]
    if any(news):
        _bump(connection)


def _store(
    connection: apsw.Connection, task: Task, outcome: Outcome | pool.Died, moves: _Moves, plan: _Plan, done: Synced
) -> bool:
    """Write what came of one file; True where groups or picks may change by it."""
    if isinstance(outcome, pool.Died):
        hint = "The file is probably damaged. Open it elsewhere and save it again."
        outcome = Refused(f"It could not be decoded: {outcome.reason}.", hint)
    if isinstance(outcome, Refused):
        why = (outcome.reason, outcome.hint)
        return records.quarantine(connection, task.image, task.file, *why, passing=outcome.passing)
    image = _claimed(connection, task, outcome.content_hash, moves, done)
    if isinstance(outcome, Measured):
        records.store(connection, image, task.file, outcome, full_jpeg=plan.full_jpeg)
        done.measured += 1
        done.changed += bool(task.known_hash and task.known_hash != outcome.content_hash)
    else:
        if task.moved_from and image == task.image:
            records.copy_measured(connection, image, outcome.content_hash)
        records.touch(connection, image, task.file)
    return True


def _claimed(connection: apsw.Connection, task: Task, content_hash: str, moves: _Moves, done: Synced) -> int:
    """The image this file is: a vanished one of the same content found again, or the row made for it."""
    fresh = task.fresh and not records.has_history(connection, task.image)
    old = moves.take(content_hash, task.file) if fresh else None
    if old is None or records.is_staged(connection, old.id):
        return task.image
    records.move(connection, old.id, task.image, task.file)
    done.moved += 1
    done.new -= 1
    return old.id
