"""One thread that fits a ranking anew whenever picks have made it worth while, and says so at most once a second.

It never holds anybody up: closing asks it to stop and does not wait.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from engine.progress import giving_way

SAY_SECONDS = 1.0
_M_MMAP_THRESHOLD = -3  # malloc.h


class Refits:
    """Calls `work` after every `wake`, one call at a time, and `said` after those that answered True."""

    def __init__(self, work: Callable[[], bool], said: Callable[[], None]) -> None:
        self._work = work
        self._say = said
        self._told = float("-inf")
        self._owed = False
        self._bell = threading.Event()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """There may be something to do; costs microseconds."""
        if not (self._stopped or (self._thread is not None and self._thread.is_alive())):
            self._thread = threading.Thread(target=self._run, name="refit", daemon=True)
            self._thread.start()
        self._bell.set()

    def stop(self) -> None:
        """End after the call that may be under way; does not wait for it."""
        self._stopped = True
        self._bell.set()

    def _run(self) -> None:
        _give_back_memory()
        while True:
            left = self._told + SAY_SECONDS - time.monotonic()
            self._bell.wait(max(left, 0.0) if self._owed else None)
            self._bell.clear()
            if self._stopped:
                return
            with giving_way:
                self._owed |= self._work()
            if self._owed and not self._stopped and time.monotonic() - self._told >= SAY_SECONDS:
                self._told, self._owed = time.monotonic(), False
                self._say()


def _give_back_memory() -> None:
    """Have glibc return what a fit no longer needs: by default it keeps arrays of up to 32 MB for itself."""
    with suppress(OSError, AttributeError, TypeError):  # other C libraries have no such dial, and need none
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 1 << 19)
