"""What a fitted ranker says: of each image, of a pair, and of a choice among the members of a group.

The chance that a member is chosen is Luce's (1959), exp(u_i) over the sum, averaged over draws of the weights from
their posterior, so that it is as unsure as the weights are. What an answer is expected to tell of the weights is the
entropy of that average less the average of the entropies (BALD: Houlsby et al., 2011), in bits.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.learning import bayes
from engine.learning.basis import Basis
from engine.learning.bayes import Honesty
from engine.learning.figures import LOOK, NAMED, Named

Floats = npt.NDArray[np.float64]
Float32s = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

DRAWS = 128
_SEED = 20260102
_AT_ONCE = 8192  # members drawn for together: 4 MB


class Model(NamedTuple):
    """A fitted ranker.

    Attributes:
        basis: how features are made, d of them.
        hidden: (d + 1, h) weights of a hidden layer, its offsets last, whose answers stand behind the features; (0, 0)
            where there is none.
        mean: (d + h,), covariance: (d + h, d + h) of the weights.
        honesty: what held-out pairs ask of both.
    """

    basis: Basis
    hidden: Floats
    mean: Floats
    covariance: Floats
    honesty: Honesty

    def inputs(self, x: Float32s) -> Float32s:
        """(n, d + h) of (n, d) features."""
        return widened(x, self.hidden)


class Reason(NamedTuple):
    """One thing that speaks for an image, or against it: its share of the difference in log-odds."""

    name: str
    text: str
    weight: float


class Choices(NamedTuple):
    """Of g groups of n members in all: chance (n,) of each to be chosen, information (g,) in bits."""

    chance: Floats
    information: Floats


def widened(x: Float32s, hidden: Floats) -> Float32s:
    """The features, and behind them what the hidden layer makes of them."""
    if not hidden.size:
        return x
    return np.concatenate([x, np.tanh(x @ hidden[:-1].astype(np.float32) + hidden[-1].astype(np.float32))], axis=1)


def images(model: Model, x: Float32s) -> tuple[Floats, Floats]:
    """(n,) mean and (n,) variance of how much each image is liked, in log-odds over an image of average features."""
    z = model.inputs(x)
    mean = (z @ model.mean.astype(np.float32)).astype(np.float64) * model.honesty.slope
    root = _root(model.covariance).astype(np.float32)
    variance = np.square(z @ root).sum(axis=1, dtype=np.float64) * (model.honesty.slope * model.honesty.doubt) ** 2
    return mean, variance


def pairs(model: Model, one: Float32s, other: Float32s) -> Floats:
    """(n,) chance that the one is taken before the other."""
    difference = (model.inputs(one) - model.inputs(other)).astype(np.float64)
    posterior = bayes.Posterior(model.mean, model.covariance, 0.0)
    return bayes.probability(*bayes.margins(posterior, difference), model.honesty)


def choices(model: Model, x: Float32s, sizes: Ints) -> Choices:
    """Of groups whose members stand one group behind another.

    Args:
        x: (n, d) features of all members.
        sizes: (g,) members of each group, at least 1, n together.
    """
    honest, raw = _draws(model, model.honesty.doubt), _draws(model, 1.0)
    lapse = model.honesty.lapse
    chance, information = np.zeros(len(x)), np.zeros(len(sizes))
    starts = np.cumsum(sizes) - sizes
    for first, last in _parts(sizes):
        rows = slice(int(starts[first]), int(starts[last - 1] + sizes[last - 1]))
        at = starts[first:last] - starts[first]
        z = model.inputs(x[rows])
        whatever = np.repeat(1 / sizes[first:last], sizes[first:last])
        chance[rows] = (1 - lapse) * _chosen(z @ honest, at).mean(axis=1) + lapse * whatever
        each = _chosen(z @ raw, at)
        single = np.add.reduceat(_bits(each).mean(axis=1), at)
        whole = np.add.reduceat(_bits(each.mean(axis=1)), at)
        information[first:last] = np.maximum(whole - single, 0)
    return Choices(chance, information)


def _chosen(liked: Float32s, starts: Ints) -> Floats:
    """(n, DRAWS) Luce's chances within the groups that begin at these rows."""
    sizes = np.diff(starts, append=len(liked))
    of = np.repeat(np.arange(len(starts)), sizes)
    each = np.exp((liked - np.maximum.reduceat(liked, starts)[of]).astype(np.float64))
    return np.asarray(each / np.add.reduceat(each, starts)[of], np.float64)


def _bits(chance: Floats) -> Floats:
    return np.asarray(-chance * np.log2(np.maximum(chance, 1e-30)), np.float64)


def _draws(model: Model, doubt: float) -> Float32s:
    """(d + h, DRAWS) weights, the same for the same model; each with its mirror image, which evens out the mean."""
    half = np.random.default_rng(_SEED).standard_normal((len(model.mean), DRAWS // 2))
    around = doubt * _root(model.covariance) @ np.concatenate([half, -half], axis=1)
    return np.asarray((model.mean[:, None] + around) * model.honesty.slope, np.float32)


def _root(covariance: Floats) -> Floats:
    if not covariance.size:
        return covariance
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)), np.float64)


def _parts(sizes: Ints) -> list[tuple[int, int]]:
    """Runs of whole groups of about _AT_ONCE members."""
    ends = np.cumsum(sizes)
    found, first = [], 0
    while first < len(sizes):
        before = ends[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(ends, before + _AT_ONCE, "right")))
        found.append((first, last))
        first = last
    return found


def reasons(model: Model, one: Float32s, other: Float32s, most: int = 3) -> list[Reason]:
    """What weighs most between two images of (d,) features: for the one where above 0, against it where below.

    The directions of the embedding, and the hidden layer, count as one: how alike it is to what was kept.
    """
    difference = (model.inputs(one[None]) - model.inputs(other[None]))[0].astype(np.float64)
    shares = difference * model.mean * model.honesty.slope
    k = model.basis.axes.shape[1]
    named = slice(k, k + len(NAMED))
    look = float(shares[:k].sum() + shares[named.stop :].sum())
    found = [_reason(LOOK, look, look)]
    found += [
        _reason(what, float(share), float(apart))
        for what, share, apart in zip(NAMED, shares[named], difference[named], strict=True)
    ]
    told = [reason for reason in found if abs(reason.weight) >= 0.01]
    return sorted(told, key=lambda reason: -abs(reason.weight))[:most]


def _reason(what: Named, share: float, apart: float) -> Reason:
    return Reason(what.name, what.more if apart > 0 else what.less, round(share, 3))
