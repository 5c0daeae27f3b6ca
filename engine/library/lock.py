"""One writer a library: a lock the system itself drops when a process dies, and a note of who holds it."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import socket

import msgspec
from filelock import FileLock, Timeout

from engine.library.paths import LibraryPaths


class Holder(msgspec.Struct, frozen=True):
    pid: int
    host: str
    since: str

    def __str__(self) -> str:
        return f"Pickwise, process {self.pid} on {self.host}, since {self.since}"


class LibraryLock:
    """Held for as long as the library is open for writing."""

    def __init__(self, paths: LibraryPaths) -> None:
        self._paths = paths
        # Opened on one thread, closed on another: filelock's own default would then release nothing.
        self._lock = FileLock(paths.lock, timeout=0, thread_local=False)

    def acquire(self) -> bool:
        """True when this process may write; False when another does, or the folder cannot be written."""
        try:
            self._lock.acquire()
        except (Timeout, OSError, NotImplementedError):
            return False
        now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        note = Holder(pid=os.getpid(), host=socket.gethostname(), since=now)
        with contextlib.suppress(OSError):  # the note is a courtesy, the lock is what counts
            self._paths.holder.write_bytes(msgspec.json.encode(note))
        return True

    def holder(self) -> str:
        """Who holds it, in words."""
        try:
            return str(msgspec.json.decode(self._paths.holder.read_bytes(), type=Holder))
        except (OSError, msgspec.MsgspecError):
            return "another process"

    def release(self) -> None:
        self._lock.release()
