"""What the picks say about every image's strength, as a distribution of its own for each image.

The model is Luce's (*Individual Choice Behavior*, 1959) seen as a race (Thurstone 1927; Yellott 1977): in a match each
image performs at its strength plus a Gumbel deviate, and the best performance is chosen. Given the winner's performance
z the others are independent: each stayed below z. So the posterior factorises over a match for fixed z, and belief
propagation (Pearl 1988; Minka's TrueSkill, NIPS 2006, does the same with Gaussians) needs one integral over z a match,
which on a common grid is a matrix product. Beliefs are kept as values on a grid and not as Gaussians, because one lost
match leaves a lopsided belief whose upper tail is what the question "is it in the top N?" asks about.

Strengths are log-odds: the unit is the scale of the judge's Gumbel noise, so how wide strengths spread (`spread`) tells
how steady the judge is. It is estimated from the picks by the Bethe evidence (Yedidia, Freeman and Weiss 2005).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.progress import giving_way

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

STEP = 0.5  # log-odds between grid points; a belief with a deviation of 0.3 is still summed to within 1 in 1000
REACH = 4.5  # spreads either side of 0 that the grid covers
PERFORMANCES = (-2.5, 4.0)  # log-odds: how far performances go beyond the strengths (the Gumbel's own tails)
TINY = np.float32(1e-30)
PART = 1 << 16  # numbers worked on at a time: a quarter of a MB, so that a fit needs little memory beside what it is of
LAPSE = 0.01  # share of picks taken for slips of the hand: one cannot throw an image out for good


class Grid(NamedTuple):
    """Strengths, and how likely performances are for each.

    Attributes:
        strengths: (g,) log-odds, rising.
        below: (g, z) chance that an image of a strength stays below a performance.
        at: (g, z) density of its performing just so, times the step.
    """

    strengths: Floats
    below: Floats
    at: Floats


@lru_cache(maxsize=16)
def grid(spread: float) -> Grid:
    """The grid for strengths of a standard deviation of `spread`."""
    half = int(np.ceil(REACH * spread / STEP))
    strengths = np.arange(-half, half + 1) * STEP
    performances = np.arange(strengths[0] + PERFORMANCES[0], strengths[-1] + PERFORMANCES[1], STEP)
    behind = np.exp(-(performances[None] - strengths[:, None]))
    below = np.exp(-behind)
    return Grid(strengths.astype(np.float32), below.astype(np.float32), (behind * below * STEP).astype(np.float32))


class Entries(NamedTuple):
    """Outcomes as flat arrays: entry k is one image in one match. A draw of n stands as n matches of weight 1/n, each
    won by another of them.

    Attributes:
        row: (e,) which image.
        start: (matches,) its first entry, the winner.
        match: (e,) rising.
        weight: (e,) float32.
    """

    row: Ints
    start: Ints
    match: Ints
    weight: Floats

    @property
    def winner(self) -> Bools:
        flags = np.zeros(len(self.row), np.bool_)
        flags[self.start] = True
        return flags


def slices(rows: int, size: int) -> Iterator[slice]:
    """All rows, about `PART` numbers at a time, where each has `size`."""
    most = max(PART // size, 1)
    for first in range(0, rows, most):
        giving_way.pause()
        yield slice(first, first + most)


def parts(what: Entries, size: int) -> Iterator[tuple[slice, Entries]]:
    """All entries in order, whole matches at a time, about `PART` numbers at a time, where each entry has `size`."""
    most = max(PART // size, 1)
    first = np.searchsorted(what.start, np.arange(0, len(what.row), most))
    for match, beyond in pairwise(np.unique([*first, len(what.start)]).tolist()):
        giving_way.pause()
        start = what.start[match:beyond]
        at = slice(int(start[0]), int(what.start[beyond]) if beyond < len(what.start) else len(what.row))
        yield at, Entries(what.row[at], start - at.start, what.match[at] - match, what.weight[at])


def part(what: Entries, here: Ints) -> Entries:
    """The entries `here`, which are those of whole matches."""
    match = what.match[here]
    start = np.flatnonzero(np.diff(match, prepend=-1))
    return Entries(what.row[here], start, np.cumsum(np.diff(match, prepend=match[:1]) > 0), what.weight[here])


def normal(mean: npt.ArrayLike, deviation: npt.ArrayLike, strengths: Floats) -> Floats:
    """(m, g) log chances of Gaussians on the grid, up to a constant."""
    away = (strengths[None] - np.asarray(mean)[:, None]) / np.asarray(deviation)[:, None]
    return np.asarray(-0.5 * away * away, np.float32)


def messages(beliefs: Floats, old: Floats, what: Entries, on: Grid) -> Floats:
    """What each match says of each of its images, given what all else says of the others.

    Args:
        beliefs: (rows, g) log beliefs, `old` included.
        old: (e, g) log messages that `beliefs` hold from these entries.
        what: the entries.
        on: the grid.

    Returns:
        (e, g) float32 log messages, the largest of a row 0.
    """
    others = softmax(beliefs[what.row] - old)
    passed, total = _performances(others, what, on)
    expected = np.exp(total).sum(axis=1)
    rest = total[what.match] - passed
    rest -= rest.max(axis=1, keepdims=True)
    np.exp(rest, out=rest)
    winner = what.winner
    said = np.empty_like(others)
    said[winner] = rest[winner] @ on.at.T
    said[~winner] = rest[~winner] @ on.below.T
    said /= np.maximum((said * others).sum(axis=1, keepdims=True), TINY)
    # the less a pick was expected, the likelier it was a slip, which says nothing
    slip = (LAPSE / np.bincount(what.match)).astype(np.float32)
    doubt = (slip / (slip + (1 - LAPSE) * expected))[what.match][:, None]
    said = doubt + (1 - doubt) * said
    np.log(np.maximum(said, TINY), out=said)
    said -= said.max(axis=1, keepdims=True)
    return np.asarray(said * what.weight[:, None], np.float32)


def _performances(others: Floats, what: Entries, on: Grid) -> tuple[Floats, Floats]:
    """(e, z) log chance that each image performs as the match says for a winner's performance; (matches, z) of all."""
    winner = what.winner
    passed = np.empty((len(others), on.at.shape[1]), np.float32)
    passed[winner] = others[winner] @ on.at
    passed[~winner] = others[~winner] @ on.below
    np.log(np.maximum(passed, TINY, out=passed), out=passed)
    if len(what.start) == 1:  # a pick just made: building a sparse matrix would take longer than all the rest
        return passed, np.asarray(passed.sum(axis=0, keepdims=True))
    return passed, _by_match(what) @ passed


