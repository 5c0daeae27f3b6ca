"""The columns of the rankings table, each read from the library in one go and held until what it hangs on changes.

A column is an array with a place for every image id, so that picking those of a page or a filter is one look-up. Which
images there are, their names, folders and stages hang on the last scan and grouping (`Marks.catalogue`), flags and
ratings on the journal as well (`Marks.decided`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

import apsw
import numpy as np
import numpy.typing as npt

from engine.ranking import judges
from engine.ranking.ratings import MU, SIGMA

T = TypeVar("T")
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FOLDER = "substr(filepath, 1, max(length(filepath) - length(filename) - 1, 0))"  # of `images`, in SQL
_FACTS = "SELECT group_concat(value, '|') FROM facts WHERE name IN ('intake_serial', 'formed')"
_MICROSECONDS = "unixepoch(@) * 1000000 + CAST(substr(@, 21, 6) AS INTEGER)"  # SQLite's own times have no fraction
_ADDED = f"SELECT group_concat(id || ',' || ({_MICROSECONDS})) FROM images".replace("@", "added_at")  # noqa: S608
_BY_NAME = """
    SELECT group_concat(ids || ',-1') FROM (
        SELECT group_concat(id) AS ids FROM images GROUP BY filename COLLATE NOCASE ORDER BY filename COLLATE NOCASE
    )
"""
_FOLDERS = f"SELECT {FOLDER} AS folder, group_concat(id) FROM images GROUP BY folder ORDER BY folder"  # noqa: S608
_STAGES = "SELECT stage, group_concat(image_id) FROM members WHERE stage IS NOT NULL GROUP BY stage"
_MU_SIGMA = {
    False: "SELECT id, mu, sigma FROM images WHERE comparison_count > 0 AND '' = ?",
    True: "SELECT image_id, mu, sigma FROM ratings WHERE judge = ?",
}  # by whether the judge has a name
_WHOLE = {
    False: "SELECT group_concat(id || ',' || (@)) FROM images WHERE comparison_count > 0 AND '' = ?",
    True: "SELECT group_concat(image_id || ',' || (@)) FROM ratings WHERE judge = ?",
}
_EVERYBODY = """
    SELECT group_concat(id || ',' || (@)) FROM (
        SELECT id, comparison_count, last_compared_at FROM images WHERE comparison_count > 0
        UNION ALL SELECT image_id, comparison_count, last_compared_at FROM ratings
    )
"""
_LAST = _MICROSECONDS.replace("@", "last_compared_at")


class Marks(NamedTuple):
    """What stands now: columns read at equal marks are equal."""

    size: int  # one more than the largest image id
    catalogue: str
    decided: str

    @classmethod
    def read(cls, connection: apsw.Connection) -> Marks:
        size = int(connection.execute("SELECT coalesce(max(id), 0) FROM images").get) + 1
        decided = connection.execute("SELECT group_concat(name || applied, '|') FROM journal_files").get
        return cls(size, f"{size}|{connection.execute(_FACTS).get}", str(decided))


class Ratings(NamedTuple):
    """The OpenSkill figures, (size,) by image id; those every image starts with where it was never compared."""

    mu: Floats
    sigma: Floats

    @property
    def score(self) -> Floats:
        return self.mu - 3 * self.sigma


class Folders(NamedTuple):
    """`code` is (size,) by image id, a place in `names`; -1 where there is no image."""

    names: list[str]
    code: Ints


class Columns:
    """What has been read so far. Any thread may ask, with the marks of the moment its connection sees.

    A judge is a name, "" the person here, and None all of them merged.

    Two that ask at once for what nobody has read yet both read it: that is cheaper than waiting behind a slower one.
    """

    def __init__(self) -> None:
        self._held: dict[str, tuple[object, Any]] = {}

    def _hold(self, name: str, key: object, read: Callable[[], T]) -> T:
        held = self._held.get(name)
        if held is None or held[0] != key:
            held = self._held[name] = (key, read())  # one step for other threads: key and value belong together
        value: T = held[1]
        return value

    def ratings(self, connection: apsw.Connection, marks: Marks, judge: str | None) -> Ratings:
        return self._hold("ratings", (marks, judge), lambda: read_ratings(connection, judge, marks.size))

    def compared(self, connection: apsw.Connection, marks: Marks, judge: str | None) -> Ints:
        """How many matches of the judge each image took part in."""
        return self._hold("compared", (marks, judge), lambda: read_compared(connection, judge, marks.size))

    def last(self, connection: apsw.Connection, marks: Marks, judge: str | None) -> Floats:
        """When the judge last compared it, microseconds since 1970; NaN for never."""
        return self._hold("last", (marks, judge), lambda: _last(connection, judge, marks.size))

    def filenames(self, connection: apsw.Connection, marks: Marks) -> Floats:
        """The order of the names, upper and lower case alike."""
        return self._hold("filename", marks.catalogue, lambda: _filenames(connection, marks.size))

    def added(self, connection: apsw.Connection, marks: Marks) -> Floats:
        """Microseconds since 1970; NaN where it is not known."""
        return self._hold("added", marks.catalogue, lambda: _added(connection, marks.size))

    def folders(self, connection: apsw.Connection, marks: Marks) -> Folders:
        return self._hold("folder", marks.catalogue, lambda: _folders(connection, marks.size))

    def stages(self, connection: apsw.Connection, marks: Marks) -> Floats:
        return self._hold("stage", marks.catalogue, lambda: _stages(connection, marks.size))

    def missing(self, connection: apsw.Connection, marks: Marks) -> Mask:
        sql = "SELECT id FROM images WHERE missing_since IS NOT NULL"
        return self._hold("missing", marks.catalogue, lambda: _mask(connection.execute(sql), marks.size))

    def flagged(self, connection: apsw.Connection, marks: Marks) -> Mask:
        sql = "SELECT image_id FROM flags"
        return self._hold("flagged", marks, lambda: _mask(connection.execute(sql), marks.size))

    def containing(self, connection: apsw.Connection, marks: Marks, text: str) -> Mask:
        """Images with this text in the path or the prompt."""
        key = (marks.catalogue, text)
        return self._hold("text", key, lambda: _mask(_containing(connection, text), marks.size))


def iso(time: str | None) -> str:
    """A time as everything writes it, also where SQLite's own clock did; "" for none."""
    if not time:
        return ""
    return time if "T" in time else f"{time.replace(' ', 'T')}Z"


