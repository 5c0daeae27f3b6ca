"""Means, variances and chances of the top N, read off beliefs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.ranking import belief
from engine.ranking.belief import STEP, Floats, Grid
from engine.ranking.posterior import Beliefs, Posterior, Prior, priors

Doubles = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Figures(NamedTuple):
    """What a fit tells of each image.

    Attributes:
        mean, var: (n,) of the strengths, log-odds and its square.
        chance: (n,) of belonging to the true top N; 0 for images not asked about.
        cut: the strength above which N images are expected.
    """

    mean: Doubles
    var: Doubles
    chance: Doubles
    cut: float


def figures(fitted: Posterior, beliefs: Beliefs, prior: Prior | None, eligible: Bools, top: int) -> Figures:
    """Of all n images, those never shown by their prior. The beliefs are used up."""
    n, on, (shown, logs) = len(eligible), fitted.on, beliefs
    mean = np.zeros(n) if prior is None else prior.mean * fitted.spread
    var = np.full(n, fitted.spread**2) if prior is None else prior.var * fitted.spread**2
    rest = eligible.copy()
    rest[shown] = False
    others = np.flatnonzero(rest)
    some = [others] if prior is None else [others[rows] for rows in belief.slices(len(others), len(on.strengths))]
    expected = np.zeros(len(on.strengths) + 1)
    for new in some:
        unseen = tails(np.exp(priors(prior, new, on, fitted.spread)))
        expected += (float(len(new)) if prior is None else 1.0) * unseen.sum(axis=0, dtype=np.float64)
    for part in belief.slices(*logs.shape):
        chances = belief.softmax(logs[part])
        mean[shown[part]], var[shown[part]] = moments(chances, on)
        expected += tails(chances)[eligible[shown[part]]].sum(axis=0, dtype=np.float64)
    cut = crossing(expected, top)
    chance = np.zeros(n)
    for part in belief.slices(*logs.shape):
        chance[shown[part]] = np.where(eligible[shown[part]], at_cut(tails(logs[part]), cut), 0)
    for new in some:
        chance[new] = at_cut(tails(np.exp(priors(prior, new, on, fitted.spread))), cut)
    return Figures(mean, var, chance, float(on.strengths[0] + (cut - 0.5) * STEP))


def moments(beliefs: Floats, on: Grid) -> tuple[Doubles, Doubles]:
    """Mean and variance of each (m, g) belief."""
    mean = (beliefs @ on.strengths).astype(np.float64)
    return mean, np.maximum((beliefs @ on.strengths**2).astype(np.float64) - mean**2, 1e-4)


def tails(beliefs: Floats) -> Floats:
    """(m, g + 1) chance of standing at a grid point or above it."""
    sums = np.zeros((len(beliefs), beliefs.shape[1] + 1), np.float32)
    sums[:, :-1] = np.cumsum(beliefs[:, ::-1], axis=1)[:, ::-1]
    sums[:, 0] = 1  # whatever rounding made of it
    return sums


def crossing(expected: Doubles, top: int) -> float:
    """The place between grid points above which `top` are expected."""
    if expected[0] <= top:
        return 0.0
    at = int(np.searchsorted(-expected, -top))
    return at - float((top - expected[at]) / max(expected[at - 1] - expected[at], 1e-12))


def at_cut(above: Floats, cut: float) -> Doubles:
    """(m,) the tails of `tails` at a place between grid points."""
    cut = min(max(cut, 0.0), above.shape[1] - 1.0)
    left = min(int(cut), above.shape[1] - 2)
    part = cut - left
    chance = np.asarray(above[:, left] * (1 - part) + above[:, left + 1] * part, np.float64)
    return np.clip(chance, 0, 1)  # sums of single precision end a hair beyond 1
