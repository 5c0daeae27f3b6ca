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

from engine.errors import LibraryDamaged
from engine.library import history, trials
from engine.library.journal import Proposed, Record


def _set(connection: apsw.Connection, image: int, verdict: str, record: Record, tags: list[str]) -> None:
    connection.execute(
        "INSERT INTO verdicts VALUES (?, ?, ?, ?, ?) ON CONFLICT (image_id) DO UPDATE SET verdict = excluded.verdict,"
        " tags = excluded.tags, set_id = excluded.set_id, decided_at = excluded.decided_at",
        (image, verdict, msgspec.json.encode(tags).decode(), record.set_id, record.ts),
    )


@history.handle("pick")
def pick(connection: apsw.Connection, record: Record) -> None:
    """Winner and `also` are kept, the rest become alternates; what was rejected before stays rejected."""
    said = _said(record)
    kept = {record.winner, *record.also}
    images = dict(zip(record.images, history.image_ids(connection, record), strict=True))
    one = len(kept & set(images)) == 1  # who keeps more keeps what a batch would not have
    for path, image in images.items():
        stays = path in kept
        trials.answered(
            connection, "winner", image, record.ts, good=stays and one, clean=stays, subject=record.set_id
        )  # fmt: skip
        if stays:
            _set(connection, image, "keep", record, record.anomaly_tags)
        elif connection.execute("SELECT verdict FROM verdicts WHERE image_id = ?", (image,)).get != "reject":
            _set(connection, image, "alternate", record, [])
    if said:
        agreed = said.winner in kept if said.agreed is msgspec.UNSET else said.agreed
        agreement(connection, record, "winner", record.set_id, agreed=agreed)
        _blind(connection, record, said, images, good=one and said.winner in kept)


def _said(record: Record) -> Proposed | None:
    """What was recommended. Raises LibraryDamaged."""
    if record.proposed and not 0 <= record.proposed.confidence <= 1:
        raise LibraryDamaged("what was recommended is surer than sure")
    return record.proposed or None


def _blind(
    connection: apsw.Connection, record: Record, said: Proposed, images: dict[str, int], *, good: bool
) -> None:  # fmt: skip
    """Count an answer that was given without seeing the recommendation."""
    if said.checked and said.winner in images:
        one = trials.Drawn(
            "winner", images[said.winner], record.set_id, "", said.confidence, trials.WHOLE, record.ts
        )  # fmt: skip
        trials.blind(connection, one, good=good)


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
    """Of a group that is asked blind, rejecting what was recommended is an answer too."""
    said = _said(record)
    images = dict(zip(record.images, history.image_ids(connection, record), strict=True))
    for image in images.values():
        _set(connection, image, "reject", record, record.anomaly_tags)
        trials.answered(connection, "winner", image, record.ts, good=False, subject=record.set_id)
    if said:
        _blind(connection, record, said, images, good=False)


@history.handle("reopen")
def reopen(connection: apsw.Connection, record: Record) -> None:
    """Who goes back on what a batch kept says that it was not right; on an answer of their own it says nothing."""
    for image in history.image_ids(connection, record):
        _set(connection, image, "open", record, [])
        trials.answered(connection, "winner", image, record.ts, good=False)


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
