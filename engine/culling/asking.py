"""Which groups to ask about next, by what was learned (spec 4, section 7; spec 3, part C).

Undecided groups come clearest first, or those first whose answer is expected to tell most. Those drawn by chance, to
measure by, are spread evenly among the latter and are no part of the former, which is accepted in pages.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import apsw

from engine.culling.views import GroupStatus

Order = Literal["obvious", "informative", "doubted"]

# Auto groups are asked about only where the ranker would keep another image than the stage rule.
_OPEN = "(g.status = 'review' OR (g.status = 'auto' AND r.differs))"
_FROM = "FROM recommended r JOIN groups g ON g.key = r.group_key"
_COLUMNS = "g.id, g.key, g.status, g.reason, r.image_id, r.confidence, r.information, r.differs, r.checked, r.reasons"
_OBVIOUS = "g.status = 'review' AND NOT r.checked AND r.confidence >= :least"
# The n-th of each kind stands at (n - 1/2) of their number, so that both are spread over the whole list.
_SPREAD = f"""
    SELECT group_key, (row_number() OVER (PARTITION BY checked ORDER BY CASE WHEN checked THEN 0 ELSE -information END,
        group_key) - 0.5) / count(*) OVER (PARTITION BY checked) AS place
    {_FROM} WHERE {_OPEN} ORDER BY place, group_key LIMIT :limit OFFSET :offset
"""


class Row(NamedTuple):
    """A group (id, key, status, reason of `groups`) with what stands of it in `recommended`."""

    group: tuple[int, str, GroupStatus, str]
    image: int
    confidence: float
    information: float
    differs: bool
    checked: bool
    reasons: bytes


def _row(row: Any) -> Row:
    return Row(tuple(row[:4]), row[4], row[5], row[6], bool(row[7]), bool(row[8]), row[9])


def model(connection: apsw.Connection) -> str:
    """The model that made the recommendations, "" where there are none."""
    return str(connection.execute("SELECT model FROM recommended LIMIT 1").get or "")


def groups(
    connection: apsw.Connection, order: Literal["obvious", "informative"], least: float, offset: int, limit: int
) -> tuple[int, list[Row]]:
    """How many groups there are to ask about, and a page of them in their order."""
    given = {"least": least, "offset": offset, "limit": limit}
    if order == "obvious":
        total = connection.execute(f"SELECT count(*) {_FROM} WHERE {_OBVIOUS}", given).get
        sql = (
            f"SELECT {_COLUMNS} {_FROM} WHERE {_OBVIOUS} ORDER BY r.confidence DESC, r.group_key"
            " LIMIT :limit OFFSET :offset"
        )
    else:
        total = connection.execute(f"SELECT count(*) {_FROM} WHERE {_OPEN}").get
        sql = (
            f"SELECT {_COLUMNS} FROM ({_SPREAD}) s JOIN recommended r ON r.group_key = s.group_key"  # noqa: S608
            " JOIN groups g ON g.key = r.group_key ORDER BY s.place, r.group_key"
        )
    rows: list[Any] = connection.execute(sql, given).fetchall()
    return int(total or 0), [_row(row) for row in rows]


def rows_of(connection: apsw.Connection, keys: list[str]) -> list[Row]:
    """These groups in this order, those that are gone left out; what is recommended of them where anything is."""
    sql = (
        "SELECT g.id, g.key, g.status, g.reason, coalesce(r.image_id, 0), coalesce(r.confidence, 0),"
        " coalesce(r.information, 0), coalesce(r.differs, 0), r.image_id IS NULL, coalesce(r.reasons, '[]')"
        " FROM groups g LEFT JOIN recommended r ON r.group_key = g.key WHERE g.key = ?"
    )
    found: list[Any] = [connection.execute(sql, (key,)).fetchone() for key in keys]
    return [_row(row) for row in found if row is not None]
