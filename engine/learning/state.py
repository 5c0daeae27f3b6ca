"""What the library remembers of learning: which model its recommendations are of, and from how many decisions."""

from __future__ import annotations

import apsw
import msgspec

from engine.library.store import Library, set_fact

_FACT = "learned_taste"
NEWS = 20  # decisions after which it is worth learning again
_FIRST_NEWS = 5  # where there was not enough to learn from
_ONE = "('pick', 'trio', 'match', 'draw', 'reopen', 'reject')"  # kinds that say or take back one choice each,
_MANY = "('promote', 'reviewed', 'import')"  # and those that may say thousands


class Doubt(msgspec.Struct, frozen=True, array_like=True):
    """A decision that the model and the others contradict: of a group, or of two images `over` and `image` in Rank.

    Attributes:
        group: "" for none; image: what they would keep; against: how likely.
        over: of no group, what the person chose instead.
    """

    group: str
    image: int
    against: float
    over: int = 0


class State(msgspec.Struct, frozen=True):
    """Of the last run.

    Attributes:
        model: name of the model that the tables are of, "" for none; why: what is missing for one, in a sentence.
        decisions: choices counted then (`count`); last: the number of the last decision.
        formed: signature of the groups then.
        doubts: decisions worth another look; cycles: images each of which came before the next, and the
            last before the first.
        accuracy: of the model, on pairs of families held out.
    """

    model: str = ""
    why: str = "Nothing was learned yet."
    decisions: int = 0
    last: int = 0
    formed: str = ""
    doubts: list[Doubt] = []
    cycles: list[list[int]] = []
    accuracy: float | None = None


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
        state = read(connection)
        enough = news if news is not None else NEWS if state.model else _FIRST_NEWS
        if state.model and formed(connection) != state.formed:
            return True
        if not _may_be(connection, state.last, enough):  # counting takes longer, and this is asked after every pick
            return False
        return abs(count(connection) - state.decisions) >= enough


def _may_be(connection: apsw.Connection, before: int, enough: int) -> bool:
    """Whether so many decisions, or one that says many things, came or were taken back since this one was the last."""
    now = last(connection)
    return (
        abs(now - before) >= enough
        or connection.execute(
            f"SELECT 1 FROM decisions WHERE seq > ? AND kind IN {_MANY} LIMIT 1",  # noqa: S608 - our own words
            (min(now, before),),
        ).get
        is not None
    )


def count(connection: apsw.Connection) -> int:
    """How many choices pairs may come from or were taken back by; changes with every such decision and its undo.

    A page accepted, a batch reviewed and an import count as what they hold.
    """
    single = f"SELECT count(*) FROM decisions WHERE state = 'done' AND kind IN {_ONE}"  # noqa: S608 - our own words
    looked_at = "SELECT count(*) FROM promoted WHERE kind = 'winner' AND reviewed"
    imported = (
        "SELECT count(*) FROM matches m JOIN decisions d ON d.id = m.decision WHERE d.kind = 'import' AND m.judge = ''"
    )
    return sum(int(connection.execute(sql).get or 0) for sql in (single, looked_at, imported))


def last(connection: apsw.Connection) -> int:
    """The number of the last decision that stands."""
    return int(connection.execute("SELECT max(seq) FROM decisions WHERE state = 'done'").get or 0)
