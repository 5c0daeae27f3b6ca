"""How long work says where it is and hears that it should stop."""

from __future__ import annotations

from typing import Protocol


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
