"""What a person's decisions do to the tables, and the status of a group, which is a function of its members' verdicts.

| a group's members                                        | status     |
|----------------------------------------------------------|------------|
| one is kept, and every member has a verdict              | `decided`  |
| one is kept, and a member joined since                   | `review`   |
| all are rejected                                         | `rejected` |
| none is kept, one is rejected or the group was reopened  | `review`   |
| otherwise (no verdict, or only alternates)               | what the picks say: `review` or `auto` |
"""

from __future__ import annotations

import apsw
import msgspec

from engine.library import history
from engine.library.journal import Record


def _set(connection: apsw.Connection, image: int, verdict: str, record: Record, tags: list[str]) -> None:
    connection.execute(
        "INSERT INTO verdicts VALUES (?, ?, ?, ?, ?) ON CONFLICT (image_id) DO UPDATE SET verdict = excluded.verdict,"
        " tags = excluded.tags, set_id = excluded.set_id, decided_at = excluded.decided_at",
        (image, verdict, msgspec.json.encode(tags).decode(), record.set_id, record.ts),
    )


@history.handle("pick")
def pick(connection: apsw.Connection, record: Record) -> None:
    """Winner and `also` are kept, the rest become alternates; what was rejected before stays rejected."""
    kept = {record.winner, *record.also}
    for path, image in zip(record.images, history.image_ids(connection, record), strict=True):
        if path in kept:
            _set(connection, image, "keep", record, record.anomaly_tags)
        elif connection.execute("SELECT verdict FROM verdicts WHERE image_id = ?", (image,)).get != "reject":
            _set(connection, image, "alternate", record, [])
    if record.proposed:
        first = record.proposed.agreed
        agreed = record.proposed.winner in kept if first is msgspec.UNSET else first
        agreement(connection, record, "winner", record.set_id, agreed=agreed)


def agreement(connection: apsw.Connection, record: Record, kind: str, subject: str, *, agreed: bool) -> None:
    """Remember how a decision stands to what was recommended for it."""
    said = record.proposed
    if said:
        connection.execute(
            "INSERT OR REPLACE INTO agreements VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (record.id, record.ts, kind, subject, agreed, said.confidence, said.checked, said.model),
        )


@history.handle("reject")
def reject(connection: apsw.Connection, record: Record) -> None:
    for image in history.image_ids(connection, record):
        _set(connection, image, "reject", record, record.anomaly_tags)


@history.handle("reopen")
def reopen(connection: apsw.Connection, record: Record) -> None:
    for image in history.image_ids(connection, record):
        _set(connection, image, "open", record, [])


@history.handle("flag")
def flag(connection: apsw.Connection, record: Record) -> None:
    for image in history.image_ids(connection, record):
        connection.execute("INSERT OR IGNORE INTO flags VALUES (?, ?)", (image, record.ts))


@history.handle("unflag")
def unflag(connection: apsw.Connection, record: Record) -> None:
    for image in history.image_ids(connection, record):
        connection.execute("DELETE FROM flags WHERE image_id = ?", (image,))


# The row a group's members give: its status, and how many of them stay.
_STATUS = """
    UPDATE groups SET (status, keepers) = (
        SELECT CASE
            WHEN sum(v.verdict = 'keep') > 0 AND sum(v.verdict IS NULL) = 0 THEN 'decided'
            WHEN sum(v.verdict = 'keep') > 0 THEN 'review'
            WHEN sum(v.verdict = 'reject') = count(*) THEN 'rejected'
            WHEN sum(v.verdict IN ('reject', 'open')) > 0 THEN 'review'
            WHEN groups.review THEN 'review'
            ELSE 'auto' END,
            CASE
            WHEN sum(v.verdict = 'keep') > 0 THEN sum(v.verdict = 'keep') * (sum(v.verdict IS NULL) = 0)
            WHEN groups.review OR sum(v.verdict IN ('reject', 'open')) > 0 THEN 0
            ELSE sum(m.decision = 'keeper') END
        FROM members m LEFT JOIN verdicts v ON v.image_id = m.image_id WHERE m.group_id = groups.id)
"""
_OF_THESE = " WHERE id IN (SELECT group_id FROM members WHERE image_id IN (SELECT value FROM json_each(?)))"


@history.after
def refresh_groups(connection: apsw.Connection, images: list[int], _: str = "") -> None:
    """Recompute the status of the groups these images are in."""
    connection.execute(_STATUS + _OF_THESE, (msgspec.json.encode(images).decode(),))


def refresh_all_groups(connection: apsw.Connection) -> None:
    """Recompute every group's status."""
    connection.execute(_STATUS)


def refresh_range(connection: apsw.Connection, first: int, last: int, suffix: str) -> None:
    """Recompute the groups `first` to `last` of tables that are being built aside."""
    sql = _STATUS.replace("groups", "groups" + suffix).replace("members", "members" + suffix)
    connection.execute(sql + " WHERE id BETWEEN ? AND ?", (first, last))
