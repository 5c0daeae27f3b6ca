"""Which images to show next.

The default aims at the top N. (n - 1) / n of the picks are first looks while there are new images: that is their share
of a knockout, which rules out the many faster than anything else, since a pick of one from n sets n - 1 images back. So
the best of those seen are being told apart from the start, whether or not there will be time to see them all. The other
picks go where a look tells most about "is it in the top N?": the chance p of belonging there must be open (p(1 - p))
and the strength unsure enough for one look to move it (var I / (1 + var I), I the Fisher information of a look). That
is the gap-and-confidence rule of Hamming-LUCB (Heckel et al., AISTATS 2018), which looks at the boundary only, with the
information gain of ASAP (Mikhailiuk et al., ICPR 2020) for one boundary in place of a whole ranking; Thompson sampling
from the same posterior did worse here, as it spends looks on images that are already settled. Shown together are images
of like strength, since an even match tells most. Where a prior says something of images before they are shown, new ones
are no longer looked at for their own sake: each takes its chance among the others.

Spec 5's own weighted rule and plain chance are there by name.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.ranking.figures import Figures
from engine.ranking.posterior import Prior

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

POOL = 1500  # images that a fit puts forward; choosing looks at no more, whatever the size of the field
OPEN = 0.7  # power of p(1 - p): below 1, a long shot is looked at before the umpteenth look at the boundary
INFORMATION = 0.19  # of a look at one of four equals
EVEN = 1.0  # log-odds of difference that cost an opponent a factor of e; found by simulation
CHANCE = 0.3  # the first is drawn among those worth at least this share of the best
BRIDGE = 6  # every sixth first look has one known winner in it: how often it wins tells how wide strengths spread
TRIES = 60
INFORMED = 100  # matches from which on a prior is trusted to choose among new images


class Field(Protocol):
    """What a strategy may look at; arrays are (n,)."""

    count: Ints
    mu: Doubles
    sigma: Doubles

    prior: Prior | None

    @property
    def matches(self) -> int: ...
    @property
    def eligible(self) -> Bools: ...
    @property
    def mean(self) -> Doubles: ...
    @property
    def var(self) -> Doubles: ...
    @property
    def chance(self) -> Doubles: ...
    def met(self, item: int) -> set[int]: ...


class Strategy(Protocol):
    """A way to choose matches."""

    def pool(self, found: Figures, eligible: Bools) -> Ints:
        """The images that new figures put forward; slow, and touches nothing."""

    def refitted(self, pool: Ints) -> None:
        """The field's figures are new, and this is the pool they gave."""

    def touched(self, items: Collection[int]) -> None:
        """These images were compared, or an undo took that back."""

    def choose(self, up: int, seat: tuple[int, ...], avoid: frozenset[int]) -> tuple[int, ...]:
        """At most `up` images that have not met, `seat` first; fewer where there are no more."""


class Random:
    """Any images that have not met."""

    def __init__(self, field: Field, rng: np.random.Generator) -> None:
        self._field, self._rng = field, rng

    def pool(self, found: Figures, eligible: Bools) -> Ints:  # noqa: ARG002 - chance needs no figures
        return np.empty(0, np.int64)

    def refitted(self, pool: Ints) -> None:
        """Chance needs no figures."""

    def touched(self, items: Collection[int]) -> None:
        """Chance has no memory."""

    def choose(self, up: int, seat: tuple[int, ...], avoid: frozenset[int]) -> tuple[int, ...]:
        return complete(self._field, self._draws(), up, seat, avoid)

    def _draws(self) -> Ints:
        asked = np.flatnonzero(self._field.eligible)
        if len(asked) <= TRIES:
            return np.asarray(self._rng.permutation(asked))
        return np.asarray(asked[self._rng.integers(0, len(asked), TRIES)])


class Spec(Random):
    """Spec 5: the first by uncertainty and few comparisons, the others by uncertainty and nearness of mu."""

    def choose(self, up: int, seat: tuple[int, ...], avoid: frozenset[int]) -> tuple[int, ...]:
        field = self._field
        if not seat:
            first = self._weighted(field.sigma * (1 + 1 / (field.count + 1)), 4)
            seat = complete(field, first, 1, (), avoid)
        if not seat:
            return ()
        near = field.sigma / (np.abs(field.mu - field.mu[seat[0]]) + 1)
        return complete(field, self._weighted(near, TRIES), up, seat, avoid)

    def _weighted(self, weights: Doubles, count: int) -> Ints:
        upto = np.cumsum(np.where(self._field.eligible, weights, 0))
        if not upto[-1] > 0:
            return np.empty(0, np.int64)
        drawn = np.searchsorted(upto, self._rng.random(count) * upto[-1], side="right")
        return np.asarray(np.minimum(drawn, len(upto) - 1))


