"""The rankings table: pages of it in any order and through any filter, and what can be filtered by.

The order of the best comes from the fit (a `Standing`), the rest from the library. An order is worked out once over
whole columns (see `columns`) and held; a page of it is then one query for its rows.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import apsw
import msgspec
import numpy as np

from engine.culling.queue import DISPLAYABLE
from engine.intake.thumbnames import thumb_name
from engine.library.store import Library
from engine.library.text import file_url, to_path
from engine.ranking import judges
from engine.ranking.columns import FOLDER, Columns, Floats, Ints, Marks, Mask, iso
from engine.ranking.histogram import histogram
from engine.ranking.ratings import MU, SIGMA, stored
from engine.ranking.views import Column, RankingFacets, RankingRow, Rankings

if TYPE_CHECKING:
    from engine.ranking.live import Standing

LONGEST_PAGE = 1000  # rows
_HELD = 4  # orders: those a person goes back and forth between
_ROWS = f"""
    SELECT i.id, i.filepath, i.filename, {FOLDER}, i.content_hash, i.missing_since IS NOT NULL,
        coalesce(f.width, 0), coalesce(f.height, 0), coalesce(f.format, ''), m.stage,
        EXISTS (SELECT 1 FROM flags WHERE image_id = i.id), i.cropped, i.added_at, @
    FROM json_each(?1) j CROSS JOIN images i ON i.id = j.value LEFT JOIN features f ON f.image_id = i.id
    LEFT JOIN members m ON m.image_id = i.id
"""  # noqa: S608 - fixed words
_OWN = _ROWS.replace("@", "i.mu, i.sigma, i.comparison_count, i.last_compared_at")
_NAMED = (
    _ROWS.replace("@", f"coalesce(r.mu, {MU}), coalesce(r.sigma, {SIGMA}), coalesce(r.comparison_count, 0),"
    " coalesce(r.last_compared_at, '')")
    + "LEFT JOIN ratings r ON r.image_id = i.id AND r.judge = ?2"
)  # fmt: skip


class Query(NamedTuple):
    """What is asked for; the fields of `wire.rank.GetRankings`."""

    sort: Column = "rank"
    descending: bool = False
    text: str = ""
    folder: str = ""
    stage: float | None = None
    only: Literal["all", "top", "field", "compared", "flagged", "missing"] = "all"
    offset: int = 0
    limit: int = 200
    around: int | None = None


class Table:
    """The table of one open library. Any thread may ask."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._columns = Columns()
        self._lock = threading.Lock()
        self._standing: Standing | None = None
        self._orders: OrderedDict[tuple[object, ...], Ints] = OrderedDict()

    def page(self, standing: Standing, query: Query) -> Rankings:
        """A page of the table.

        Args:
            standing: who stands where now; while the same object comes again, an order once worked out is kept.
            query: an offset below 0 counts as 0, a limit is at most LONGEST_PAGE.

        Returns:
            Rows in the order asked for. Equal ones stand best first, either way; those without a value come last.
        """
        limit = min(max(query.limit, 0), LONGEST_PAGE)
        judge = standing.judge(self._library)
        with self._library.db.read() as connection:
            order = self._order(connection, standing, query, judge)
            offset = _around(order, standing, query, limit)
            places = order[offset : offset + limit]
            items = rows(connection, self._library.paths.thumbs, standing, judge, places)
        return Rankings(len(order), offset, items)

    def facets(self, standing: Standing) -> RankingFacets:
        """The folders and stages of the images in the table, and how strong those of the field are."""
        judge = standing.judge(self._library)
        with self._library.db.read() as connection:
            marks = _marks(connection, standing)
            folders = self._columns.folders(connection, marks)
            stages = self._columns.stages(connection, marks)[standing.ids]
            count = self._columns.compared(connection, marks, judge)[standing.ids]
        used = np.unique(folders.code[standing.ids])
        return RankingFacets(
            folders=[_named(folders.names[code]) for code in used if code >= 0],
            stages=np.unique(stages[~np.isnan(stages)]).tolist(),
            histogram=histogram(standing, count),
        )

    def _order(self, connection: apsw.Connection, standing: Standing, query: Query, judge: str | None) -> Ints:
        """Places in the standing of the rows that pass, in the order asked for."""
        marks = _marks(connection, standing)
        key = (marks, judge, query._replace(offset=0, limit=0, around=None))
        with self._lock:
            if standing is not self._standing:
                self._standing = standing
                self._orders.clear()
            order = self._orders.get(key)
        if order is None:  # nobody waits for the lock meanwhile: at worst two work out the same
            order = _Reading(self._columns, connection, marks, judge, standing).order(query)
        with self._lock:
            if standing is self._standing:
                self._orders[key] = order
                self._orders.move_to_end(key)
                while len(self._orders) > _HELD:
                    self._orders.popitem(last=False)
        return order


