"""What features tell of strengths, learned from the picks themselves: the prior of images that were never shown.

Strengths are a linear function of the features, plus a part of their own (a mixed model; Robinson, "That BLUP is a good
thing", Statistical Science 1991). What the picks alone say of an image is its belief less the prior it was formed with;
weights are fitted to that by generalised least squares, the share of its own by EM (Dempster, Laird and Rubin 1977).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.ranking.posterior import Prior
from engine.ranking.ranker import Ranker

Doubles = npt.NDArray[np.float64]

ROUNDS = 20
_RIDGE = 1.0
_LEAST = 0.02  # of the variance is an image's own, whatever the features say
FEWEST = 20  # images compared: of fewer nothing is learned


def guess(features: Doubles, ranker: Ranker) -> Prior | None:
    """The prior that the picks so far give by the features.

    Args:
        features: (n, d), each of mean 0 and deviation 1.
        ranker: refitted; its own prior is taken out of what it believes.

    Returns:
        In units of the field's spread, together of variance 1; None where too few images were compared.
    """
    seen = np.flatnonzero(ranker.count > 0)
    if len(seen) < FEWEST:
        return None
    precision, said = _said(ranker, seen)
    rows = features[seen]
    own = 0.5
    for _ in range(ROUNDS):
        weight = 1 / (1 / precision + own)
        curve = (rows * weight[:, None]).T @ rows + _RIDGE * np.eye(rows.shape[1])
        weights = np.linalg.solve(curve, rows.T @ (weight * said))
        left = 1 / (precision + 1 / own)
        own = max(float(np.mean(left + (left * precision * (said - rows @ weights)) ** 2)), _LEAST)
    mean = features @ weights
    total = float(mean.var()) + own
    return Prior(mean / np.sqrt(total), np.full(len(features), own / total))


def _said(ranker: Ranker, seen: npt.NDArray[np.intp]) -> tuple[Doubles, Doubles]:
    """Precision and mean of what the picks say of these images, in units of the spread."""
    prior = ranker.prior
    mean, var = ranker.mean[seen] / ranker.spread, ranker.var[seen] / ranker.spread**2
    first = np.zeros(len(seen)) if prior is None else prior.mean[seen]
    room = np.ones(len(seen)) if prior is None else prior.var[seen]
    var = np.minimum(var, 0.999 * room)
    precision = np.maximum(1 / var - 1 / room, 1e-6)
    return precision, (mean / var - first / room) / precision
