"""Bradley and Terry's model of paired choices over features, with what is not known about its weights.

The chance that an image is taken before another is the logistic function of the weighted difference of their features
(Bradley and Terry, Biometrika 1952). Weights have a Gaussian prior; the posterior is Laplace's approximation at its
peak, found by Newton's steps (MacKay, "The evidence framework applied to classification networks", 1992, whose
correction makes a prediction less sure where the weights are not known). How strong the prior is, how much it prefers
the directions in which the library varies most, and how free the named features are, is what explains the choices best
(largest evidence, and what strengths are usual).

What is usual, of strengths and of honesty, was found on simulated people other than those of the figures: where picks
are few it decides, since fifty of them tell neither well.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
TILTS = (0.0, 0.5, 1.0)
STRICTNESS = (0.3, 1.0, 3.0, 10.0)
_GRID: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("strength", STRENGTHS), ("tilt", TILTS), ("strictness", STRICTNESS),
)  # fmt: skip
_SLOPES = tuple(1.12**place for place in range(-14, 15))
_DOUBTS = (0.25, 0.5, 0.75, 1.0)
_LAPSES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3)
_USUAL, _EVEN = 5.0, 1.0  # strength of the prior, and how far from it others lie (of its logarithm)
_USUAL_SLOPE, _EVEN_SLOPE, _USUAL_DOUBT = 1.0, 0.4, 1.0  # the same of the slope, and the usual doubt
_TELLS = 1.5  # of a held-out pair's weight: it tells more of how honest chances are than of each of many weights
_STEPS = 40
_ENOUGH = 1e-7


class Prior(NamedTuple):
    """Precision of each weight: `strength`, times spread^(-2 tilt) in the embedding, times `strictness` elsewhere."""

    strength: float = 1.0
    tilt: float = 0.5
    strictness: float = 1.0

    def precision(self, spread: Floats, d: int) -> Floats:
        """(d,) of d features, the first len(spread) of them directions of the embedding, spread 1 at the most."""
        rest = np.full(d - len(spread), self.strength * self.strictness)
        return np.concatenate([self.strength * np.maximum(spread, 1e-3) ** (-2 * self.tilt), rest])


class Posterior(NamedTuple):
    """Laplace's approximation.

    Attributes:
        mean: (d,); covariance: (d, d).
        evidence: logarithm of the marginal likelihood.
    """

    mean: Floats
    covariance: Floats
    evidence: float


def sigmoid(x: Floats) -> Floats:
    """Never overflows."""
    return np.asarray(0.5 * (1 + np.tanh(x / 2)), np.float64)


def fit(differences: Floats, weight: Floats, precision: Floats, start: Floats | None = None) -> Posterior:
    """Fit to n choices.

    Args:
        differences: (n, d) features of the one taken less those of the other.
        weight: (n,) how much each counts, 0 to 1.
        precision: (d,) of the prior, above 0.
        start: (d,) where to begin, e.g. the peak before the last session.
    """
    mean = np.zeros(differences.shape[1]) if start is None else start.copy()
    value = _loss(differences @ mean, weight, precision, mean)
    for _ in range(_STEPS):
        wrong, curve = _curve(differences, weight, precision, mean)
        slope = precision * mean - differences.T @ (weight * wrong)
        step = np.linalg.solve(curve, slope)
        size = 1.0
        while (new := _loss(differences @ (mean - size * step), weight, precision, mean - size * step)) > value:
            size /= 2
            if size < 1e-4:
                break
        if new < value:
            mean = mean - size * step
        if value - new <= _ENOUGH * max(1.0, abs(value)):
            break
        value = new
    return _laplace(differences, weight, precision, mean)


def _laplace(differences: Floats, weight: Floats, precision: Floats, mean: Floats) -> Posterior:
    _, curve = _curve(differences, weight, precision, mean)
    root = np.linalg.cholesky(curve)
    inverse = np.linalg.solve(root, np.eye(len(mean)))
    evidence = (
        -_loss(differences @ mean, weight, precision, mean)
        + 0.5 * float(np.log(precision).sum())
        - float(np.log(np.diag(root)).sum())
    )
    return Posterior(mean, np.asarray(inverse.T @ inverse, np.float64), evidence)


def _loss(margin: Floats, weight: Floats, precision: Floats, mean: Floats) -> float:
    return float(weight @ np.logaddexp(0, -margin) + 0.5 * (precision * mean) @ mean)


def _curve(differences: Floats, weight: Floats, precision: Floats, mean: Floats) -> tuple[Floats, Floats]:
    """(n,) how wrong each prediction is, and the (d, d) curvature of the loss."""
    wrong = sigmoid(-(differences @ mean))
    bend = weight * wrong * (1 - wrong)
    curve = (differences * bend[:, None]).T @ differences
    curve[np.diag_indices_from(curve)] += precision
    return wrong, curve


def choose(
    differences: Floats, weight: Floats, spread: Floats, start: Prior | None = None, *, strength_alone: bool = False
) -> tuple[Prior, Posterior]:
    """The prior with the most evidence and `usual`, looked for one number at a time, and the posterior under it."""
    best, d = start or Prior(), differences.shape[1]
    found = fit(differences, weight, best.precision(spread, d))
    worth, tried = found.evidence + usual(best), {best}
    for _ in range(1 if strength_alone else 2):
        before = best
        for field, values in _GRID[:1] if strength_alone else _GRID:
            for way in (1, -1):  # there is one peak along each
                while (other := _beside(best, field, values, way)) not in tried:
                    tried.add(other)
                    new = fit(differences, weight, other.precision(spread, d), found.mean)
                    if new.evidence + usual(other) <= worth + 1e-6:
                        break
                    best, found, worth = other, new, new.evidence + usual(other)
        if best == before:
            break
    return best, found


def _beside(prior: Prior, field: str, values: tuple[float, ...], way: int) -> Prior:
    """With the next value, up or down; the same where there is none."""
    place = int(np.abs(np.log(np.add(values, 1e-6) / (getattr(prior, field) + 1e-6))).argmin()) + way
    return prior._replace(**{field: values[place]}) if 0 <= place < len(values) else prior


def usual(prior: Prior) -> float:
    """Logarithm of how usual a strength is, 0 at the most."""
    return -0.5 * (math.log(prior.strength / _USUAL) / _EVEN) ** 2


def margins(posterior: Posterior, differences: Floats) -> tuple[Floats, Floats]:
    """(n,) means and (n,) variances of the log-odds of these pairs."""
    return differences @ posterior.mean, np.einsum("nd,de,ne->n", differences, posterior.covariance, differences)


class Honesty(NamedTuple):
    """What held-out pairs ask of the posterior.

    Attributes:
        slope: log-odds times this; doubt: their deviation times this besides.
        lapse: how often the person picks whatever (Wichmann and Hill, "The psychometric function", 2001).
    """

    slope: float = 1.0
    doubt: float = 1.0
    lapse: float = 0.0


_PLAIN = Honesty()


def probability(mean: Floats, variance: Floats, honesty: Honesty = _PLAIN) -> Floats:
    """MacKay's chance that the first of a pair is taken, and the same of a lapse."""
    spread = (honesty.slope * honesty.doubt) ** 2 * variance
    chance = sigmoid(honesty.slope * mean / np.sqrt(1 + math.pi / 8 * spread))
    return (1 - honesty.lapse) * chance + honesty.lapse / 2


def calibrate(mean: Floats, variance: Floats, weight: Floats) -> Honesty:
    """What makes held-out pairs (all won by their first) most likely; near what is usual where they are few.

    As in Platt's sigmoid (1999) nothing is held to be certain: of n pairs, one in n + 2 is as if it went the other way.
    """
    best, least = _PLAIN, math.inf
    odd = 1 / (len(mean) + 2)
    for slope in _SLOPES:
        far = math.log(slope / _USUAL_SLOPE) / _EVEN_SLOPE
        rare = 4 * math.log1p(far**2 / 4)  # Student's form: many pairs overrule it
        for doubt in _DOUBTS:
            plain = probability(mean, variance, Honesty(slope, doubt))
            for lapse in _LAPSES:
                chance = np.clip((1 - lapse) * plain + lapse / 2, 1e-9, 1 - 1e-9)
                likely = float(weight @ ((1 - odd) * np.log(chance) + odd * np.log1p(-chance)))
                loss = rare + (doubt - _USUAL_DOUBT) ** 2 + 2 * lapse - _TELLS * likely
                if loss < least:
                    best, least = Honesty(slope, doubt, lapse), loss
    return best
