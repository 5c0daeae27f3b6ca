"""When a record of checks allows to trust a system, however often the record is looked at.

A check says whether the system was right, drawn by chance from all it did. Two bounds have to be passed:

- Betting against "it is right no more often than the target" makes wealth that is a supermartingale while that is true,
  so the chance that it ever reaches 1 / alpha is at most alpha (Ville 1939; Shafer, "Testing by betting", 2021; Ramdas
  et al., "Game-theoretic statistics and safe anytime-valid inference", 2023). This alone lets a gate open: an exact
  binomial bound has no such guarantee once it is looked at after every check. The wealth is a mixture of likelihood
  ratios over how often the system may be right, half of it on "always", since a target near 1 is passed by little else.
- The exact lower bound (Clopper and Pearson, Biometrika 1934) of the last WINDOW checks, which is what is shown, has to
  stand at the target too. Closing needs no guarantee: where this bound falls below the target, trust ends at once, and
  the bets begin again with nothing, so that what was won long ago cannot open the gate of a system that got worse.

While the gate is shut, the bets also begin again where the last WINDOW of them are so poor that they would never win
back what they lost, each time with less of alpha left; but not before they are as many as all before them, or WINDOW,
as little of alpha would be left when the system has become good. So from any moment at which it is shut, a gate opens
for a system that is below its target from then on with a chance of at most alpha, in all the life that follows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ALPHA = 0.05
WINDOW = 300  # checks: spec 4, section 8
_TAIL = 0.001
_POINTS = 24  # of the mixture between the target and 1
_BLOCK = 512  # checks looked at before the rest is
# What is left of alpha after k new beginnings is ALPHA * _SHARES / (k + 1)^2; all of them sum to ALPHA.
_SHARES = 6 / math.pi**2


class Trust(NamedTuple):
    """What a record says.

    Attributes:
        open: the target is passed.
        n, good: of the last checks, as many as `window` says; rate: None where there is none.
        lower: the exact 95 % lower bound of how often it is right, of those n checks; while open, not below the target.
        needed: further checks that would open it if all of them agree; 0 where it is open.
    """

    open: bool
    n: int
    good: int
    rate: float | None
    lower: float
    needed: int


class _State(NamedTuple):
    """Where a record stands from check `since` on: the bets that count begin at `start`, for the `begun` + 1st time."""

    open: bool
    start: int
    begun: int
    since: int


def window(target: float) -> int:
    """The last checks that count for the exact bound: WINDOW, or as many as could pass the target at all."""
    return max(WINDOW, math.ceil(math.log(ALPHA) / math.log(target)))


def trust(checks: Sequence[bool], target: float) -> Trust:
    """Judge a record.

    Args:
        checks: in the order they were made.
        target: how often it has to be right, above 0 and below 1.

    Raises:
        ValueError: the target is no such number.
    """
    if not 0 < target < 1:
        raise ValueError(f"a target of {target} cannot be passed or missed")
    record = np.asarray(checks, np.bool_)
    *_, state = _states(record, target)
    last = record[-window(target) :]
    good = int(last.sum())
    return Trust(
        open=state.open, n=len(last), good=good, rate=good / len(last) if len(last) else None,
        lower=lower_bound(good, len(last)), needed=0 if state.open else _missing(record, state, target),
    )  # fmt: skip


def ever_open(checks: Bools, target: float) -> bool:
    """Whether a gate that looks after every check would have opened at any of them."""
    return any(state.open for state in _states(checks, target))


@lru_cache(maxsize=1024)
def lower_bound(good: int, n: int) -> float:
    """The exact 95 % lower bound of a share of which `good` of `n` were seen; 0 where nothing was."""
    if good < 1:
        return 0.0
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])  # of the factorials
    seen = np.arange(good, n + 1)
    ways = logs[n] - logs[seen] - logs[n - seen]
    low, high = 0.0, 1.0
    for _ in range(50):  # the chance to see so many rises with the share
        middle = (low + high) / 2
        chance = np.exp(ways + seen * math.log(middle) + (n - seen) * math.log1p(-middle)).sum()
        low, high = (middle, high) if chance <= ALPHA else (low, middle)
    return low


def _alpha(begun: int) -> float:
    return ALPHA * _SHARES / (begun + 1) ** 2


def _states(record: Bools, target: float) -> Iterator[_State]:
    """All that looking after every check goes through: shut, at times with new bets, open, shut again."""
    passes = _passes(record, target)
    shut, start, begun = 0, 0, 0
    while True:
        yield _State(False, start, begun, start)
        found = _next(record, passes, start, target, _alpha(begun), patience=min(start - shut, WINDOW))
        if found is None:
            return
        opened, place = found
        if not opened:
            start, begun = place + 1, begun + 1
            continue
        yield _State(True, start, begun, place + 1)
        fallen = np.flatnonzero(~passes[place:])
        if not len(fallen):
            return
        shut = start = place + int(fallen[0]) + 1
        begun = 0


def _next(
    record: Bools, passes: Bools, start: int, target: float, alpha: float, patience: int
) -> tuple[bool, int] | None:  # fmt: skip
    """What comes next while it is shut, and at which check: it opens (True), or after `patience` the bets are lost."""
    for end in (start + _BLOCK, len(record)):
        part = record[start:end]
        opened, poor = _opening(part, passes[start:end], target, alpha), _poor(part, target, patience)
        if opened is not None and (poor is None or opened <= poor):
            return True, start + opened
        if poor is not None:
            return False, start + poor
    return None


def _passes(record: Bools, target: float) -> Bools:
    """(n,) whether the exact lower bound of the last checks stands at the target, after each check."""
    within, sizes = _within(record, window(target))
    return np.asarray(within >= _limits(window(target), target)[1][sizes], np.bool_)


def _opening(record: Bools, passes: Bools, target: float, alpha: float) -> int | None:
    """The first check that passes and at which the bets on this record have won."""
    places = np.flatnonzero(passes)
    if not len(places):
        return None
    good = np.cumsum(record, dtype=np.int64)[places]
    rich = np.flatnonzero(_wealths(good, places + 1 - good, target) >= math.log(1 / alpha))
    return int(places[rich[0]]) if len(rich) else None


def _poor(record: Bools, target: float, patience: int) -> int | None:
    """The first check from the `patience`th on at which the last WINDOW are too poor for the target; None: none is."""
    within, sizes = _within(record, WINDOW)
    found = np.flatnonzero(within <= _limits(WINDOW, target)[0][sizes])
    found = found[found + 1 >= patience]
    return int(found[0]) if len(found) else None


def _within(record: Bools, size: int) -> tuple[Ints, Ints]:
    """(n,) and (n,) how many of the last `size` were good, and of how many, after each check."""
    good = np.concatenate([[0], np.cumsum(record, dtype=np.int64)])
    ends = np.arange(1, len(record) + 1)
    sizes = np.minimum(ends, size)
    return good[ends] - good[ends - sizes], sizes


@lru_cache(maxsize=64)
def _limits(size: int, target: float) -> tuple[Ints, Ints]:
    """Of 0 to `size` checks: the most good ones whose exact 99.9 % upper bound is below the target (-1: none), and the
    fewest whose exact 95 % lower bound is not (n + 1: none)."""
    most, fewest = np.zeros(size + 1, np.int64), np.zeros(size + 1, np.int64)
    chances = np.zeros(size + 1)  # of so many good ones; scipy would take a second to load
    chances[0] = 1.0
    for n in range(size + 1):
        at_most = np.cumsum(chances[: n + 1])
        at_least = np.cumsum(chances[n::-1])[::-1]
        most[n] = int(np.searchsorted(at_most, _TAIL)) - 1
        fewest[n] = n + 1 - int(np.searchsorted(at_least[::-1], ALPHA, side="right"))
        chances[1:] = chances[1:] * (1 - target) + chances[:-1] * target
        chances[0] *= 1 - target
    return most, fewest


def _missing(record: Bools, state: _State, target: float) -> int:
    """How many more good ones open it; the bets may begin again once more before that."""
    since = record[state.start :]
    good = int(since.sum())
    bets = _needed(good, len(since) - good, target, _alpha(state.begun))
    most = max(bets, _needed(0, 0, target, _alpha(state.begun + 1))) + WINDOW + window(target)
    longer = np.concatenate([record, np.ones(most, np.bool_)])
    opened = (found.since for found in _states(longer, target) if found.open and found.since > len(record))
    return next(opened) - len(record)


def _needed(good: int, bad: int, target: float, alpha: float) -> int:
    """How many more good ones pass the target: the wealth rises with each."""
    low, high = 0, 1
    while _wealth(good + high, bad, target) < math.log(1 / alpha):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        rich = _wealth(good + middle, bad, target) >= math.log(1 / alpha)
        low, high = (low, middle) if rich else (middle, high)
    return high


def _wealth(good: int, bad: int, target: float) -> float:
    """The logarithm of what betting against `target` has made."""
    return float(_wealths(np.array([good]), np.array([bad]), target)[0])


def _wealths(good: Ints, bad: Ints, target: float) -> Floats:
    """(n,) of (n,) counts. A target of 0 is beaten by anything that was ever right."""
    if target <= 0:
        return np.where(good > 0, np.inf, 0.0)
    rates = target + (1 - target) * (np.arange(_POINTS) + 0.5) / _POINTS
    logs = good[:, None] * np.log(rates / target) + bad[:, None] * np.log((1 - rates) / (1 - target))
    parts = logs - math.log(2 * _POINTS)
    always = np.where(bad > 0, -np.inf, good * math.log(1 / target) - math.log(2))
    return np.asarray(np.logaddexp(np.logaddexp.reduce(parts, axis=1), always), np.float64)
