"""The database: one writer on one thread, a few readers, migrations, and the refusal of what is not ours.

Follows apsw.bestpractice (WAL, foreign keys, strict strings, busy timeout).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

import apsw

from engine.errors import LibraryDamaged, LibraryError, LibraryHeld, LibraryTooNew
from engine.library.checkpoint import Checkpointer
from engine.library.migrations import MIGRATIONS
from engine.library.text import file_url, to_text

T = TypeVar("T")
APPLICATION_ID = 0x5049434B  # "PICK"
READERS = 6  # four calls of the page, a job, and one to spare
CLOSING_SECONDS = 10.0  # how long closing waits for calls that are still reading


@cache
def best_practice() -> None:
    """Apply apsw's to all connections from now on. It is loaded when the first one is opened: it takes 30 ms.

    Logging stays off: apsw would log every expected busy or constraint answer as an error.
    """
    from apsw import bestpractice

    bestpractice.apply(tuple(f for f in bestpractice.recommended if f is not bestpractice.library_logging))


def _damaged(file: Path, error: Exception) -> LibraryDamaged:
    return LibraryDamaged(
        f"{to_text(file)} cannot be read as a Pickwise library: {error}.",
        "Move that file away and run `pickwise rebuild`: your decisions are in labels/sessions and are kept.",
    )


def _look_at(file: Path) -> apsw.Connection:
    """Open without leaving a trace; only a log that holds something must be read the usual way, which makes `-shm`."""
    best_practice()
    log = file.with_name(file.name + "-wal")
    if log.is_file() and log.stat().st_size:
        return apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
    return apsw.Connection(file_url(file) + "?immutable=1", flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)


def check(file: Path) -> int:
    """The version of an existing database, looked at without changing it.

    Raises:
        LibraryTooNew: a later Pickwise wrote it.
        LibraryDamaged: it is not a database, or another program's.
    """
    try:
        connection = _look_at(file)
        try:
            version = int(connection.pragma("user_version"))
            application = int(connection.pragma("application_id"))
            tables = int(connection.execute("SELECT count(*) FROM sqlite_schema").get)
        finally:
            connection.close()
    except apsw.Error as error:
        raise _damaged(file, error) from None
    if application != APPLICATION_ID and (application or version or tables):
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
        """Open or create `file`. Raises LibraryTooNew, LibraryDamaged; LibraryError: too old to be only read."""
        self.file = file
        self.read_only = read_only
        if file.is_dir() or (file.exists() and file.stat().st_size):
            version = check(file)
            if read_only and version < len(MIGRATIONS):
                raise _too_old(file)
        elif read_only:
            raise _damaged(file, FileNotFoundError("it is not there"))
        self._idle: list[apsw.Connection] = []
        self._lent = 0
        self._closed = False
        self._turn = threading.Condition()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._writer: apsw.Connection | None = None
        self._checkpointer: Checkpointer | None = None
        self._writing: int | None = None  # the writer's thread, while a transaction runs
        if not read_only:
            try:
                self._thread.submit(self._open_writer).result()
            except BaseException:
                self._thread.shutdown()
                raise

    def _open_writer(self) -> None:
        best_practice()
        writer = None
        try:
            writer = apsw.Connection(str(self.file), flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
            writer.set_busy_timeout(5000)
            writer.pragma("synchronous", "NORMAL")  # the journal is what must survive a power cut
            writer.transaction_mode = "IMMEDIATE"
            migrate(writer)
            self._checkpointer = Checkpointer(self.file, writer)
        except BaseException as error:
            if writer is not None:
                writer.close()
            if isinstance(error, apsw.Error):
                raise _damaged(self.file, error) from None
            raise
        self._writer = writer

    @contextmanager
    def read(self) -> Iterator[apsw.Connection]:
        """A read connection inside one transaction: everything read in the block is of one moment.

        Raises:
            LibraryError: the library was closed meanwhile.
        """
        connection = self._borrow()
        try:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("COMMIT")
        finally:
            self._give_back(connection)

    def _borrow(self) -> apsw.Connection:
        with self._turn:
            while not self._closed and not self._idle and self._lent >= READERS:
                self._turn.wait()
            if self._closed:
                raise _closed()
            connection = self._idle.pop() if self._idle else self._new_reader()
            self._lent += 1
            return connection

    def _new_reader(self) -> apsw.Connection:
        best_practice()
        try:
            connection = apsw.Connection(str(self.file), flags=apsw.SQLITE_OPEN_READONLY)
        except apsw.Error as error:
            raise _damaged(self.file, error) from None
        connection.set_busy_timeout(5000)
        return connection

    def _give_back(self, connection: apsw.Connection) -> None:
        with self._turn:
            self._lent -= 1
            if self._closed:
                connection.close()
            else:
                self._idle.append(connection)
            self._turn.notify()

    def write(self, work: Callable[[apsw.Connection], T], failed: Callable[[], object] | None = None) -> T:
        """Run `work` on the writer's thread in one transaction and wait for it.

        Args:
            work: given the writer's connection; it must not call `write` itself.
            failed: called on the same thread, before any other transaction, when this one was not committed.

        Raises:
            LibraryHeld: the library is open read-only here.
            LibraryError: it was closed meanwhile, or the disk refused.
        """
        if self.read_only:
            raise LibraryHeld(
                "This library is open read-only here, because another Pickwise holds it.",
                "Close the other one, then open it again.",
            )
        if threading.get_ident() == self._writing:
            raise AssertionError("a write inside a write would wait for itself for ever")
        try:
            task = self._thread.submit(self._transaction, work, failed)
        except RuntimeError:
            raise _closed() from None
        return task.result()

    def _transaction(self, work: Callable[[apsw.Connection], T], failed: Callable[[], object] | None) -> T:
        if self._writer is None:
            raise _closed()
        self._writing = threading.get_ident()
        try:
            with self._writer:
                answer = work(self._writer)
        except BaseException as error:
            if failed is not None:
                failed()
            if isinstance(error, apsw.FullError | apsw.IOError | apsw.ReadOnlyError):
                raise LibraryError(
                    f"The library could not be written: {error}.",
                    f"Free space on the disk that holds {to_text(self.file.parent)}, then try again.",
                ) from None
            raise
        else:
            return answer
        finally:
            self._writing = None

    def close(self) -> None:
        """Finish what is being written, wait for what is being read, and close; a second call does nothing."""
        with self._turn:
            self._closed = True
            self._turn.notify_all()
            while self._idle:
                self._idle.pop().close()
        self._thread.shutdown()
        if self._checkpointer is not None:
            self._checkpointer.close()
        with self._turn:
            # A reader that takes longer closes its own connection when it is done.
            self._turn.wait_for(lambda: self._lent == 0, timeout=CLOSING_SECONDS)
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def _too_old(file: Path) -> LibraryError:
    return LibraryError(
        f"The library {to_text(file.parent)} was made by an earlier Pickwise, and here it can only be read.",
        "Open it once where it can be written, with no other Pickwise on it, to bring it up to date.",
    )


def _closed() -> LibraryError:
    return LibraryError("The library was closed meanwhile.", "Open it again.")
