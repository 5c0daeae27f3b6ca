"""The database: one writer on one thread, a few readers, migrations, and the refusal of what is not ours.

Follows apsw.bestpractice (WAL, foreign keys, strict strings, busy timeout).
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import apsw
import apsw.bestpractice

from engine.errors import LibraryDamaged, LibraryHeld, LibraryTooNew
from engine.library.migrations import MIGRATIONS
from engine.library.text import to_text

T = TypeVar("T")
APPLICATION_ID = 0x5049434B  # "PICK"
READERS = 4

# Logging stays off: apsw would log every expected busy or constraint answer as an error.
apsw.bestpractice.apply(tuple(f for f in apsw.bestpractice.recommended if f is not apsw.bestpractice.library_logging))


def _damaged(file: Path, error: Exception) -> LibraryDamaged:
    return LibraryDamaged(
        f"{to_text(file)} cannot be read as a Pickwise library: {error}.",
        "Move that file away and run `pickwise rebuild`: your decisions are in labels/sessions and are kept.",
    )


def check(file: Path) -> int:
    """The version of an existing database, looked at without changing it.

    Raises:
        LibraryTooNew: a later Pickwise wrote it.
        LibraryDamaged: it is not a database, or another program's.
    """
    try:
        connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            version = int(connection.pragma("user_version"))
            application = int(connection.pragma("application_id"))
        finally:
            connection.close()
    except apsw.Error as error:
        raise _damaged(file, error) from None
    if application not in (0, APPLICATION_ID) or (application == 0 and version):
        raise _damaged(file, ValueError("another program wrote it"))
    if version > len(MIGRATIONS):
        raise LibraryTooNew(
            f"The library {to_text(file.parent)} was written by a newer Pickwise "
            f"(its version is {version}, this program knows up to {len(MIGRATIONS)}).",
            "Update Pickwise to open it. Nothing was changed.",
        )
    return version


def migrate(connection: apsw.Connection) -> None:
    """Apply the steps that are missing, each with its number in one transaction."""
    for number in range(int(connection.pragma("user_version")), len(MIGRATIONS)):
        with connection:
            connection.execute(MIGRATIONS[number])
            connection.pragma("application_id", APPLICATION_ID)
            connection.pragma("user_version", number + 1)


class Database:
    """Connections of one open library."""

    def __init__(self, file: Path, *, read_only: bool) -> None:
        """Open or create `file`. Raises LibraryTooNew, LibraryDamaged."""
        self.file = file
        self.read_only = read_only
        if file.exists() and file.stat().st_size:
            check(file)
        elif read_only:
            raise _damaged(file, FileNotFoundError("it is not there"))
        self._flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
        self._readers: queue.LifoQueue[apsw.Connection] = queue.LifoQueue()
        self._open_readers = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._writer: apsw.Connection | None = None
        if not read_only:
            self._thread.submit(self._open_writer).result()

    def _open_writer(self) -> None:
        try:
            self._writer = apsw.Connection(str(self.file), flags=self._flags)
            self._writer.set_busy_timeout(5000)
            self._writer.pragma("synchronous", "NORMAL")  # the journal is what must survive a power cut
            self._writer.transaction_mode = "IMMEDIATE"
            migrate(self._writer)
        except (apsw.NotADBError, apsw.CorruptError) as error:
            raise _damaged(self.file, error) from None

    def _reader(self) -> apsw.Connection:
        try:
            return self._readers.get_nowait()
        except queue.Empty:
            if self._open_readers >= READERS:
                return self._readers.get()
            self._open_readers += 1
            connection = apsw.Connection(str(self.file), flags=apsw.SQLITE_OPEN_READONLY)
            connection.set_busy_timeout(5000)
            return connection

    @contextmanager
    def read(self) -> Iterator[apsw.Connection]:
        """A read connection inside one transaction: everything read in the block is of one moment."""
        connection = self._reader()
        try:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("COMMIT")
        finally:
            self._readers.put(connection)

    def write(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run `work` on the writer's thread in one transaction and wait for it.

        Raises:
            LibraryHeld: the library is open read-only here.
        """
        if self.read_only:
            raise LibraryHeld(
                "This library is open read-only here, because another Pickwise holds it.",
                "Close the other one, then open it again.",
            )
        return self._thread.submit(self._transaction, work).result()

    def _transaction(self, work: Callable[[apsw.Connection], T]) -> T:
        assert self._writer is not None  # noqa: S101 - opened in __init__ unless read_only
        with self._writer:
            answer = work(self._writer)
        return answer  # noqa: RET504 - returned only once committed

    def close(self) -> None:
        while True:
            try:
                self._readers.get_nowait().close()
            except queue.Empty:
                break
        if self._writer is not None:
            self._thread.submit(self._writer.close).result()
            self._writer = None
        self._thread.shutdown()
