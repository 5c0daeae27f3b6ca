"""Decisions: journal first, then the database, one undo history for the whole library.

A decision's effect on the tables in TRACKED is kept as an apsw session changeset; undo applies its inverse, redo
applies it again. Undo and redo are journal lines too, so replaying the journal ends in the same state.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from pathlib import Path

import apsw
import msgspec

from engine.errors import LibraryDamaged, NotFound
from engine.library import journal
from engine.library.journal import Journal, Record

# What undo and redo turn back; `trials` beside them only grow, with the first time that a decision is carried out.
TRACKED = (
    "verdicts", "flags", "comparisons", "images", "matches", "ratings", "apart", "choices", "staged",
    "checks", "to_crop", "crop_answers", "taste_resets", "crop_copies",
    "links", "agreements", "promoted", "shut_gates",
)  # fmt: skip

# What a kind of decision does to the tables; registered by the packages that know (see `handle`).
Effect = Callable[[apsw.Connection, Record], None]
_effects: dict[str, Effect] = {}
# Modules that register kinds of packages further right, imported when a library first meets one: whoever opens a
# library can replay all of its journal, and who never ranked loads nothing of ranking.
_THINNING = ("stay", "go", "plain", "swap", "split", "apart", "stage", "restore", "approve", "lost")
_ELSEWHERE = {
    **dict.fromkeys(("match", "draw", "skip", "import"), "engine.ranking.projection"),
    **dict.fromkeys(_THINNING, "engine.thinning.effects"),
    "check": "engine.vision.checks",
    **dict.fromkeys(("same", "promote", "reviewed", "gate"), "engine.library.learned"),
    **dict.fromkeys(("to_crop", "crop", "crops", "uncrop", "trio", "taste", "cut"), "engine.cropping.effects"),
}
# Decisions that move files: before they are undone or redone, the module's `turn(library, record, kind)` moves them
# back or again, and raises where that cannot be done whole.
MOVES = {**dict.fromkeys(("stage", "restore"), "engine.thinning.staged"), "cut": "engine.export.crops.turn"}
_MANY = 100  # images of a record from which on they are looked up together
_FINAL = frozenset({"approve", "lost"})  # what no undo can take back
# What runs after a decision, an undo or a redo: told the images it changed and the kind of decision it was about.
After = Callable[[apsw.Connection, list[int], str], None]
_after: list[After] = []


def handle(*kinds: str) -> Callable[[Effect], Effect]:
    """Register what decisions of these kinds do. The function only changes tables in TRACKED, and `trials`."""

    def register(effect: Effect) -> Effect:
        for kind in kinds:
            _effects[kind] = effect
        return effect

    return register


def _effect(kind: str) -> Effect:
    if kind not in _effects:
        importlib.import_module(_ELSEWHERE[kind])
    return _effects[kind]


def after(refresh: After) -> After:
    """Register what refreshes derived tables once a decision, an undo or a redo changed these images."""
    _after.append(refresh)
    return refresh


def image_ids(connection: apsw.Connection, record: Record) -> list[int]:
    """The ids of a record's images; one never seen is added as missing.

    A path that still has the content it had counts first, then an earlier path of an image with that content: a new
    file may stand where a moved one was. After that the path, the earlier path, the content alone.
    """
    hashes = record.hashes + [""] * (len(record.images) - len(record.hashes))
    known = _unmoved(connection, record.images) if len(record.images) >= _MANY else {}
    return [
        known.get((path, content)) or _image_id(connection, path, content)
        for path, content in zip(record.images, hashes, strict=False)
    ]


def _unmoved(connection: apsw.Connection, paths: list[str]) -> dict[tuple[str, str], int]:
    """The ids of images that stand at these paths, by path and content: one question for all."""
    rows = connection.execute(
        "SELECT i.filepath, i.content_hash, i.id FROM json_each(?) j CROSS JOIN images i ON i.filepath = j.value"
        " WHERE i.content_hash IS NOT NULL",
        (msgspec.json.encode(paths).decode(),),
    )
    return {(str(path), str(content)): int(image) for path, content, image in rows}


_WHOSE = (
    "SELECT id FROM images WHERE filepath = :path AND content_hash = :content",
    "SELECT id FROM images JOIN aliases a ON a.image_id = id WHERE a.filepath = :path AND content_hash = :content",
    "SELECT id FROM images WHERE filepath = :path",
    "SELECT image_id FROM aliases WHERE filepath = :path",
    "SELECT min(id) FROM images WHERE content_hash = :content",
)


def _image_id(connection: apsw.Connection, path: str, content: str) -> int:
    for sql in _WHOSE:
        found = connection.execute(sql, {"path": path, "content": content or None}).get
        if found is not None:
            return int(found)
    connection.execute(
        "INSERT INTO images (filepath, filename, content_hash, missing_since) VALUES (?, ?, ?, ?)",
        (path, path.replace("\\", "/").rpartition("/")[2], content or None, journal.now()),
    )
    return connection.last_insert_rowid()


def commit(connection: apsw.Connection, log: Journal, record: Record, label: str) -> None:
    """Record one decision: a fsynced journal line, then its effect. Raises LibraryError when the disk is full.

    The effect runs first inside the open transaction, so that a decision which cannot be carried out never reaches the
    journal; the transaction is committed after the line is safe.
    """
    apply(connection, record, label)
    name, end = log.append(record)
    _applied(connection, name, end)


def apply(connection: apsw.Connection, record: Record, label: str) -> None:
    """Carry out a record without writing the journal (also the replay)."""
    if record.kind in ("undo", "redo"):
        touched, kind = _turn(connection, record)
    else:
        touched, kind = _do(connection, record, label), record.kind
    for refresh in _after:
        refresh(connection, touched, kind)


def _do(connection: apsw.Connection, record: Record, label: str) -> list[int]:
    touched = image_ids(connection, record)
    session = apsw.Session(connection, "main")
    for table in TRACKED:
        session.attach(table)
    try:
        _effect(record.kind)(connection, record)
        changes = session.changeset()
    finally:
        session.close()
    connection.execute("UPDATE decisions SET state = 'dropped' WHERE state = 'undone'")
    state = "dropped" if record.kind in _FINAL else "done"
    connection.execute(
        "INSERT INTO decisions (id, ts, kind, label, set_id, state, record, changes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (record.id, record.ts, record.kind, label, record.set_id, state, msgspec.json.encode(record), changes),
    )
    return touched


def _turn(connection: apsw.Connection, record: Record) -> tuple[list[int], str]:
    """Undo or redo the decision `record.of`; answers with its images and its kind."""
    old, new = ("done", "undone") if record.kind == "undo" else ("undone", "done")
    found = connection.execute(
        "SELECT record, changes FROM decisions WHERE id = ? AND state = ?", (record.of, old)
    ).fetchone()
    if found is None:
        raise NotFound("There is nothing to undo." if record.kind == "undo" else "There is nothing to redo.")
    target = msgspec.json.decode(found[0], type=Record)
    _effect(target.kind)  # whoever does such decisions has also to hear of this
    changes = apsw.Changeset.invert(found[1]) if record.kind == "undo" else found[1]
    try:
        apsw.Changeset.apply(changes, connection)
    except apsw.AbortError:
        raise LibraryDamaged(
            "What this decision changed was changed by something else since.",
            "Run `pickwise rebuild` to recompute everything from the journal.",
        ) from None
    connection.execute("UPDATE decisions SET state = ? WHERE id = ?", (new, record.of))
    return image_ids(connection, target), target.kind


_NEXT = {
    "undo": "WHERE state = 'done' ORDER BY seq DESC LIMIT 1",
    "redo": "WHERE state = 'undone' ORDER BY seq ASC LIMIT 1",
}


def last(connection: apsw.Connection, kind: str) -> tuple[Record, str] | None:
    """The decision that undo (or redo) would take, with its label."""
    found = connection.execute(f"SELECT record, label FROM decisions {_NEXT[kind]}").fetchone()  # noqa: S608
    return None if found is None else (msgspec.json.decode(found[0], type=Record), str(found[1]))


def labels(connection: apsw.Connection) -> tuple[str, str]:
    """What Undo and Redo would do, in words; "" where there is nothing."""
    undo, redo = (connection.execute(f"SELECT label FROM decisions {_NEXT[k]}").get for k in ("undo", "redo"))  # noqa: S608
    return str(undo or ""), str(redo or "")


def entries(connection: apsw.Connection, limit: int) -> list[dict[str, str]]:
    """The last decisions, newest first: ts, label, set_id, kind, state (`done`, `undone`, `dropped`), id."""
    names = ("ts", "label", "set_id", "kind", "state", "id")
    rows = connection.execute(f"SELECT {', '.join(names)} FROM decisions ORDER BY seq DESC LIMIT ?", (limit,))  # noqa: S608
    return [dict(zip(names, map(str, row), strict=True)) for row in rows]


def forget(connection: apsw.Connection) -> None:
    """Empty everything the journal can tell again, before a replay from its beginning."""
    connection.execute("UPDATE images SET missing_since = NULL WHERE id IN (SELECT image_id FROM staged)")
    for table in (*(name for name in TRACKED if name != "images"), "trials", "decisions", "journal_files"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - fixed names
    connection.execute(
        "UPDATE images SET mu = 25.0, sigma = 8.333333, comparison_count = 0, last_compared_at = NULL"
        " WHERE comparison_count IS NOT 0 OR mu IS NOT 25.0 OR sigma IS NOT 8.333333 OR last_compared_at IS NOT NULL"
    )


def _applied(connection: apsw.Connection, name: str, end: int) -> None:
    connection.execute(
        "INSERT INTO journal_files VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET applied = excluded.applied",
        (name, end),
    )


def replay(connection: apsw.Connection, sessions: Path, label: Callable[[Record], str]) -> list[str]:
    """Apply what the journal holds and the database does not; answers with sentences about lines it could not use."""
    notices: list[str] = []
    journal.mend(sessions)
    done = dict(connection.execute("SELECT name, applied FROM journal_files"))
    for file in journal.files(sessions):
        start = int(done.get(file.name, 0))
        size = os.stat(file).st_size  # noqa: PTH116 - Path.stat is slower and this runs at every start
        if size < start:
            notices.append(f"{file.name} is shorter than it was; its missing decisions are kept from the database.")
        elif size > start:
            notices += _replay_file(connection, file, start, label)
    return notices


def _replay_file(connection: apsw.Connection, file: Path, start: int, label: Callable[[Record], str]) -> list[str]:
    notices = []
    for line in journal.read(file, start):
        record = line.record
        if record is not None and not record.id:  # spec 4's lines have none: the place in the journal is as unique
            record = msgspec.structs.replace(record, id=f"{file.name}:{line.end}")
        if record is None:
            notices.append(f"A line of {file.name} cannot be read and was passed over: {line.problem}.")
        elif record.kind in ("undo", "redo") or not _known(connection, record.id):
            try:
                with connection:
                    apply(connection, record, label(record))
            except (NotFound, LibraryDamaged, apsw.ConstraintError, UnicodeError) as error:
                notices.append(f"A decision in {file.name} could not be replayed: {error}")
        _applied(connection, file.name, line.end)
    return notices


def _known(connection: apsw.Connection, decision: str) -> bool:
    return connection.execute("SELECT 1 FROM decisions WHERE id = ?", (decision,)).get is not None