class Default:
    """First looks, then the edge of the top N."""

    def __init__(self, field: Field, rng: np.random.Generator) -> None:
        self._field, self._rng = field, rng
        self._order = rng.permutation(len(field.count))  # of first looks
        self._fresh: Ints | None = None  # those of them that were not shown, as of `_asked`
        self._asked: Bools | None = None
        self._next = self._firsts = 0
        self._due = 1.0  # first looks owed
        self._pool: Ints = np.empty(0, np.int64)
        self._looks = np.zeros(len(field.count))  # since the figures are from

    def pool(self, found: Figures, eligible: Bools) -> Ints:
        seen = np.flatnonzero(eligible if self._informed else eligible & (self._field.count > 0))
        worth = _worth(found.chance[seen], found.var[seen])
        if len(seen) > POOL:
            best = np.argpartition(-worth, POOL)[:POOL]
            seen, worth = seen[best], worth[best]
        return np.asarray(seen[worth > 0])

    def refitted(self, pool: Ints) -> None:
        self._pool = pool
        self._looks[:] = 0

    def touched(self, items: Collection[int]) -> None:
        some = np.fromiter(items, np.int64, len(items))
        self._looks[some] += 1
        self._pool = np.concatenate((self._pool, some[~_among(some, self._pool)]))
        if not self._field.count[some].all():  # an undo: it is new again
            self._fresh = None

    @property
    def _informed(self) -> bool:
        return self._field.prior is not None and self._field.matches >= INFORMED

    def choose(self, up: int, seat: tuple[int, ...], avoid: frozenset[int]) -> tuple[int, ...]:
        if self._informed:
            return complete(self._field, self._ranked(seat, avoid), up, seat, avoid)
        new = np.asarray(self._unseen(up - len(seat), avoid | set(seat)), np.int64)
        self._due += (up - 1) / up
        if len(new) and self._due >= 1:
            self._due -= 1
            self._firsts += 1
            bridge = len(new) + len(seat) == up and self._firsts % BRIDGE == 0
            seat = complete(self._field, new[:-1] if bridge else new, up, seat, avoid)
        if len(seat) < up:
            seat = complete(self._field, self._ranked(seat, avoid), up, seat, avoid)
        return complete(self._field, new, up, seat, avoid)

    def _unseen(self, most: int, avoid: Collection[int]) -> list[int]:
        """Images never shown, in the order of first looks."""
        field = self._field
        if self._fresh is None or self._asked is not field.eligible:
            self._asked, self._next = field.eligible, 0
            self._fresh = self._order[(field.count[self._order] == 0) & self._asked[self._order]]
        at = self._next
        found: list[int] = []
        while at < len(self._fresh) and len(found) < most:
            item = int(self._fresh[at])
            at += 1
            seen = bool(field.count[item])
            if not seen and item not in avoid:
                found.append(item)
            elif seen and not found and at == self._next + 1:
                self._next = at
        return found

    def _ranked(self, seat: tuple[int, ...], avoid: frozenset[int]) -> Ints:
        """The pool in the order in which a match should take from it, the best first."""
        field, pool = self._field, self._pool
        pool = pool[field.eligible[pool]]
        if not len(pool):
            return np.asarray(np.flatnonzero(field.eligible)[:POOL])
        worth = _worth(field.chance[pool], field.var[pool]) + 1e-12
        worth /= (1 + self._looks[pool]) ** 2
        free = ~_among(pool, np.array([*avoid, *seat], np.int64))
        if not free.any():
            return np.asarray(pool)
        first = np.argmax(np.where(free, worth * self._rng.uniform(CHANCE, 1, len(pool)), 0))
        level = float(np.mean(field.mean[list(seat)])) if seat else float(field.mean[pool[first]])
        cost = np.abs(field.mean[pool] - level) / EVEN - np.log(worth)
        if not seat:
            cost[first] = -np.inf
        return np.asarray(pool[np.argsort(cost, kind="stable")])


def _among(some: Ints, others: Ints) -> Bools:
    """`np.isin` where one of them is a handful: it would sort the other."""
    return np.asarray((some[:, None] == others).any(axis=1))


def _worth(chance: Doubles, var: Doubles) -> Doubles:
    """What a look at an image tells about the top N."""
    told = var * INFORMATION
    return np.asarray((chance * (1 - chance)) ** OPEN * told / (1 + told))


def complete(field: Field, candidates: Ints, up: int, seat: tuple[int, ...], avoid: Collection[int]) -> tuple[int, ...]:
    """Fill `seat` up to `up` images with candidates that may be shown and have met none of the others."""
    if len(seat) >= up or not len(candidates):
        return seat
    chosen = list(seat)
    out = set(avoid).union(seat, *map(field.met, seat))
    for item in map(int, candidates):
        if field.eligible[item] and item not in out:
            chosen.append(item)
            if len(chosen) >= up:
                break
            out |= {item, *field.met(item)}
    return tuple(chosen)


def anybody(field: Field, up: int, seat: tuple[int, ...], avoid: Collection[int]) -> tuple[int, ...]:
    """Where a strategy's own candidates have all met: any that have not, those looked at least first."""
    asked = np.flatnonzero(field.eligible)
    asked = asked[np.argsort(field.count[asked], kind="stable")]
    for first in [seat] if seat else [(int(item),) for item in asked[:POOL] if int(item) not in avoid]:
        chosen = complete(field, asked, up, first, avoid)
        if len(chosen) > 1:
            return chosen
    return ()
