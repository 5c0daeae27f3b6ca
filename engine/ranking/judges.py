"""Whose ratings: the person at this library (judge "", in `images`), named judges (in `ratings`), and all merged.

Merged view. Each judge's OpenSkill posterior of an image is a normal N(mu_j, s_j^2) that began from the common prior
N(25, (25/3)^2), called N(m, s^2). The judges looked independently, so their evidence multiplies while the prior counts
once: posterior ~ prior x product of (posterior_j / prior), which is normal again with

    1/sigma^2 = sum_j 1/s_j^2 - (J - 1)/s^2
    mu        = sigma^2 (sum_j mu_j/s_j^2 - (J - 1) m/s^2)

A judge who never compared the image still has the prior and so adds nothing; with one judge it is that judge's rating.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import apsw
import msgspec

from engine.errors import WrongUse
from engine.ranking import ratings

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

LONGEST = 60  # characters of a name
UNCOMPARED = (ratings.MU, ratings.SIGMA, 0, "")  # what `together` would say of an image that nobody compared

# One image's rating: mu, sigma, comparison_count, last_compared_at; no row where a named judge never compared it.
ONE = """
    SELECT mu, sigma, comparison_count, last_compared_at FROM images WHERE id = :image AND :judge = ''
    UNION ALL SELECT mu, sigma, comparison_count, last_compared_at FROM ratings
    WHERE image_id = :image AND judge = :judge
"""
WRITE_OWN = """
    UPDATE images SET mu = :mu, sigma = :sigma, comparison_count = :count, last_compared_at = :last WHERE id = :image
"""
WRITE_NAMED = """
    INSERT INTO ratings VALUES (:image, :judge, :mu, :sigma, :count, :last) ON CONFLICT (image_id, judge) DO UPDATE
    SET mu = excluded.mu, sigma = excluded.sigma, comparison_count = excluded.comparison_count,
        last_compared_at = excluded.last_compared_at
"""
# Every judge's rating of every image they compared, each judge's rows together, in the order of the ids.
_EVERY = """
    SELECT '' AS judge, id, mu, sigma, comparison_count, last_compared_at FROM images WHERE comparison_count > 0 @
    UNION ALL SELECT judge, image_id, mu, sigma, comparison_count, last_compared_at FROM ratings WHERE TRUE @@
    ORDER BY 1, 2
"""
_WHOLE = _EVERY.replace("@", "")
_SOME = _EVERY.replace("@@", "AND image_id IN (SELECT value FROM json_each(:ids))").replace(
    "@", "AND id IN (SELECT value FROM json_each(:ids))"
)


class _Row(NamedTuple):
    judge: str
    image: int
    mu: float
    sigma: float
    matches: int
    last: str | None


class Board(NamedTuple):
    """The ratings of every image that was compared, by id; arrays of one length. `comparisons` counts matches."""

    ids: Ints
    mu: Floats
    sigma: Floats
    comparisons: Ints


def check(name: str) -> str:
    """The judge's name as it is kept: "" is the person here. Raises WrongUse where it cannot be a name."""
    kept = unicodedata.normalize("NFC", name).strip()
    if len(kept) > LONGEST or not kept.isprintable():
        raise WrongUse(
            f"A judge's name has at most {LONGEST} characters, all of them printable.", "Choose a plain name."
        )
    return kept


def names(connection: apsw.Connection) -> list[str]:
    """Everyone with matches here, the person at this library ("") first, whether or not they have any."""
    found = connection.execute("SELECT DISTINCT judge FROM matches WHERE judge != ''")
    return ["", *sorted((name for (name,) in found), key=lambda name: (name.casefold(), name))]


def board(connection: apsw.Connection, judge: str) -> Board:
    """What one judge's comparisons gave, in the order of the ids."""
    where = "ratings WHERE judge = ?" if judge else "images WHERE comparison_count > 0 AND '' = ?"
    column = "image_id" if judge else "id"
    sql = f"SELECT {column}, mu, sigma, comparison_count FROM {where} ORDER BY 1"  # noqa: S608 - fixed words
    found: Any = connection.execute(sql, (judge,))
    return _board(list(found))


def everyone(connection: apsw.Connection) -> Board:
    """All judges of the library merged."""
    return merged(_boards(map(_Row._make, connection.execute(_WHOLE))))


def together(connection: apsw.Connection, images: Sequence[int]) -> dict[int, tuple[float, float, int, str]]:
    """The merged mu and sigma of those of these images that anybody compared, how often, and when last."""
    ids = msgspec.json.encode(images).decode()
    found = [_Row._make(row) for row in connection.execute(_SOME, {"ids": ids})]
    last: dict[int, str] = {}
    for row in found:
        last[row.image] = max(last.get(row.image, ""), row.last or "")
    columns = (column.tolist() for column in merged(_boards(found)))
    return {image: (mu, sigma, count, last[image]) for image, mu, sigma, count in zip(*columns, strict=True)}


def _boards(rows: Iterable[_Row]) -> list[Board]:
    each = (mine for _, mine in groupby(rows, attrgetter("judge")))
    return [_board([(row.image, row.mu, row.sigma, row.matches) for row in mine]) for mine in each]


def _board(rows: Sequence[tuple[int, float, float, int]]) -> Board:
    """Rows of id, mu, sigma and count as arrays."""
    import numpy as np

    ids, mu, sigma, count = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Board(np.array(ids, np.int64), np.array(mu, float), np.array(sigma, float), np.array(count, np.int64))


def merged(boards: Sequence[Board]) -> Board:
    """All judges as one: every image that anybody compared, in the order of the ids; counts are added.

    The result is never less sure than the surest judge's opposite: sigma is at most the largest of the judges' own.
    """
    import numpy as np

    ids = np.unique(np.concatenate([b.ids for b in boards])) if boards else np.zeros(0, np.int64)
    prior = 1 / ratings.SIGMA**2
    precision, weighted = np.full(len(ids), prior), np.full(len(ids), prior * ratings.MU)
    least, count = np.full(len(ids), np.inf), np.zeros(len(ids), np.int64)
    for b in boards:
        at, own = np.searchsorted(ids, b.ids), 1 / b.sigma**2
        precision[at] += own - prior
        weighted[at] += own * b.mu - prior * ratings.MU
        least[at] = np.minimum(least[at], own)
        count[at] += b.comparisons
    precision = np.maximum(precision, least)
    return Board(ids, weighted / precision, 1 / np.sqrt(precision), count)
