"""The clear groups, surest first, and rows of groups for those who ask in another order (spec 3, part C).

Groups drawn by chance, to measure by, are no part of the clear ones, which are accepted in pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import apsw

from engine.culling.views import GroupStatus

_CLEAR = (
    "FROM recommended r JOIN groups g ON g.key = r.group_key"
    " WHERE g.status = 'review' AND NOT r.checked AND r.confidence >= :least"
)
Row = tuple[int, str, GroupStatus, str]  # id, key, status and reason of `groups`


def model(connection: apsw.Connection) -> str:
    """The model that made the recommendations, "" where there are none."""
    return str(connection.execute("SELECT model FROM recommended LIMIT 1").get or "")


class Clear(NamedTuple):
    """A group and what stands of it in `recommended`."""

    group: str
    image: int
    confidence: float
    information: float
    differs: bool
    reasons: bytes


def clear(connection: apsw.Connection, least: float, offset: int, limit: int) -> tuple[int, list[Clear]]:
    """How many undecided groups have a winner of at least this confidence, and a page of them, surest first."""
    given = {"least": least, "offset": offset, "limit": limit}
    total = connection.execute(f"SELECT count(*) {_CLEAR}", given).get
    sql = (
        f"SELECT r.group_key, r.image_id, r.confidence, r.information, r.differs, r.reasons {_CLEAR}"
        " ORDER BY r.confidence DESC, r.group_key LIMIT :limit OFFSET :offset"
    )
    found: list[Any] = connection.execute(sql, given).fetchall()
    return int(total or 0), [Clear(row[0], row[1], row[2], row[3], bool(row[4]), row[5]) for row in found]


def rows(connection: apsw.Connection, keys: Sequence[str]) -> list[Row]:
    """These groups in this order, those that are gone left out."""
    sql = "SELECT id, key, status, reason FROM groups WHERE key = ?"
    found: list[Any] = [connection.execute(sql, (key,)).fetchone() for key in keys]
    return [row for row in found if row is not None]
