"""The posterior of a whole field of images: fitted now and then from all picks, and touched up after each."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.ranking import belief
from engine.ranking.belief import STEP, Bools, Entries, Floats, Grid, Ints
from engine.ranking.said import Said

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
    """What is kept of a fit: the beliefs follow from it, see `Beliefs`.

    Attributes:
        on: the grid.
        spread: standard deviation of strengths before any pick, log-odds.
        rung: of the spread.
        said: what every entry's match says.
    """

    on: Grid
    spread: float
    rung: int
    said: Said


class Beliefs(NamedTuple):
    """What is believed of the images that were shown.

    Attributes:
        shown: (m,) the images, rising.
        logs: (m, g) log beliefs, not normalised.
    """

    shown: Ints
    logs: Floats


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
    what: Entries, said: Said, prior: Prior | None, rung: int, *, fresh: bool, search: bool
) -> tuple[Posterior, Beliefs]:
    """Fit all picks.

    Args:
        what: all entries.
        said: what they say, on this rung; it is used up.
        prior: of all images.
        rung: of the spread to begin with.
        fresh: nothing is known yet of what some say.
        search: look for a likelier spread.
    """
    picks = Picks(what, prior)
    logs = _settle(picks, said, rung, FIRST_SWEEPS if fresh else SWEEPS)
    if search:
        rung, said, logs = _search(picks, said, rung)
    return Posterior(belief.grid(ladder(rung)), ladder(rung), rung, said), Beliefs(picks.shown, logs)


class Picks:
    """All entries, and the order that has each image's together.

    Attributes:
        shown: (m,) the images, rising.
        what: the entries, by row among those.
    """

    def __init__(self, what: Entries, prior: Prior | None) -> None:
        self.shown, row = np.unique(what.row, return_inverse=True)
        self.what = what._replace(row=row)
        self._prior = prior
        self._order = np.argsort(row, kind="stable")
        self._ends = np.append(0, np.cumsum(np.bincount(row, minlength=len(self.shown))))

    def believe(self, said: Said, rung: int, logs: Floats) -> Bools:
        """Bring (m, g) beliefs up to what is said; (m,) whether they moved, image by image."""
        on, spread = belief.grid(ladder(rung)), ladder(rung)
        moved = np.empty(len(logs), np.bool_)
        most = max(belief.PART // len(on.strengths), 1)
        first = np.searchsorted(self._ends, np.arange(0, len(self._order), most))
        for row, beyond in pairwise(np.unique([*first, len(logs)]).tolist()):
            lines = said[self._order[self._ends[row] : self._ends[beyond]]]
            now = belief.add_up(lines, np.diff(self._ends[row : beyond + 1]))
            now += priors(self._prior, self.shown[row:beyond], on, spread)
            moved[row:beyond] = np.abs(now - logs[row:beyond]).max(axis=1) > SETTLED
            logs[row:beyond] = now
        return moved


def _settle(picks: Picks, said: Said, rung: int, sweeps: int) -> Floats:
    """Pass messages until they settle, or the sweeps are used up; after the first, only where beliefs still move.

    Returns:
        (m, g) the log beliefs.
    """
    on, what = belief.grid(ladder(rung)), picks.what
    logs = np.zeros((len(picks.shown), len(on.strengths)), np.float32)
    picks.believe(said, rung, logs)
    some, here = what, np.arange(len(said))
    for _ in range(sweeps if len(said) else 0):
        for at, part in belief.parts(some, on.at.shape[1]):
            said[here[at]] = belief.messages(logs, said[here[at]], part, on)
        moved = picks.believe(said, rung, logs)
        here = np.flatnonzero(np.logical_or.reduceat(moved[what.row], what.start)[what.match])
        if not len(here):
            break
        some = belief.part(what, here)
    return logs


def _search(picks: Picks, said: Said, rung: int) -> tuple[int, Said, Floats]:
    """Climb the ladder while the evidence grows: down, or else up."""
    first, logs = rung, _settle(picks, said, rung, FIRST_SWEEPS)
    most = _score(picks, said, logs, rung)
    for stride in (-STRIDE, STRIDE):
        while rung * stride >= first * stride and LEAST_SPREAD <= ladder(rung + stride) <= LARGEST_SPREAD:
            moved = _stretched(said, rung, rung + stride)
            beliefs = _settle(picks, moved, rung + stride, FIRST_SWEEPS)
            found = _score(picks, moved, beliefs, rung + stride)
            if found <= most:
                break
            rung, said, logs, most = rung + stride, moved, beliefs, found
    return rung, said, logs


def _score(picks: Picks, said: Said, logs: Floats, rung: int) -> float:
    """The log probability of all picks, by the spread's own."""
    on, spread = belief.grid(ladder(rung)), ladder(rung)
    found = -((math.log(spread / LIKELY_SPREAD) / SPREAD_SPREAD) ** 2) / 2
    for at, part in belief.parts(picks.what, on.at.shape[1]):
        found += belief.evidence(logs, said[at], part, on)
    return found + sum(belief.mass(logs[rows]) for rows in belief.slices(*logs.shape))


def _stretched(said: Said, rung: int, to: int) -> Said:
    """Messages as they might be on another rung: the same picture, wider or narrower."""
    old, new = belief.grid(ladder(rung)).strengths, belief.grid(ladder(to)).strengths
    where = np.clip(new / ladder(to) * ladder(rung) / STEP + len(old) // 2, 0, len(old) - 1)
    left = np.minimum(where.astype(np.int64), len(old) - 2)
    part = (where - left).astype(np.float32)
    moved = Said(len(new), len(said))
    for rows in belief.slices(len(said), len(new)):
        lines = said[rows]
        moved[rows] = lines[:, left] * (1 - part) + lines[:, left + 1] * part
    return moved
