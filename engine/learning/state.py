"""What the library remembers of learning: which model its recommendations are of, and from how many decisions."""

from __future__ import annotations

import apsw
import msgspec

from engine.learning import labels
from engine.library.store import Library, set_fact

_FACT = "learned_taste"
NEWS = 20  # decisions after which it is worth learning again
_FIRST_NEWS = 5  # where there was not enough to learn from


class Doubt(msgspec.Struct, frozen=True, array_like=True):
    """A decided group that the model and the other decisions contradict: what they would keep, how likely."""

    group: str
    image: int
    against: float


class State(msgspec.Struct, frozen=True):
    """Of the last run.

    Attributes:
        model: name of the model that the tables are of, "" for none; why: what is missing for one, in a sentence.
        decisions: counted then (`labels.count`); formed: signature of the groups then.
        doubts: decisions worth another look; cycles: images that beat each other in a circle.
    """

    model: str = ""
    why: str = "Nothing was learned yet."
    decisions: int = 0
    formed: str = ""
    doubts: list[Doubt] = []
    cycles: list[list[int]] = []


def read(connection: apsw.Connection) -> State:
    """The state; an empty one where nothing was learned yet."""
    found = connection.execute("SELECT value FROM facts WHERE name = ?", (_FACT,)).get
    try:
        return msgspec.json.decode(found, type=State) if found else State()
    except msgspec.MsgspecError:
        return State()


def write(connection: apsw.Connection, state: State) -> None:
    set_fact(connection, _FACT, msgspec.json.encode(state).decode())


def formed(connection: apsw.Connection) -> str:
    """What the groups of this moment were made from."""
    return str(connection.execute("SELECT value FROM facts WHERE name = 'formed'").get or "")


def due(library: Library, news: int | None = None) -> bool:
    """Whether so many decisions came, or were taken back, since the last run, or the groups are others now.

    Args:
        news: how many are enough; by default NEWS, fewer before the first model.
    """
    if library.read_only or not library.settings.learning.on:
        return False
    with library.db.read() as connection:
        state, now = read(connection), labels.count(connection)
        others = bool(state.model) and formed(connection) != state.formed
    enough = news if news is not None else NEWS if state.model else _FIRST_NEWS
    return others or abs(now - state.decisions) >= enough
