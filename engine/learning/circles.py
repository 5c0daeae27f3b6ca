"""Answers that cannot all be right: circles (A before B before C before A), and single comparisons in doubt.

Circles are looked for in the parts that `qa.cycles` finds, shortest first, and no two share a pair: one slip closes
hundreds of circles, and answering one of them again breaks them all. A circle is turned so that its last pair, the last
image before the first, is the one that the other decisions speak against most.

Who answers again settles it: a choice among images that stand in a circle by then overrules what was said among them.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
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


class Alone(NamedTuple):
    """A comparison in doubt that is about no group: who won, over whom, and the chance of the other answer."""

    winner: int
    loser: int
    against: float


def find(said: Labels, chance: Floats) -> tuple[list[list[int]], list[Alone]]:
    """Circles, each image before the next and the last before the first, and comparisons in doubt, worst first.

    Args:
        said: n pairs; chance: (n,) that a pair goes as the person decided, by a fit that saw neither family; NaN where
            there is none.
    """
    standing = _standing(said)
    usual = np.where(np.isfinite(chance), chance, 0.5)
    sure = {pair: (float(usual[place]), -place) for pair, place in standing.items()}
    return _circles(sure), list(_alone(said, chance, standing))


def _standing(said: Labels) -> dict[Pair, int]:
    """The pairs that no later choice overrules, each with its place."""
    found: dict[Pair, int] = {}
    after: defaultdict[int, set[int]] = defaultdict(set)
    bounds = [*np.flatnonzero(np.diff(said.choice, prepend=-1)).tolist(), len(said.choice)]
    for first, last in pairwise(bounds):
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


def _circles(sure: Sure) -> list[list[int]]:
    """Circles of no more than LONGEST images that share no pair, the shortest first."""
    left, found = dict(sure), list[list[int]]()
    for _ in range(_ROUNDS):
        if not left or len(found) >= _MOST:
            break
        ends = np.array(list(left), np.int64)
        parts = qa.cycles(ends[:, 0], ends[:, 1], np.ones(len(ends)))
        if not parts:
            break
        for part in parts:
            for circle in _of_part(set(part), left):
                if len(circle) <= LONGEST:
                    found.append(_turned(circle, sure))
                for pair in _pairs(circle):
                    del left[pair]
    return sorted(found, key=lambda circle: (len(circle), sure[circle[-1], circle[0]], circle))[:_MOST]


def _pairs(circle: Sequence[int]) -> list[Pair]:
    return list(zip(circle, [*circle[1:], circle[0]], strict=True))


def _turned(circle: list[int], sure: Sure) -> list[int]:
    """With the least sure pair last."""
    place = min(range(len(circle)), key=lambda at: sure[_pairs(circle)[at]])
    return [*circle[place + 1 :], *circle[: place + 1]]


def _of_part(part: set[int], left: Sure) -> Iterator[list[int]]:
    """Circles of two and three that share no pair, the least sure first; where there are none, one that is longer."""
    after: defaultdict[int, set[int]] = defaultdict(set)
    before: defaultdict[int, set[int]] = defaultdict(set)
    for winner, loser in left:
        if winner in part and loser in part:
            after[winner].add(loser)
            before[loser].add(winner)
    short = [circle for circle, _ in zip(_short(after, before), range(_TRIED), strict=False)]
    if not short:
        yield _longer(after)
        return
    taken = set[Pair]()
    for circle in sorted(short, key=lambda one: (len(one), min(left[pair] for pair in _pairs(one)), one)):
        if taken.isdisjoint(_pairs(circle)):
            taken.update(_pairs(circle))
            yield circle


def _short(after: dict[int, set[int]], before: dict[int, set[int]]) -> Iterator[list[int]]:
    """Circles of two and three, each from its smallest image on."""
    for one in sorted(after):
        for other in sorted(after[one]):
            if other > one:
                if one in after.get(other, ()):
                    yield [one, other]
                yield from (
                    [one, other, third] for third in sorted(after.get(other, set()) & before[one]) if third > one
                )


def _longer(after: dict[int, set[int]]) -> list[int]:
    """The shortest circle through one of the images that have fewest pairs."""
    starts = sorted(after, key=lambda image: (len(after[image]), image))[:_STARTS]
    return min((circle for start in starts if (circle := _through(start, after))), key=len)


def _through(start: int, after: dict[int, set[int]]) -> list[int]:
    """The shortest circle through this image, found breadth first."""
    came, waiting = {start: start}, deque([start])
    while waiting:
        here = waiting.popleft()
        for there in sorted(after.get(here, ())):
            if there == start:
                path = [here]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return path[::-1]
            if there not in came:
                came[there] = here
                waiting.append(there)
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
