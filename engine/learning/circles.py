"""Answers that cannot all be right: circles (A before B before C before A), and single comparisons in doubt.

Circles are looked for in the parts that `qa.cycles` finds, shortest first, and no two share a pair: one slip closes
hundreds of circles, and answering one of them again breaks them all. A circle is turned so that its last pair, the last
image before the first, is the one that the other decisions speak against most.

Who answers again settles it: a choice among images that stand in a circle by then overrules what was said among them.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.learning import qa
from engine.learning.labels import Labels

Floats = npt.NDArray[np.float64]
Pair = tuple[int, int]  # winner, loser
Sure = dict[Pair, tuple[float, int]]  # the chance that a pair goes as it was said; of equal ones a later comes first
LONGEST = 9  # images: as many as can be shown at once to be answered again
_MOST = 50  # circles
_ROUNDS = 100  # of looking for parts
_TRIED = 20_000  # triangles looked at in one part
_STARTS = 64  # images from which longer circles are looked for in one part
_WORK = 5_000_000  # pairs looked at in all: some seconds
_LOOK = 5000  # pairs between two looks at whether to stop


class Alone(NamedTuple):
    """A comparison in doubt that is about no group: who won, over whom, and the chance of the other answer."""

    winner: int
    loser: int
    against: float


class _Enough(Exception):
    """So much was looked at that what was found until now is what is told."""


class _Work:
    """How much was looked at, with a look up now and then."""

    def __init__(self, pause: Callable[[], object]) -> None:
        self._pause, self._left, self._next = pause, _WORK, 0

    def did(self, pairs: int) -> None:
        """Raises _Enough, and what `pause` raises."""
        self._left -= pairs
        self._next -= pairs
        if self._next <= 0:
            self._next = _LOOK
            self._pause()
        if self._left < 0:
            raise _Enough


def find(
    said: Labels, chance: Floats, pause: Callable[[], object] = lambda: None
) -> tuple[list[list[int]], list[Alone]]:
    """Circles, each image before the next and the last before the first, and comparisons in doubt, worst first.

    Args:
        said: n pairs; chance: (n,) that a pair goes as the person decided, by a fit that saw neither family; NaN where
            there is none.
        pause: called now and then; what it raises ends it.
    """
    standing = _standing(said, pause)
    usual = np.where(np.isfinite(chance), chance, 0.5)
    sure = {pair: (float(usual[place]), -place) for pair, place in standing.items()}
    return _circles(sure, _Work(pause)), list(_alone(said, chance, standing))


def _standing(said: Labels, pause: Callable[[], object]) -> dict[Pair, int]:
    """The pairs that no later choice overrules, each with its place."""
    found: dict[Pair, int] = {}
    after: defaultdict[int, set[int]] = defaultdict(set)
    bounds = [*np.flatnonzero(np.diff(said.choice, prepend=-1)).tolist(), len(said.choice)]
    for number, (first, last) in enumerate(pairwise(bounds)):
        if not number % _LOOK:
            pause()
        pairs = list(zip(said.winner[first:last].tolist(), said.loser[first:last].tolist(), strict=True))
        shown = {image for pair in pairs for image in pair}
        within = {one: others for one in shown if (others := after[one] & shown)}
        if within and _round(within):
            for one, others in within.items():
                after[one] -= others
                for other in others:
                    del found[one, other]
        if said.weight[first] == 1:
            for place, (winner, loser) in enumerate(pairs, first):
                after[winner].add(loser)
                found[winner, loser] = place
    return found


def _round(after: dict[int, set[int]]) -> bool:
    """Whether these pairs go round in a circle (Kahn's way of sorting, which then gets stuck)."""
    before = dict.fromkeys({*after, *(other for others in after.values() for other in others)}, 0)
    for others in after.values():
        for other in others:
            before[other] += 1
    free = [image for image, number in before.items() if not number]
    sorted_ = 0
    while free:
        sorted_ += 1
        for other in after.get(free.pop(), ()):
            before[other] -= 1
            if not before[other]:
                free.append(other)
    return sorted_ < len(before)


def _circles(sure: Sure, work: _Work) -> list[list[int]]:
    """Circles of no more than LONGEST images that share no pair, the shortest first."""
    found = list[list[int]]()
    with contextlib.suppress(_Enough):
        for circle in _shortest_first(sure, work):
            if len(circle) <= LONGEST:
                found.append(_turned(circle, sure))
    return sorted(found, key=lambda circle: (len(circle), sure[circle[-1], circle[0]], circle))[:_MOST]


def _shortest_first(sure: Sure, work: _Work) -> Iterator[list[int]]:
    """Circles that share no pair, round by round, until there are as many as are told."""
    parts, short, told = [sure], True, 0
    for _ in range(_ROUNDS):
        parts = [inner for part in parts for inner in _parts(part, work)]
        if not parts or told >= _MOST:
            return
        cut = False  # whether there may be more circles of two and three
        for part in parts:
            circles, more = _of_part(part, work, short=short)
            cut = cut or more
            for circle in circles:
                for pair in _pairs(circle):
                    del part[pair]
                told += len(circle) <= LONGEST
                yield circle
        # Taking pairs away makes no new circle, and those that are left share a pair with one that was taken.
        short = cut


def _parts(left: Sure, work: _Work) -> list[Sure]:
    """The pairs that may be in a circle, those that may be in one together."""
    if not left:
        return []
    work.did(len(left))
    ends = np.array(list(left), np.int64)
    parts = qa.cycles(ends[:, 0], ends[:, 1], np.ones(len(ends)))
    home = {image: number for number, part in enumerate(parts) for image in part}
    inner: list[Sure] = [{} for _ in parts]
    for (winner, loser), how in left.items():
        if (number := home.get(winner, -1)) == home.get(loser, -2):
            inner[number][winner, loser] = how
    return inner


def _pairs(circle: Sequence[int]) -> list[Pair]:
    return list(zip(circle, [*circle[1:], circle[0]], strict=True))


def _turned(circle: list[int], sure: Sure) -> list[int]:
    """With the least sure pair last."""
    place = min(range(len(circle)), key=lambda at: sure[_pairs(circle)[at]])
    return [*circle[place + 1 :], *circle[: place + 1]]


def _of_part(part: Sure, work: _Work, *, short: bool) -> tuple[list[list[int]], bool]:
    """Circles of two and three that share no pair, the least sure first; where there are none, one that is longer.

    Args:
        short: whether there may be any of two and three.

    Returns:
        The circles, and whether not all of two and three were looked at.
    """
    after: defaultdict[int, set[int]] = defaultdict(set)
    before: defaultdict[int, set[int]] = defaultdict(set)
    for winner, loser in part:
        work.did(1)
        after[winner].add(loser)
        before[loser].add(winner)
    some = [circle for circle, _ in zip(_short(after, before, work), range(_TRIED), strict=False)] if short else []
    if not some:
        return [_longer(after, work)], False
    taken, found = set[Pair](), list[list[int]]()
    for circle in sorted(some, key=lambda one: (len(one), min(part[pair] for pair in _pairs(one)), one)):
        if taken.isdisjoint(_pairs(circle)):
            taken.update(_pairs(circle))
            found.append(circle)
    return found, len(some) == _TRIED


def _short(after: dict[int, set[int]], before: dict[int, set[int]], work: _Work) -> Iterator[list[int]]:
    """Circles of two and three, each from its smallest image on."""
    for one in sorted(after):
        work.did(len(after[one]))
        for other in sorted(after[one]):
            if other > one:
                if one in after.get(other, ()):
                    yield [one, other]
                yield from (
                    [one, other, third] for third in sorted(after.get(other, set()) & before[one]) if third > one
                )


def _longer(after: dict[int, set[int]], work: _Work) -> list[int]:
    """The shortest circle through one of the images that have fewest pairs."""
    found: list[int] = []
    for start in sorted(after, key=lambda image: (len(after[image]), image))[:_STARTS]:
        found = _through(start, after, len(found) or len(after) + 1, work) or found
    return found


def _through(start: int, after: dict[int, set[int]], below: int, work: _Work) -> list[int]:
    """The shortest circle through this image, found breadth first; none where it is not below so many images."""
    came, waiting = {start: start}, deque([(start, 1)])
    while waiting:
        here, images = waiting.popleft()
        if images >= below:
            break
        work.did(len(after.get(here, ())))
        for there in sorted(after.get(here, ())):
            if there == start:
                path = [here]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return path[::-1]
            if there not in came:
                came[there] = here
                waiting.append((there, images + 1))
    return []


def _alone(said: Labels, chance: Floats, standing: dict[Pair, int]) -> Iterable[Alone]:
    """Comparisons in doubt about no group, but for those answered twice alike."""
    times: defaultdict[Pair, int] = defaultdict(int)
    for pair in zip(said.winner.tolist(), said.loser.tolist(), strict=True):
        times[pair] += 1
    for place, against in qa.contradicted(chance, said.weight):
        pair = int(said.winner[place]), int(said.loser[place])
        if not said.subjects[int(said.choice[place])] and standing.get(pair) == place and times[pair] == 1:
            yield Alone(*pair, round(against, 4))