def read_ratings(connection: apsw.Connection, judge: str | None, size: int) -> Ratings:
    """The figures of a judge; "" is the person here, None all of them merged."""
    mu, sigma = np.full(size, MU), np.full(size, SIGMA)
    if judge is None:
        board = judges.everyone(connection)
        mu[board.ids], sigma[board.ids] = board.mu, board.sigma
        return Ratings(mu, sigma)
    found: list[Any] = connection.execute(_MU_SIGMA[bool(judge)], (judge,)).fetchall()
    if found:
        rows = np.array(found, np.float64)  # ids are far below 2**53
        at = rows[:, 0].astype(np.int64)
        mu[at], sigma[at] = rows[:, 1], rows[:, 2]
    return Ratings(mu, sigma)


def read_compared(connection: apsw.Connection, judge: str | None, size: int) -> Ints:
    """(size,) by image id: the matches of a judge (None: of all) that it took part in."""
    found = _pairs(connection, judge, "comparison_count")
    count = np.zeros(size, np.int64)
    np.add.at(count, found[:, 0], found[:, 1])
    return count


def _pairs(connection: apsw.Connection, judge: str | None, what: str) -> Ints:
    """(m, 2) image ids and a figure of theirs; of all judges, an image may come more than once."""
    if judge is None:
        return numbers(connection, _EVERYBODY.replace("@", what)).reshape(-1, 2)
    return numbers(connection, _WHOLE[bool(judge)].replace("@", what), judge).reshape(-1, 2)


def numbers(connection: apsw.Connection, sql: str, *values: str) -> Ints:
    """Whole numbers that a query gives as text, joined by commas: several times quicker than as many rows."""
    text = connection.execute(sql, values).get
    return np.fromstring(text, np.int64, sep=",") if text else np.zeros(0, np.int64)


def _last(connection: apsw.Connection, judge: str | None, size: int) -> Floats:
    return _times(_pairs(connection, judge, _LAST), size)


def _added(connection: apsw.Connection, size: int) -> Floats:
    return _times(numbers(connection, _ADDED).reshape(-1, 2), size)


def _times(pairs: Ints, size: int) -> Floats:
    """(size,) by image id: the latest of its times."""
    when = np.full(size, np.nan)
    np.fmax.at(when, pairs[:, 0], pairs[:, 1])
    return when


def _filenames(connection: apsw.Connection, size: int) -> Floats:
    """Equal names stand at one place: the query puts a -1 behind each."""
    found = numbers(connection, _BY_NAME)
    end = found < 0
    order = np.full(size, np.nan)
    order[found[~end]] = np.cumsum(end)[~end]
    return order


def _folders(connection: apsw.Connection, size: int) -> Folders:
    found: list[Any] = connection.execute(_FOLDERS).fetchall()
    code = np.full(size, -1)
    for place, (_, ids) in enumerate(found):
        code[np.fromstring(ids, np.int64, sep=",")] = place
    return Folders([name for name, _ in found], code)


def _stages(connection: apsw.Connection, size: int) -> Floats:
    stage = np.full(size, np.nan)
    found: list[Any] = connection.execute(_STAGES).fetchall()
    for value, ids in found:
        stage[np.fromstring(ids, np.int64, sep=",")] = value
    return stage


def _mask(rows: Iterable[tuple[int]], size: int) -> Mask:
    mask = np.zeros(size, bool)
    mask[np.fromiter((i for (i,) in rows), np.int64)] = True
    return mask


_WHERE = """
    SELECT id FROM images WHERE filepath LIKE ?1 ESCAPE '\\'
    UNION SELECT image_id FROM generations WHERE prompt LIKE ?1 ESCAPE '\\'
"""
_LONGEST_PATTERN = 10_000  # characters; SQLite refuses patterns beyond 50 000 bytes, and ends one at a NUL
_TEXTS = "SELECT id, filepath FROM images UNION ALL SELECT image_id, prompt FROM generations"


def _containing(connection: apsw.Connection, text: str) -> Iterable[tuple[int]]:
    """Ids of images with `text` in path or prompt, upper and lower case alike: the text itself, never a pattern."""
    if text.isascii() and "\0" not in text and len(text) <= _LONGEST_PATTERN:  # beyond ASCII, SQLite knows no cases
        plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return connection.execute(_WHERE, (f"%{plain}%",))
    wanted = text.lower()
    return ((image,) for image, words in connection.execute(_TEXTS) if wanted in words.lower())
