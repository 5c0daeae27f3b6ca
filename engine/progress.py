"""How long work says where it is, hears that it should stop, and lets others through meanwhile."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Protocol

# A decision goes in and out of SQLite twenty times, and each time waits for long work to let go of the interpreter:
# with the usual 5 ms that adds up to what a person feels.
SWITCH_SECONDS = 0.0005


class Cancelled(Exception):  # an outcome, not an error
    """Raised inside long work by `Progress.step` once a cancel was asked for."""


class Progress(Protocol):
    """What long work is given. Every method is cheap and may be called thousands of times a second."""

    def phase(self, name: str, total: int = 0) -> None:
        """Begin a phase (`scan`, `intake`, `group`, `pick`, `export`); total 0 means unknown."""

    def step(self, done: int, current: str = "") -> None:
        """Say how many are done in this phase and what is worked on. Raises Cancelled when asked to stop."""

    def cancelled(self) -> bool:
        """True once a cancel was asked for."""


class Quiet:
    """A Progress that says nothing and is never cancelled."""

    def phase(self, name: str, total: int = 0) -> None: ...

    def step(self, done: int, current: str = "") -> None: ...

    def cancelled(self) -> bool:
        return False


LONGEST_WAIT = 0.05  # seconds that a part of long work waits for calls


class GivingWay:
    """`with giving_way:` round long work on a thread, so that decisions made meanwhile are quick; any number nest.

    `with giving_way.first():` is for the calls that are quick: parts of long work begin after them, where that work
    says `giving_way.pause()` between its parts.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = 0
        self._before = 0.0
        self._calls: list[int] = []  # threads
        self._quiet = threading.Event()
        self._quiet.set()

    @contextmanager
    def first(self) -> Iterator[None]:
        """Go before long work; threads may overlap."""
        with self._lock:
            self._calls.append(threading.get_ident())
            self._quiet.clear()
        try:
            yield
        finally:
            with self._lock:
                self._calls.remove(threading.get_ident())
                if not self._calls:
                    self._quiet.set()

    def pause(self) -> None:
        """Wait for the calls under way, at most LONGEST_WAIT seconds: a slow one does not stop the work.

        A call that does long work itself does not wait.
        """
        if not self._quiet.is_set() and threading.get_ident() not in self._calls:
            self._quiet.wait(LONGEST_WAIT)

    def __enter__(self) -> None:
        with self._lock:
            if not self._running:
                self._before = sys.getswitchinterval()
                sys.setswitchinterval(SWITCH_SECONDS)
            self._running += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._running -= 1
            if not self._running:
                sys.setswitchinterval(self._before)


giving_way = GivingWay()
