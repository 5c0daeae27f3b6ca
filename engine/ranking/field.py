"""The field: which images are asked about, as a mask over the images of a library.

In the field are images that were measured and are neither missing, quarantined nor rejected. With one of a group, a
near-duplicate group gives only one: what a person kept, else the picks' best that is still there.
"""

from __future__ import annotations

from typing import NamedTuple

import apsw
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# Each is answered from an index alone: the rows themselves are wide, and this is read again after every verdict.
_ALL = "SELECT id AS c FROM images"
_REFUSED = (
    "SELECT id AS c FROM images WHERE quarantine IS NOT NULL AND missing_since IS NULL"
    " UNION ALL SELECT id FROM images WHERE missing_since IS NOT NULL AND quarantine IS NOT NULL"
)
_NOT_THERE = (
    "SELECT id AS c FROM images WHERE missing_since IS NOT NULL"
    " UNION ALL SELECT id FROM images WHERE content_hash IS NULL"
)
_VERDICT = "SELECT image_id AS c FROM verdicts WHERE verdict = ?"
_MEMBERS = "SELECT image_id || ',' || group_id || ',' || rank AS c FROM members"


class Field(NamedTuple):
    """The images of a library at one moment.

    Attributes:
        ids: (n,) every image, ascending.
        known: (n,) not quarantined: it has a row in the rankings.
        asked: (n,) in the field.
    """

    ids: Ints
    known: Mask
    asked: Mask


def read(connection: apsw.Connection, *, one_per_group: bool) -> Field:
    """The field as it stands in the database."""
    ids = np.sort(_column(connection, _ALL))
    known = ~np.isin(ids, _column(connection, _REFUSED), assume_unique=False)
    out = np.concatenate([_column(connection, _NOT_THERE), _column(connection, _VERDICT, "reject")])
    asked = known & ~np.isin(ids, out)
    if one_per_group:
        asked &= ~_spare(connection, ids, asked)
    return Field(ids, known, asked)


def _spare(connection: apsw.Connection, ids: Ints, asked: Mask) -> Mask:
    """Members of groups whose group is stood for by another."""
    rows = _column(connection, _MEMBERS).reshape(-1, 3)
    place = np.searchsorted(ids, rows[:, 0])
    place[place == len(ids)] = 0
    rows, place = (a[ids[place] == rows[:, 0]] for a in (rows, place)) if len(ids) else (rows[:0], place[:0])
    kept = np.isin(rows[:, 0], _column(connection, _VERDICT, "keep"))
    order = np.lexsort((rows[:, 2], ~kept, ~asked[place], rows[:, 1]))
    groups = rows[order, 1]
    first = np.ones(len(groups), bool)
    first[1:] = groups[1:] != groups[:-1]
    spare = np.zeros(len(ids), bool)
    spare[place[order[~first]]] = True
    return spare


def _column(connection: apsw.Connection, sql: str, *values: str) -> Ints:
    """One column of integers; joined in SQLite, which is several times quicker than a row at a time."""
    text = connection.execute(f"SELECT group_concat(c) FROM ({sql})", values).get  # noqa: S608
    return np.fromstring(text, np.int64, sep=",") if text else np.zeros(0, np.int64)