def _by_match(what: Entries) -> Any:
    """(matches, e) sparse: sums the entries of each match, five times as fast as `reduceat` does."""
    from scipy import sparse

    size = len(what.row)
    ends = np.append(what.start, size)
    return sparse.csr_matrix((np.ones(size, np.float32), np.arange(size), ends), (len(what.start), size))


def evidence(beliefs: Floats, old: Floats, what: Entries, on: Grid) -> float:
    """What matches add to the log probability of all picks by Bethe's approximation; images add their `mass`.

    Args:
        beliefs: (rows, g) log beliefs, `old` included.
        old: (e, g) log messages at which `messages` changes little any more.
        what: the entries.
        on: the grid.
    """
    others = softmax(beliefs[what.row] - old)
    edges = np.log(np.maximum((others * np.exp(old)).sum(axis=1), TINY))
    chance = np.exp(_performances(others, what, on)[1]).sum(axis=1)
    slips = LAPSE / np.bincount(what.match)
    matches = np.log((1 - LAPSE) * chance + slips) * what.weight[what.start]
    return float(matches.sum(dtype=np.float64)) - float(edges.sum(dtype=np.float64))


def mass(logs: Floats) -> float:
    """The sum over (m, g) log beliefs of the logs of their sums."""
    largest = logs.max(axis=1, keepdims=True)
    return float((largest[:, 0] + np.log(np.exp(logs - largest).sum(axis=1))).sum(dtype=np.float64))


def add_up(said: Floats, sizes: Ints) -> Floats:
    """(m, g) sums of the messages (e, g), so many of them in a row to each of m images."""
    from scipy import sparse

    ends = np.append(0, np.cumsum(sizes))
    onto = sparse.csr_matrix((np.ones(len(said), np.float32), np.arange(len(said)), ends), (len(sizes), len(said)))
    return np.asarray(onto @ said)


def softmax(logs: Floats) -> Floats:
    """(m, g) chances from log beliefs; the array is used up."""
    logs -= logs.max(axis=1, keepdims=True)
    np.exp(logs, out=logs)
    logs /= logs.sum(axis=1, keepdims=True)
    return logs
