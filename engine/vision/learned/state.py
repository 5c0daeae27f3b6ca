"""What the last run left: which tags are on and how good they are, and whether there is something new to learn."""

from __future__ import annotations

import apsw
import msgspec

from engine.library.store import set_fact
from engine.vision.learned.labels import ready

_FACT = "learned"
NEWS = 10  # labels more or fewer of one tag: then it is worth learning again


class On(msgspec.Struct, frozen=True):
    """A tag whose detector is on: the images it was fitted to, and how good it was on families held out."""

    signature: str
    yes: int
    no: int
    average_precision: float
    calibration_error: float


class State(msgspec.Struct, frozen=True):
    """Of the last run.

    Attributes:
        counts: labels of each tag then, (yes, no).
        on: the detectors.
        scored: signature of what was scored with them.
    """

    counts: dict[str, tuple[int, int]] = {}
    on: dict[str, On] = {}
    scored: str = ""


def read(connection: apsw.Connection) -> State:
    """The state; an empty one where nothing was learned yet."""
    found = connection.execute("SELECT value FROM facts WHERE name = ?", (_FACT,)).get
    try:
        return msgspec.json.decode(found, type=State) if found else State()
    except msgspec.MsgspecError:
        return State()


def write(connection: apsw.Connection, state: State) -> None:
    set_fact(connection, _FACT, msgspec.json.encode(state).decode())


def due(state: State, counts: dict[str, tuple[int, int]]) -> bool:
    """Whether a tag has, or had, enough of both kinds and much was said of it since the last run.

    A tag that has just got enough, or has no longer, is due at once.
    """
    for tag, now in counts.items():
        then = state.counts.get(tag, (0, 0))
        if ready(now) != ready(then) or (
            ready(now) and sum(abs(a - b) for a, b in zip(now, then, strict=True)) >= NEWS
        ):
            return True
    return False
