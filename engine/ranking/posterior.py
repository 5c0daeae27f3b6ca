"""The posterior of a whole field of images: fitted now and then from all picks, and touched up after each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.ranking import belief
from engine.ranking.belief import STEP, Entries, Floats, Grid, Ints
from engine.ranking.outcome import Outcome

Doubles = npt.NDArray[np.float64]

SWEEPS = 3  # a refit after some picks starts from where the last one ended
FIRST_SWEEPS = 12  # a fit from nothing
SETTLED = 0.05  # log units: messages that change less have settled
RUNGS = 8  # spreads are tried on a ladder of this many rungs an octave,
STRIDE = 2  # ... so many rungs at a time: 19 %, about as well as picks can tell
LIKELY_SPREAD, SPREAD_SPREAD = 2.2, 0.6  # log-normal prior of the spread: people are neither dice nor rulers
LEAST_SPREAD, LARGEST_SPREAD = 0.5, 7.0


class Prior(NamedTuple):
    """A guess about each image before any pick, in spreads of the field: 0 and 1 say nothing.

    Attributes:
        mean: (n,) 0 is average.
        var: (n,) 0 to 1 or so; 1 is not knowing.
    """

    mean: Doubles
    var: Doubles


class Posterior(NamedTuple):
    """What is believed of the images that were shown.

    Attributes:
        on: the grid.
        spread: standard deviation of strengths before any pick, log-odds.
        shown: (m,) the images, rising.
        logs: (m, g) log beliefs, not normalised.
        said: per match (entries, g) log messages.
    """

    on: Grid
    spread: float
    shown: Ints
    logs: Floats
    said: list[Floats]


def ladder(rung: int) -> float:
    """The spread of a rung; rung 0 is 1."""
    return float(2.0 ** (rung / RUNGS))


def priors(prior: Prior | None, images: Ints, on: Grid, spread: float) -> Floats:
    """(1 or m, g) normalised log chances before any pick."""
    if prior is None:
        logs = belief.normal([0.0], [spread], on.strengths)
    else:
        logs = belief.normal(prior.mean[images] * spread, np.sqrt(prior.var[images]) * spread, on.strengths)
    largest = logs.max(axis=1, keepdims=True)
    return np.asarray(logs - largest - np.log(np.exp(logs - largest).sum(axis=1, keepdims=True)), np.float32)


def fit(
    outcomes: Sequence[Outcome], said: Sequence[Floats | None], prior: Prior | None, rung: int, *, search: bool
) -> tuple[Posterior, int]:
    """Fit all picks.

    Args:
        outcomes: in any order.
        said: the messages of each from an earlier fit on the same rung, or None.
        prior: of all images.
        rung: of the spread to begin with.
        search: look for a likelier spread.

    Returns:
        The posterior and its rung.
    """
    what = belief.entries(outcomes)
    shown, row = np.unique(what.row, return_inverse=True)
    what = what._replace(row=row)
    on = belief.grid(ladder(rung))
    old = _joined(outcomes, said, on)
    fresh = any(one is None for one in said)
    old = _settle(what, shown, old, prior, rung, FIRST_SWEEPS if fresh else SWEEPS)
    if search:
        rung, old = _search(what, shown, old, prior, rung)
    on, spread = belief.grid(ladder(rung)), ladder(rung)
    logs = belief.add_up(priors(prior, shown, on, spread), old, what.row, len(shown))
    return Posterior(on, spread, shown, logs, _parted(outcomes, old)), rung


def width(outcome: Outcome) -> int:
    """Entries of an outcome (see `belief.Entries`)."""
    return len(outcome.items) ** 2 if outcome.draw else len(outcome.items)


def _joined(outcomes: Sequence[Outcome], said: Sequence[Floats | None], on: Grid) -> Floats:
    size = len(on.strengths)
    none = np.zeros((0, size), np.float32)
    parts = [
        np.zeros((width(o), size), np.float32) if one is None else one for o, one in zip(outcomes, said, strict=True)
    ]
    return np.concatenate([none, *parts])


def _parted(outcomes: Sequence[Outcome], said: Floats) -> list[Floats]:
    parts, at = [], 0
    for outcome in outcomes:
        parts.append(said[at : at + width(outcome)])
        at += width(outcome)
    return parts


def _settle(what: Entries, shown: Ints, old: Floats, prior: Prior | None, rung: int, sweeps: int) -> Floats:
    """Pass messages until they settle, or the sweeps are used up; after the first, only where beliefs still move."""
    if not len(old):
        return old
    on, spread = belief.grid(ladder(rung)), ladder(rung)
    before = priors(prior, shown, on, spread)
    beliefs = belief.add_up(before, old, what.row, len(shown))
    some, here, said = what, np.arange(len(old)), old.copy()
    for _ in range(sweeps):
        said[here] = belief.messages(beliefs, said[here], some, on)
        last, beliefs = beliefs, belief.add_up(before, said, what.row, len(shown))
        moved = np.abs(beliefs - last).max(axis=1) > SETTLED
        here = np.flatnonzero(np.logical_or.reduceat(moved[what.row], what.start)[what.match])
        if not len(here):
            break
        some = belief.part(what, here)
    return said


def _search(what: Entries, shown: Ints, old: Floats, prior: Prior | None, rung: int) -> tuple[int, Floats]:
    """Climb the ladder while the evidence grows."""
    tried: dict[int, tuple[float, Floats]] = {}

    def at(candidate: int, start: int) -> float:
        if candidate not in tried:
            moved = _stretched(tried[start][1] if start in tried else old, start, candidate)
            settled = _settle(what, shown, moved, prior, candidate, FIRST_SWEEPS)
            tried[candidate] = (_score(what, shown, settled, prior, candidate), settled)
        return tried[candidate][0]

    best = rung
    at(best, rung)
    climbing = True
    while climbing:
        climbing = False
        for candidate in (best - STRIDE, best + STRIDE):
            if LEAST_SPREAD <= ladder(candidate) <= LARGEST_SPREAD and at(candidate, best) > at(best, best):
                best, climbing = candidate, True
                break
    return best, tried[best][1]


def _score(what: Entries, shown: Ints, said: Floats, prior: Prior | None, rung: int) -> float:
    on, spread = belief.grid(ladder(rung)), ladder(rung)
    found = belief.evidence(priors(prior, shown, on, spread), said, what, on, len(shown))
    return found - (math.log(spread / LIKELY_SPREAD) / SPREAD_SPREAD) ** 2 / 2


def _stretched(said: Floats, rung: int, to: int) -> Floats:
    """Messages as they might be on another rung: the same picture, wider or narrower."""
    if rung == to:
        return said
    old, new = belief.grid(ladder(rung)).strengths, belief.grid(ladder(to)).strengths
    where = np.clip(new / ladder(to) * ladder(rung) / STEP + len(old) // 2, 0, len(old) - 1)
    left = np.minimum(where.astype(np.int64), len(old) - 2)
    part = (where - left).astype(np.float32)
    return np.asarray(said[:, left] * (1 - part) + said[:, left + 1] * part, np.float32)