class _Reading(NamedTuple):
    """The columns of one moment, in the order of the standing."""

    columns: Columns
    connection: apsw.Connection
    marks: Marks
    judge: str | None
    standing: Standing

    def order(self, query: Query) -> Ints:
        places = self._passing(query)
        if query.sort == "rank":
            return places[::-1] if query.descending else places
        values = self._values(query.sort)[places]
        return places[np.argsort(-values if query.descending else values, kind="stable")]

    def _passing(self, query: Query) -> Ints:
        """Places of the rows that pass every filter, best first."""
        standing, here = self.standing, (self.connection, self.marks)
        chosen = np.ones(len(standing.ids), bool)
        if query.only != "all":
            chosen &= self._only(query.only)
        if query.folder:
            chosen &= (self._folder(query.folder))[standing.ids]
        if query.stage is not None:
            chosen &= self.columns.stages(*here)[standing.ids] == query.stage
        if query.text:
            chosen &= self.columns.containing(*here, query.text)[standing.ids]
        return np.flatnonzero(chosen)

    def _folder(self, name: str) -> Mask:
        folders = self.columns.folders(self.connection, self.marks)
        wanted = [place for place, folder in enumerate(folders.names) if _named(folder) == name]
        return np.isin(folders.code, wanted)

    def _only(self, which: str) -> Mask:
        standing, here = self.standing, (self.connection, self.marks)
        match which:
            case "top":
                return standing.in_field & (np.arange(len(standing.ids)) < standing.top)
            case "field":
                return standing.in_field
            case "compared":
                return self.columns.compared(*here, self.judge)[standing.ids] > 0
            case "flagged":
                return self.columns.flagged(*here)[standing.ids]
        return self.columns.missing(*here)[standing.ids]

    def _values(self, sort: Column) -> Floats:
        """(m,) what to sort by; NaN comes last, whichever way."""
        standing, here = self.standing, (self.connection, self.marks)
        match sort:
            case "strength":
                return standing.strength
            case "chance":
                return standing.chance
            case "filename":
                return self.columns.filenames(*here)[standing.ids]
            case "folder":
                return self.columns.folders(*here).code[standing.ids].astype(np.float64)
            case "stage":
                return self.columns.stages(*here)[standing.ids]
            case "added_at":
                return self.columns.added(*here)[standing.ids]
            case "last_compared_at":
                return self.columns.last(*here, self.judge)[standing.ids]
            case "comparisons":
                return self.columns.compared(*here, self.judge)[standing.ids].astype(np.float64)
        ratings = self.columns.ratings(*here, self.judge)
        return {"mu": ratings.mu, "sigma": ratings.sigma}.get(sort, ratings.score)[standing.ids]


def _marks(connection: apsw.Connection, standing: Standing) -> Marks:
    """The marks of now, with room for every image of the standing."""
    marks = Marks.read(connection)
    largest = int(standing.ids.max(initial=0))
    return marks if largest < marks.size else marks._replace(size=largest + 1, catalogue=f"{marks.catalogue}|{largest}")


def _named(folder: str) -> str:
    """The folder of a path as it is shown: an image of the root lies in "/"."""
    return folder or "/"


def _around(order: Ints, standing: Standing, query: Query, limit: int) -> int:
    """The offset to answer with."""
    if query.around is not None and limit:
        found = np.flatnonzero(standing.ids[order] == query.around)
        if len(found):
            return int(found[0]) // limit * limit
    return max(query.offset, 0)


def rows(
    connection: apsw.Connection, thumbs: Path, standing: Standing, judge: str | None, places: Sequence[int] | Ints
) -> list[RankingRow]:
    """The rows at these places of the standing, in this order; images that are gone meanwhile are left out.

    The figures beside the order are those of `judge`, or all judges' merged where that is None.
    """
    at = {int(standing.ids[place]): int(place) for place in places}
    wanted = msgspec.json.encode(list(at)).decode()
    found: Any = connection.execute(_NAMED, (wanted, judge)) if judge else connection.execute(_OWN, (wanted,))
    if judge is None:
        merged = judges.together(connection, list(at))
        found = ((*row[:-4], *merged.get(row[0], judges.UNCOMPARED)) for row in found)
    there = file_url(thumbs)
    made = {row[0]: _row(there, standing, at[row[0]], row) for row in found}
    return [made[image] for image in at if image in made]


def _row(thumbs: str, standing: Standing, place: int, row: tuple[Any, ...]) -> RankingRow:
    image, path, filename, folder, content, missing, width, height, kind, stage, flagged, cropped, added, *figures = row
    mu, sigma = stored(*figures[:3])
    return RankingRow(
        rank=place + 1,
        id=image,
        path=path,
        filename=filename,
        folder=_named(folder),
        url=file_url(to_path(path)),
        thumb_url=f"{thumbs}/{thumb_name(content)}" if content else "",
        displayable=kind in DISPLAYABLE,
        width=width,
        height=height,
        stage=stage,
        strength=float(standing.strength[place]),
        mu=mu,
        sigma=sigma,
        score=mu - 3 * sigma,
        comparisons=figures[2],
        added_at=iso(added),
        last_compared_at=iso(figures[3]),
        chance=float(standing.chance[place]),
        in_field=bool(standing.in_field[place]),
        flagged=bool(flagged),
        cropped=bool(cropped),
        missing=bool(missing),
    )
