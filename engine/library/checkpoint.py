"""Copies SQLite's write-ahead log back into the database in a pause of the writer, so that no decision waits for it.

SQLite does it inside the commit that makes the log too long: at 100 000 images one pick in seventeen then took 30 ms
and more (https://www.sqlite.org/wal.html, "Checkpointing"). Here a thread with a connection of its own does it, and the
next transaction begins the log anew. It also waits for a pause, because a decision's own sync would queue behind it.
"""

from __future__ import annotations

import contextlib
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import apsw

PAUSE = 0.03  # seconds without a commit: well before the next decision of somebody quick
EVERY = 1000  # pages of 4 KB the log grows by before it is copied in the next pause
HURRY = 16_000  # pages after which it is copied without one
LONGEST = 64_000  # pages at which the writer waits, so that the log ends somewhere
KEPT = 64 << 20  # bytes of the log's file that stay when it begins anew


class Checkpointer:
    """Watches one writer; everything but the copying itself happens on the writer's thread."""

    def __init__(self, file: Path, writer: apsw.Connection) -> None:
        # Opened now, not when it is needed: opening may refresh SQLite's statistics, for which a decision would wait.
        self._connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READWRITE)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="checkpoint")
        self._copying: Future[None] | None = None
        self._now = threading.Event()  # wait for no pause
        self._closed = False
        self._pages = self._copied = 0  # of the log: now, and when it was last copied
        self._last = 0.0
        writer.pragma("journal_size_limit", KEPT)
        writer.set_wal_hook(self._committed)

    def _committed(self, _: apsw.Connection, __: str, pages: int) -> int:
        if pages < self._pages:  # the log began anew
            self._copied = 0
        self._pages, self._last = pages, time.monotonic()
        if pages >= HURRY:
            self._now.set()
        idle = self._copying is None or self._copying.done()
        if idle and pages - self._copied >= EVERY:
            self._copying = self._thread.submit(self._copy)
        if pages >= LONGEST and self._copying is not None:
            self._copying.result()
        return apsw.SQLITE_OK

    def _copy(self) -> None:
        while (left := self._last + PAUSE - time.monotonic()) > 0 and not self._now.wait(left):
            pass
        if self._closed:
            return  # the writer's own closing does it
        self._now.clear()
        self._copied = self._pages
        with contextlib.suppress(apsw.Error):  # busy or a full disk: the log holds everything, and is tried again
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    def close(self) -> None:
        """Finish what is being copied. The writer closes after this, and empties the log."""
        self._closed = True
        self._now.set()
        self._thread.shutdown()
        self._connection.close()
