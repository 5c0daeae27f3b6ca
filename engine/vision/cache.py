"""LIBRARY/sidecar/vectors.db: what was worked out about contents, so that it is worked out once.

Only a cache. It is keyed by content hash, so a picture that moves keeps what is known of it, and by the version of
whatever made the entry. A file that is damaged, or another program's, is set aside under another name and made anew.
Conventions of apsw as in `engine.library.db`.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import apsw

from engine.errors import LibraryError
from engine.library.db import best_practice
from engine.library.text import to_text

APPLICATION_ID = 0x50495643  # "PIVC"
VERSION = 1
_FEW = 1000  # contents asked for one by one; more are found in one pass over the table
_SCHEMA = """
CREATE TABLE vectors (kind TEXT NOT NULL, content BLOB NOT NULL, value BLOB NOT NULL);
CREATE UNIQUE INDEX vectors_of ON vectors (kind, content);
CREATE TABLE pairs (
  kind TEXT NOT NULL, pair BLOB NOT NULL, value REAL NOT NULL, PRIMARY KEY (kind, pair)
) WITHOUT ROWID;
"""


def key(content: str) -> bytes:
    """A content hash in 16 bytes."""
    return hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def pair_key(one: bytes, other: bytes) -> bytes:
    """Of two keys, the same whichever comes first; 16 bytes."""
    return hashlib.blake2b(min(one, other) + max(one, other), digest_size=16).digest()


class Cache:
    """The open cache. One thread uses it at a time; several processes may.

    Attributes:
        notice: a sentence where a damaged file was set aside, else "".
    """

    def __init__(self, file: Path) -> None:
        """Open or create. Raises LibraryError where the disk refuses."""
        self.file = file
        self.notice = ""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._connection = _open(file)
            except (apsw.NotADBError, apsw.CorruptError, _Foreign):
                self.notice = _set_aside(file)
                self._connection = _open(file)
        except (OSError, apsw.Error, _Foreign) as error:
            raise self._refused(error) from None

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def vectors(self, kind: str, contents: Sequence[str]) -> Iterator[tuple[int, bytes]]:
        """The place in `contents` and the bytes of each entry there is."""
        places: dict[bytes, list[int]] = {}
        for place, content in enumerate(contents):
            places.setdefault(key(content), []).append(place)
        with self._told():
            for entry, value in self._rows("vectors", "content", kind, places.keys()):
                for place in places[entry]:
                    yield place, bytes(value)

    def known(self, kind: str) -> set[bytes]:
        """The keys (`key`) of all contents that have an entry of this kind."""
        with self._told():
            rows = self._connection.execute("SELECT content FROM vectors WHERE kind = ?", (kind,))
            return {bytes(content) for (content,) in rows}

    def pairs(self, kind: str, wanted: Sequence[bytes]) -> dict[bytes, float]:
        """The values of those pairs (`pair_key`) that have one."""
        with self._told():
            return {pair: float(value) for pair, value in self._rows("pairs", "pair", kind, set(wanted))}

    def _rows(self, table: str, column: str, kind: str, wanted: Collection[bytes]) -> Iterator[tuple[bytes, Any]]:
        if len(wanted) <= _FEW:
            one = f"SELECT {column}, value FROM {table} WHERE kind = ? AND {column} = ?"  # noqa: S608 - our own names
            for entry in wanted:
                yield from self._connection.execute(one, (kind, entry))
            return
        every = f"SELECT {column}, value FROM {table} WHERE kind = ?"  # noqa: S608
        yield from (row for row in self._connection.execute(every, (kind,)) if row[0] in wanted)

    def add_vectors(self, kind: str, rows: Iterable[tuple[str, bytes]]) -> None:
        """Write entries in one transaction; raises LibraryError where the disk refuses."""
        self._add("vectors", ((kind, key(content), value) for content, value in rows))

    def add_pairs(self, kind: str, rows: Iterable[tuple[bytes, float]]) -> None:
        self._add("pairs", ((kind, pair, value) for pair, value in rows))

    def _add(self, table: str, rows: Iterable[tuple[str, bytes, Any]]) -> None:
        with self._told(), self._connection:
            self._connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)", rows)  # noqa: S608

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except apsw.Error as error:
            raise self._refused(error) from None

    def _refused(self, error: Exception) -> LibraryError:
        return LibraryError(
            f"{to_text(self.file)} cannot be used: {error}.",
            "Free space on that disk, or delete the file: it is only a cache and is made again.",
        )


class _Foreign(Exception):
    """The file is a database, but not this one."""


def _look_at(file: Path) -> None:
    """Tell a foreign file by its header, before opening it writes to it (sqlite.org/fileformat.html, 1.3)."""
    log = file.with_name(file.name + "-wal")
    if not file.is_file() or not file.stat().st_size or (log.is_file() and log.stat().st_size):
        return  # new, or killed while it was made: its header may still be in the log
    with file.open("rb") as opened:
        header = opened.read(100)
    if header[:16] != b"SQLite format 3\0" or int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise _Foreign("another program wrote it")


def _open(file: Path) -> apsw.Connection:
    _look_at(file)
    best_practice()
    connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
    try:
        connection.set_busy_timeout(5000)
        connection.pragma("synchronous", "NORMAL")
        connection.transaction_mode = "IMMEDIATE"
        _make(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _make(connection: apsw.Connection) -> None:
    with connection:
        tables = int(connection.execute("SELECT count(*) FROM sqlite_schema").get)
        if not tables:
            connection.execute(_SCHEMA)
            connection.pragma("application_id", APPLICATION_ID)
            connection.pragma("user_version", VERSION)
    if (connection.pragma("application_id"), connection.pragma("user_version")) != (APPLICATION_ID, VERSION):
        raise _Foreign("another program, or another version of this one, wrote it")
    if connection.execute("PRAGMA quick_check(1)").get != "ok":
        raise _Foreign("it is damaged")


def _set_aside(file: Path) -> str:
    """Rename the file, its log with it. Raises OSError."""
    place = file.with_name(f"{file.name}.damaged-{time.time_ns()}")
    file.rename(place)
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    return (
        f"{to_text(file)} could not be read and was set aside as {place.name}; "
        "what it held is worked out again, nothing of yours is lost."
    )
