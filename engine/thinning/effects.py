"""What decisions of thinning do to the tables, and the counts of a group of copies, which are a function of them.

| kind            | images of the record                       | does                                              |
|-----------------|--------------------------------------------|---------------------------------------------------|
| `stay`, `go`    | one                                        | an exception to the rule                          |
| `plain`         | one                                        | no exception any more                             |
| `swap`          | of two sets; `also` are those that stay    | exceptions for all of them                        |
| `split`         | one, then those it is no copy of           | remembers these pairs as apart                    |
| `apart`         | some                                       | remembers all their pairs as apart                |
| `stage`         | those whose files were set aside           | they are out of everything, as missing images are |
| `restore`       | those whose files were put back            | they are back                                     |
| `approve`       | those whose files went to the system Trash | they are missing for good; not to be undone       |
| `lost`          | those somebody else took from the staging  | the same                                          |

The files of the last four are moved before the decision is recorded (see `engine.thinning.staged`).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import apsw
import msgspec

from engine.library import history
from engine.library.journal import Record
from engine.library.store import set_fact


@history.handle("stay", "go")
def choose(connection: apsw.Connection, record: Record) -> None:
    for image in history.image_ids(connection, record):
        _choose(connection, image, stays=record.kind == "stay")


def _choose(connection: apsw.Connection, image: int, *, stays: bool) -> None:
    connection.execute(
        "INSERT INTO choices VALUES (?, ?) ON CONFLICT (image_id) DO UPDATE SET stays = excluded.stays", (image, stays)
    )


@history.handle("plain")
def unchoose(connection: apsw.Connection, record: Record) -> None:
    for image in history.image_ids(connection, record):
        connection.execute("DELETE FROM choices WHERE image_id = ?", (image,))


@history.handle("swap")
def swap(connection: apsw.Connection, record: Record) -> None:
    stay = set(record.also)
    for path, image in zip(record.images, history.image_ids(connection, record), strict=True):
        _choose(connection, image, stays=path in stay)


@history.handle("split")
def split(connection: apsw.Connection, record: Record) -> None:
    one, *others = history.image_ids(connection, record)
    _apart(connection, ((one, other) for other in others))


@history.handle("apart")
def apart(connection: apsw.Connection, record: Record) -> None:
    _apart(connection, combinations(history.image_ids(connection, record), 2))


def _apart(connection: apsw.Connection, pairs: Iterable[tuple[int, int]]) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO apart VALUES (?, ?)", [(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]]
    )


@history.handle("stage")
def stage(connection: apsw.Connection, record: Record) -> None:
    for image in history.image_ids(connection, record):
        connection.execute("INSERT OR REPLACE INTO staged VALUES (?, ?, ?)", (image, record.set_id, record.ts))
        connection.execute(
            "UPDATE images SET missing_since = ? WHERE id = ? AND missing_since IS NULL", (record.ts, image)
        )


@history.handle("restore")
def restore(connection: apsw.Connection, record: Record) -> None:
    for image in history.image_ids(connection, record):
        connection.execute("DELETE FROM staged WHERE image_id = ? AND batch = ?", (image, record.set_id))
        if connection.changes():
            connection.execute("UPDATE images SET missing_since = NULL WHERE id = ?", (image,))


@history.handle("approve", "lost")
def approve(connection: apsw.Connection, record: Record) -> None:
    for image in history.image_ids(connection, record):
        connection.execute("DELETE FROM staged WHERE image_id = ? AND batch = ?", (image, record.set_id))
    connection.execute(
        "UPDATE decisions SET state = 'dropped' WHERE set_id = ? AND kind IN ('stage', 'restore') AND state = 'done'",
        (record.set_id,),
    )


# The members of groups `g` that are still there, still what was compared, and not set apart from their keeper.
PRESENT = """
    copies c JOIN copy_groups g ON g.id = c.group_id JOIN images i ON i.id = c.image_id
    LEFT JOIN choices ch ON ch.image_id = c.image_id
    LEFT JOIN apart a ON a.one = min(c.image_id, g.keeper) AND a.other = max(c.image_id, g.keeper)
    WHERE i.missing_since IS NULL AND i.quarantine IS NULL AND i.content_hash = c.content AND a.one IS NULL
"""
STAYS = "coalesce(ch.stays, c.stays)"
_COUNTS = f"""
    UPDATE copy_groups SET (present, going, bytes) = (
        SELECT count(*), coalesce(sum(1 - {STAYS}), 0), coalesce(sum((1 - {STAYS}) * i.size_bytes), 0)
        FROM {PRESENT.replace("copy_groups g ON g.id = c.group_id", "(SELECT copy_groups.keeper) g ON true")}
            AND c.group_id = copy_groups.id
    )
"""  # noqa: S608 - fixed words
_OF_THESE = " WHERE id IN (SELECT group_id FROM copies WHERE image_id IN (SELECT value FROM json_each(?)))"


@history.after
def refresh_copies(connection: apsw.Connection, images: list[int], kind: str = "") -> None:
    """Count the groups of these images anew; where files have moved, say that the cull's groups are out of date."""
    if kind in ("stage", "restore", "approve", "lost"):
        _bump(connection)
    connection.execute(_COUNTS + _OF_THESE, (msgspec.json.encode(images).decode(),))


def _bump(connection: apsw.Connection) -> None:
    """The counts of copies are up to date already, if they were before."""
    names = ("intake_serial", "copies_serial")
    serial, counted = (
        str(connection.execute("SELECT value FROM facts WHERE name = ?", (n,)).get or "0") for n in names
    )
    for name in names if serial == counted else names[:1]:
        set_fact(connection, name, str(int(serial) + 1))


def refresh_all_copies(connection: apsw.Connection) -> None:
    connection.execute(_COUNTS)
