"""Make the database agree with the disk: new, changed, moved, missing and returned files, each decoded at most once.

Resumes by nature: a file is pending for as long as the database has no measurement of it, and every batch of finished
ones is committed.
"""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

import apsw

from engine.intake import pool, records
from engine.intake.records import Known
from engine.intake.scan import Found, Scan
from engine.intake.work import Options, Outcome, Refused, Same, Task, process
from engine.library.store import Library, set_fact
from engine.library.text import to_path
from engine.progress import Progress

BATCH = 128  # finished images a transaction
BATCH_SECONDS = 0.5  # and at least this often, so that a crash costs little


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
    plan = _compare(_scan(library, progress, done), known)
    tasks = _tasks(plan, _register(library, plan, done))
    _intake(library, tasks, plan, progress, done)
    with library.db.read() as connection:
        done.images = connection.execute(
            "SELECT count(*) FROM images WHERE missing_since IS NULL AND quarantine IS NULL"
        ).get
        done.missing = connection.execute("SELECT count(*) FROM images WHERE missing_since IS NOT NULL").get
        done.quarantined = connection.execute("SELECT count(*) FROM images WHERE quarantine IS NOT NULL").get
    return done


def _scan(library: Library, progress: Progress, done: Synced) -> list[Found]:
    sources = [to_path(s) for s in library.settings.scan.sources]
    scan = Scan(sources, recursive=library.settings.scan.recursive, library=library.paths.root)
    progress.phase("scan")
    found = []
    for file in scan:
        found.append(file)
        if len(found) % 256 == 0:
            progress.step(len(found), file.path)
    progress.step(len(found))
    done.notices += scan.notices
    return found


def _compare(found: list[Found], known: dict[str, Known]) -> _Plan:
    plan = _Plan()
    seen = set()
    for file in found:
        image = known.get(file.path)
        if image is None:
            plan.new.append(file)
            continue
        seen.add(file.path)
        same = (image.size_bytes, image.mtime_ns, image.companions) == (
            file.size_bytes, file.mtime_ns, file.companions_mark,
        )  # fmt: skip
        if not same or image.version not in (records.VERSION, "quarantined"):
            plan.again.append((image, file))
        elif image.missing:
            plan.returned.append(image.id)
    plan.vanished = [image for path, image in known.items() if path not in seen]
    return plan


def _register(library: Library, plan: _Plan, done: Synced) -> dict[str, int]:
    """Write what the scan alone tells; answers with the ids of new files by path."""
    gone = [image.id for image in plan.vanished if not image.missing]
    if not (gone or plan.new or plan.again or plan.returned):
        return {}

    def work(connection: apsw.Connection) -> dict[str, int]:
        records.mark_missing(connection, gone)
        records.mark_present(connection, plan.returned)
        _bump(connection)
        return records.add(connection, plan.new)

    ids = library.write(work)
    done.new, done.returned = len(plan.new), len(plan.returned)
    return ids


def _bump(connection: apsw.Connection) -> None:
    """Say that what groups are made from has changed."""
    serial = int(connection.execute("SELECT value FROM facts WHERE name = 'intake_serial'").get or 0)
    set_fact(connection, "intake_serial", str(serial + 1))


def _tasks(plan: _Plan, ids: dict[str, int]) -> list[Task]:
    by_size: dict[int, list[str]] = defaultdict(list)
    for image in plan.vanished:
        if image.content_hash and image.version == records.VERSION:
            by_size[image.size_bytes].append(image.content_hash)
    tasks = [Task(ids[f.path], f, frozenset(by_size.get(f.size_bytes, ())), "") for f in plan.new]
    for image, file in plan.again:
        fresh = image.version == records.VERSION and image.companions == file.companions_mark
        tasks.append(Task(image.id, file, frozenset(), image.content_hash if fresh else ""))
    return tasks


def _intake(library: Library, tasks: list[Task], plan: _Plan, progress: Progress, done: Synced) -> None:
    progress.phase("intake", len(tasks))
    if not tasks:
        return
    moves = _Moves(plan.vanished)
    batch: list[tuple[Task, Outcome | pool.Died]] = []
    last = time.monotonic()

    def flush() -> None:
        if batch:
            library.write(lambda c: _store_all(c, batch, moves, done))
            batch.clear()

    settings = library.settings.intake
    options = Options(str(library.paths.thumbs), settings.full_jpeg, settings.max_megapixels * 1_000_000)
    with closing(pool.run(partial(process, options), tasks, settings.workers)) as finished:
        try:
            for count, (task, outcome) in enumerate(finished, 1):
                batch.append((task, outcome))
                if len(batch) >= BATCH or time.monotonic() - last > BATCH_SECONDS:
                    flush()
                    last = time.monotonic()
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
    connection: apsw.Connection, batch: list[tuple[Task, Outcome | pool.Died]], moves: _Moves, done: Synced
) -> None:
    for task, outcome in batch:
        _store(connection, task, outcome, moves, done)
    _bump(connection)


def _store(connection: apsw.Connection, task: Task, outcome: Outcome | pool.Died, moves: _Moves, done: Synced) -> None:
    if isinstance(outcome, pool.Died):
        hint = "The file is probably damaged. Open it elsewhere and save it again."
        outcome = Refused(f"It could not be decoded: {outcome.reason}.", hint)
    if isinstance(outcome, Refused):
        records.quarantine(connection, task.image, task.file, outcome.reason, outcome.hint)
    elif isinstance(outcome, Same):
        old = moves.take(outcome.content_hash, task.file) if task.moved_from else None
        if old is not None:
            records.move(connection, old.id, task.image, task.file)
            done.moved += 1
            done.new -= 1
        elif task.moved_from:
            _claim_copy(connection, task, outcome)
        else:
            records.touch(connection, task.image, task.file)
    else:
        records.store(connection, task.image, task.file, outcome)
        done.measured += 1
        done.changed += bool(task.known_hash and task.known_hash != outcome.content_hash)


def _claim_copy(connection: apsw.Connection, task: Task, same: Same) -> None:
    """One of several copies of a vanished image: the image itself is claimed, so copy what was measured of it."""
    twin = connection.execute(
        "SELECT id FROM images WHERE content_hash = ? AND id != ?", (same.content_hash, task.image)
    ).get
    connection.execute(
        "INSERT OR REPLACE INTO features SELECT ?, version, format, width, height, phash, dhash, taken_at, quality"
        " FROM features WHERE image_id = ?",
        (task.image, twin),
    )
    connection.execute(
        "INSERT OR REPLACE INTO generations SELECT ?, tool, prompt, negative, seed, model, sampler, steps, cfg, width,"
        " height, origin FROM generations WHERE image_id = ?",
        (task.image, twin),
    )
    connection.execute("UPDATE images SET content_hash = ? WHERE id = ?", (same.content_hash, task.image))
    records.touch(connection, task.image, task.file)
