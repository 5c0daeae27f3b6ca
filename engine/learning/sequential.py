"""When a record of checks allows to trust a system, however often the record is looked at.

A check says whether the system was right, drawn by chance from all it did. Betting against "it is right no more often
than the target" makes wealth that is a supermartingale while that is true, so the chance that it ever reaches 1 / alpha
is at most alpha (Ville 1939; Shafer, "Testing by betting", 2021; Ramdas et al., "Game-theoretic statistics and safe
anytime-valid inference", 2023). An exact binomial bound has no such guarantee once it is looked at after every check.

The wealth is a mixture of likelihood ratios over how often the system may be right, half of it on "always", since a
target near 1 can be passed by little else. Trust also ends: where the last WINDOW checks are too poor for the target by
Clopper and Pearson's exact bound (Biometrika 1934), the record begins again, with less of alpha left, so that the whole
of a life gives at most alpha to trusting a system that never reached the target.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
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
_SHARES = (
    6 / math.pi**2
)  # what is left of alpha after k new beginnings is ALPHA * _SHARES / (k + 1)^2; all sum to ALPHA


class Trust(NamedTuple):
    """What a record says.

    Attributes:
        open: the target is passed.
        n, good: of the last WINDOW checks; rate: None where there is none.
        lower: the 95 % lower bound of how often it is right, valid however often it is looked at.
        needed: further checks that would open it if all of them agree; 0 where it is open.
    """

    open: bool
    n: int
    good: int
    rate: float | None
    lower: float
    needed: int


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
    start, begun = _evidence(record, target)
    good, bad = int(record[start:].sum()), int((~record[start:]).sum())
    alpha = _alpha(begun)
    last = record[-WINDOW:]
    is_open = _wealth(good, bad, target) >= math.log(1 / alpha)
    return Trust(
        open=is_open, n=len(last), good=int(last.sum()), rate=float(last.mean()) if len(last) else None,
        lower=lower_bound(good, bad, alpha), needed=0 if is_open else _needed(good, bad, target, alpha),
    )  # fmt: skip


def ever_open(checks: Bools, target: float) -> bool:
    """Whether a gate that looks after every check would have opened at any of them."""
    start, begun = 0, 0
    while start < len(checks):
        good, bad = np.cumsum(checks[start:], dtype=np.int64), np.cumsum(~checks[start:], dtype=np.int64)
        rich = np.flatnonzero(good >= _enough(target, _alpha(begun), 1 << int(bad[-1]).bit_length())[bad])
        poor = _poor(checks[start:], target)
        if len(rich) and (poor is None or rich[0] <= poor):
            return True
        if poor is None:
            return False
        start, begun = start + poor + 1, begun + 1
    return False


def lower_bound(good: int, bad: int, alpha: float = ALPHA) -> float:
    """The largest share that the record speaks against having been the most, to 1 in 1000; 0 where there is none."""
    low, high = 0, 1000
    while high - low > 1:  # the wealth falls as the target rises
        middle = (low + high) // 2
        rich = _wealth(good, bad, middle / 1000) >= math.log(1 / alpha)
        low, high = (middle, high) if rich else (low, middle)
    return low / 1000


def _alpha(begun: int) -> float:
    return ALPHA * _SHARES / (begun + 1) ** 2 if begun else ALPHA * _SHARES


def _evidence(record: Bools, target: float) -> tuple[int, int]:
    """Where the evidence that counts begins, and how often it began again."""
    start, begun = 0, 0
    while (poor := _poor(record[start:], target)) is not None:
        start, begun = start + poor + 1, begun + 1
    return start, begun


def _poor(record: Bools, target: float) -> int | None:
    """The first check at which the last WINDOW of them are too poor for the target; None where none is."""
    good = np.concatenate([[0], np.cumsum(record)])
    ends = np.arange(1, len(record) + 1)
    sizes = np.minimum(ends, WINDOW)
    within = good[ends] - good[ends - sizes]
    too_few = _most_good(WINDOW, target)
    found = np.flatnonzero(within <= too_few[sizes])
    return int(found[0]) if len(found) else None


@lru_cache(maxsize=64)
def _most_good(size: int, target: float) -> Ints:
    """(size + 1,) the most good ones of n whose exact 99.9 % upper bound is below the target; -1 where none is."""
    found = np.zeros(size + 1, np.int64)
    chances = np.zeros(size + 1)  # of so many good ones; scipy would take a second to load
    chances[0] = 1.0
    for n in range(size + 1):
        found[n] = int(np.argmax(np.cumsum(chances) >= _TAIL)) - 1
        chances[1:] = chances[1:] * (1 - target) + chances[:-1] * target
        chances[0] *= 1 - target
    return found


@lru_cache(maxsize=256)
def _enough(target: float, alpha: float, most: int) -> Ints:
    """(most + 1,) how many good ones pass the target beside so many bad ones."""
    found = np.zeros(most + 1, np.int64)
    for bad in range(most + 1):
        found[bad] = _needed(0, bad, target, alpha)
    return found


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
