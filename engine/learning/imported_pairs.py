"""Pairs of an earlier log as one decision of comparisons: found in the library, and what is here already left out.

A pair without a time is older than everything that is known here, for what is newest tells today's taste. Two such
pairs of the same images are the same one whenever they were taken over.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import apsw

from engine.errors import NotFound
from engine.library.journal import now
from engine.library.store import Library
from engine.ranking import comparisons_csv
from engine.ranking.comparisons_csv import PassedOver

Key = tuple[int, int, bool, str]


class Chosen(NamedTuple):
    """An image before others: the line it stands on, when, UTC, "" where that is not said."""

    line: int
    ts: str
    winner: str
    losers: tuple[str, ...]


class Plan(NamedTuple):
    """What is to be taken over: new pairs (when, winner, loser, a draw), how many are known, lines that give none."""

    finder: comparisons_csv._Finder
    fresh: list[tuple[str, int, int, bool]]
    known: int
    passed: list[PassedOver]

    def carry_out(self, library: Library) -> None:
        """Raises LibraryHeld, LibraryError."""
        if self.fresh:
            comparisons_csv._decide(library, self.finder, sorted(self.fresh, key=lambda pair: pair[0]), "")


def plan(library: Library, said: Iterable[Chosen]) -> Plan:
    """Changes nothing."""
    said = list(said)
    with library.db.read() as connection:
        finder, known = comparisons_csv._Finder(connection), _Known(comparisons_csv._known(connection, ""))
        undated = _before(connection, [one.ts for one in said if one.ts])
    passed: list[PassedOver] = []
    fresh: list[tuple[str, int, int, bool]] = []
    already = 0
    for one in said:
        for winner, loser in _found(finder, one, passed):
            if known.take(winner, loser, one.ts):
                already += 1
            else:
                fresh.append((one.ts or undated, winner, loser, False))
    return Plan(finder, fresh, already, passed)


class _Known:
    """Comparisons that are here; each is taken once."""

    def __init__(self, known: Counter[Key]) -> None:
        self._left = known
        self._of: defaultdict[tuple[int, int], list[Key]] = defaultdict(list)
        for key in known:
            if not key[2]:
                self._of[key[:2]].append(key)

    def take(self, winner: int, loser: int, ts: str) -> bool:
        """Whether this pair is here; without a time, whether one of these images is."""
        keys = self._of.get((winner, loser), [])
        if ts:
            keys = [(winner, loser, False, ts)]
        while keys:
            if self._left[keys[-1]] > 0:
                self._left[keys[-1]] -= 1
                return True
            keys.pop()
        return False


def _before(connection: apsw.Connection, times: list[str]) -> str:
    """A moment before everything that is known here, and before these times."""
    decided = connection.execute("SELECT min(ts) FROM decisions WHERE ts <> ''").get
    compared = connection.execute("SELECT min(compared_at) FROM comparisons WHERE compared_at <> ''").get
    found = (comparisons_csv._time(str(time)) for time in (decided, compared, *times) if time)
    first = min((time for time in found if time), default=now())
    try:
        moment = dt.datetime.fromisoformat(first) - dt.timedelta(microseconds=1)
    except OverflowError:  # the first moment there is
        return first
    return comparisons_csv._time(moment.isoformat()) or first


def _found(finder: comparisons_csv._Finder, one: Chosen, passed: list[PassedOver]) -> Iterator[tuple[int, int]]:
    """The pairs whose images are here; a sentence for each that is not."""
    try:
        winner = finder.find(one.winner)
    except NotFound as error:
        passed.append(PassedOver(one.line, error.message))
        return
    for name in one.losers:
        try:
            loser = finder.find(name)
        except NotFound as error:
            passed.append(PassedOver(one.line, error.message))
            continue
        if loser == winner:
            passed.append(PassedOver(one.line, f"{comparisons_csv._short(name)} is here the same image as the winner."))
        else:
            yield winner, loser
