"""Fit a ranker to pairs and say, on families held out, how good it is.

Where a taste has changed, only the choices since count: where two tastes, one after the other, explain the choices
twenty times as well as one does (their evidence, each with weights of its own), and the later one foretells the most
recent choices better than all do. The figures are of families that no part of the fit saw; so is the slope that makes
chances honest. The network with a hidden layer is taken only where it foretells held-out families better by more than
twice its standard error.

A pick of one among k is k - 1 pairs, but they are not as many pieces of evidence: at even chances Luce's choice tells
2/k of what so many separate pairs would (the traces of the two curvatures), so each pair counts that much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.learning import bayes, splits
from engine.learning.basis import Basis
from engine.learning.predict import Model, widened

Floats = npt.NDArray[np.float64]
Float32s = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_SHORTEST, _OLDEST = 25, 100  # choices of a taste of today, and before it
_NEAR = (0.6, 0.7, 0.8, 0.9, 1.1, 1.2, 1.4, 1.7)  # of the best window, where the change is looked for more closely
_TURNED = 3.0  # logarithm of how many times likelier two tastes than one: twenty
_MOST_RECENT = 40  # choices held out of those
_MLP_PAIRS, _MLP_UNITS = 300, 40
_DEALS, _FEW = 4, 2000  # of few pairs between families, most are never held out by one deal
_BINS, _A_BIN = 10, 40
_NO_HIDDEN = np.zeros((0, 0))


class Pairs(NamedTuple):
    """n pairs, oldest first: rows of the features, weights, the choice they are of, the unit of each side; all (n,)."""

    winner: Ints
    loser: Ints
    weight: Floats
    choice: Ints
    winner_unit: Ints
    loser_unit: Ints


class Bin(NamedTuple):
    """Held-out pairs of about one chance: what was said, how often it came true, how many."""

    said: float
    true: float
    n: int


class Held(NamedTuple):
    """How good it is on families held out; None where there were none.

    Attributes:
        chance: (n,) of each pair by a fit that saw neither of its families; NaN where there is none.
        accuracy, loss: of pairs; top1: of choices; calibration_error: 0 to 1; bins: behind it.
    """

    chance: Floats
    accuracy: float | None
    loss: float | None
    top1: float | None
    calibration_error: float | None
    bins: list[Bin]


class Fitted(NamedTuple):
    """A ranker and what is known of it; `window`: how many of the last choices count, None for all."""

    model: Model
    prior: bayes.Prior
    window: int | None
    held: Held


def fit(
    x: Float32s, basis: Basis, pairs: Pairs, *, before: bayes.Prior | None = None, network: bool = False,
    pause: Callable[[], object] = lambda: None,
) -> Fitted:  # fmt: skip
    """Fit.

    Args:
        x: (m, d) features that `basis` made.
        pairs: at least one.
        before: the prior of the last fit, near which this one is looked for.
        network: try the one with a hidden layer too.
        pause: called between fits; what it raises ends them.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        plain = _Fit(x, basis, pairs, _NO_HIDDEN, pause)
        found = plain.all(before)
        if network and len(pairs.winner) >= _MLP_PAIRS and len(np.unique(pairs.winner_unit)) >= _MLP_UNITS:
            other = _deep(x, basis, pairs, found, pause)
            return other if other is not None and _clearly_better(other, found, pairs) else found
    return found


def _span(window: int) -> int:
    """The choices among which a change of so long ago is looked for."""
    return max(3 * window, window + 2 * _OLDEST)


def counted(pairs: Pairs) -> Floats:
    """(n,) how much each pair counts: its weight, times 2/k where its choice is among k images."""
    if not len(pairs.choice):
        return pairs.weight
    room = 1 + max(int(pairs.winner.max()), int(pairs.loser.max()))
    sides = np.concatenate([pairs.choice * room + pairs.winner, pairs.choice * room + pairs.loser])
    among = np.bincount(np.unique(sides) // room)
    return np.asarray(pairs.weight * 2 / among[pairs.choice], np.float64)


class _Fit:
    """One form of the model: the plain one, or with a hidden layer."""

    def __init__(self, x: Float32s, basis: Basis, pairs: Pairs, hidden: Floats, pause: Callable[[], object]) -> None:
        self._basis, self._pairs, self._hidden, self._pause = basis, pairs, hidden, pause
        z = widened(x, hidden)
        self._apart = (z[pairs.winner] - z[pairs.loser]).astype(np.float64)
        self._weight = counted(pairs)
        self._age = (pairs.choice.max(initial=0) - pairs.choice).astype(np.float64)

    def all(self, before: bayes.Prior | None) -> Fitted:
        spread, weight = self._basis.spread, self._weight
        self._pause()
        prior, posterior = bayes.choose(self._apart, weight, spread, before)
        window = self._window(prior)
        if window is not None:
            weight = weight * (self._age < window)
            self._pause()
            prior, posterior = bayes.choose(self._apart, weight, spread, prior)
        mean, variance = self._held_out(prior, weight, posterior.mean)
        return self._told(prior, posterior, window, weight, mean, variance)

    def _window(self, prior: bayes.Prior) -> int | None:
        """How many of the last choices are of the taste of today; None: all."""
        choices = int(self._pairs.choice.max(initial=-1)) + 1
        windows = [_SHORTEST << step for step in range(20) if choices >= (_SHORTEST << step) + _OLDEST]
        if not windows:
            return None
        worth = {window: self._turned(prior, [window], _span(window))[0] for window in windows}
        best = max(worth, key=worth.__getitem__)
        if worth[best] <= _TURNED:
            return None
        near = [best, *(round(best * by) for by in _NEAR if round(best * by) + _OLDEST <= choices)]
        best = near[int(np.argmax(self._turned(prior, near, _span(best))))]
        return best if self._foretold(prior, best) else None

    def _turned(self, prior: bayes.Prior, windows: Sequence[int], span: int) -> list[float]:
        """How much more the last `span` choices are explained by two tastes, the later of each window, than by one."""
        of, now = self._age < span, [self._age < window for window in windows]
        one = self._worth(prior, of)
        return [self._worth(prior, of & part) + self._worth(prior, of & ~part) - one for part in now]

    def _worth(self, prior: bayes.Prior, some: Bools) -> float:
        """Of two tastes each has its own prior: what both leave of one fits neither."""
        self._pause()
        apart, weight, spread = self._apart[some], self._weight[some], self._basis.spread
        found, posterior = bayes.choose(apart, weight, spread, prior, strength_alone=True)
        return posterior.evidence + bayes.usual(found)

    def _foretold(self, prior: bayes.Prior, window: int) -> bool:
        """Whether the latest choices are foretold better, from other families, by those of the window than by all."""
        last = min(_MOST_RECENT, window // 2)
        learn, held = splits.recent(self._pairs.choice, self._pairs.winner_unit, self._pairs.loser_unit, last)
        counts = self._age[learn] < window
        if not counts.any():
            return False
        return bool(self._losses(prior, learn[counts], held).mean() < self._losses(prior, learn, held).mean())

    def _losses(self, prior: bayes.Prior, learn: Ints, held: Ints) -> Floats:
        """Of each choice held out, the mean loss of its pairs."""
        self._pause()
        _, posterior = bayes.choose(self._apart[learn], self._weight[learn], self._basis.spread, prior)
        chance = bayes.probability(*bayes.margins(posterior, self._apart[held]))
        _, of = np.unique(self._pairs.choice[held], return_inverse=True)
        lost = -np.log(0.05 + 0.9 * chance)  # one bold mistake does not decide
        return np.asarray(np.bincount(of, lost) / np.bincount(of), np.float64)

    def _fitted(self, prior: bayes.Prior, some: Ints, weight: Floats, start: Floats) -> bayes.Posterior:
        precision = prior.precision(self._basis.spread, self._apart.shape[1])
        return bayes.fit(self._apart[some], weight, precision, start)

    def _held_out(self, prior: bayes.Prior, weight: Floats, start: Floats) -> tuple[Floats, Floats]:
        """(n,) means and variances of log-odds by fits that saw neither family; NaN where there is none."""
        summed, times = np.zeros((2, len(weight))), np.zeros(len(weight))
        one, other = self._pairs.winner_unit, self._pairs.loser_unit
        few = len(weight) <= _FEW and bool((one != other).any())
        for deal in range(_DEALS if few else 1):
            for learn, held in splits.folds(one, other, deal=deal):
                self._pause()
                posterior = self._fitted(prior, learn, weight[learn], np.zeros_like(start))
                summed[:, held] += bayes.margins(posterior, self._apart[held])
                times[held] += 1
        mean, variance = np.where(times > 0, summed / np.maximum(times, 1), np.nan)
        return mean, variance

    def _told(
        self, prior: bayes.Prior, posterior: bayes.Posterior, window: int | None, weight: Floats, mean: Floats,
        variance: Floats,
    ) -> Fitted:  # fmt: skip
        known = np.isfinite(mean)
        honesty = bayes.calibrate(mean[known], variance[known], weight[known])
        chance = np.full(len(mean), np.nan)
        chance[known] = bayes.probability(mean[known], variance[known], honesty)
        model = Model(self._basis, self._hidden, posterior.mean, posterior.covariance, honesty)
        return Fitted(model, prior, window, judged(chance, weight, self._pairs))


def judged(chance: Floats, weight: Floats, pairs: Pairs) -> Held:
    """The figures of held-out chances, each choice weighted as it is learned from; draws say nothing of accuracy."""
    known = np.isfinite(chance) & (pairs.weight == 1) & (weight > 0)
    if not known.any():
        return Held(chance, None, None, None, None, [])
    said, counts = chance[known], weight[known]
    right = (said > 0.5) + 0.5 * (said == 0.5)
    _, of = np.unique(pairs.choice[known], return_inverse=True)
    whole = np.bincount(of, said > 0.5) == np.bincount(pairs.choice, pairs.weight == 1)[np.unique(pairs.choice[known])]
    asked = np.bincount(of) == np.bincount(pairs.choice)[np.unique(pairs.choice[known])]
    bins = binned(said)
    error = sum(one.n * abs(one.said - one.true) for one in bins) / max(1, sum(one.n for one in bins))
    return Held(
        chance=chance, accuracy=float(np.average(right, weights=counts)),
        loss=float(np.average(-np.log(np.maximum(said, 1e-12)), weights=counts)),
        top1=float(whole[asked].mean()) if asked.any() else None, calibration_error=error, bins=bins,
    )  # fmt: skip


def binned(said: Floats) -> list[Bin]:
    """Bins of equally many pairs by how sure the model was, either way; all pairs were won by their first."""
    if not len(said):
        return []
    sure, right = np.maximum(said, 1 - said), said > 0.5
    order = np.argsort(sure, kind="stable")
    parts = np.array_split(order, int(np.clip(len(said) // _A_BIN, 1, _BINS)))
    return [Bin(float(sure[part].mean()), float(right[part].mean()), len(part)) for part in parts]


def _deep(x: Float32s, basis: Basis, pairs: Pairs, plain: Fitted, pause: Callable[[], object]) -> Fitted | None:
    """The one with a hidden layer: held-out chances are of layers that did not see those families either."""
    try:
        from engine.learning import mlp
    except ImportError:
        return None
    recent = pairs.choice > pairs.choice.max() - plain.window if plain.window else np.ones(len(pairs.choice), np.bool_)
    weight = counted(pairs) * recent
    mean, variance = np.full(len(weight), np.nan), np.full(len(weight), np.nan)
    for learn, held in splits.folds(pairs.winner_unit, pairs.loser_unit):
        hidden = mlp.learn(x, pairs.winner[learn], pairs.loser[learn], weight[learn], pause)
        z = widened(x, hidden)
        apart = (z[pairs.winner] - z[pairs.loser]).astype(np.float64)
        posterior = bayes.fit(apart[learn], weight[learn], plain.prior.precision(basis.spread, apart.shape[1]))
        mean[held], variance[held] = bayes.margins(posterior, apart[held])
    hidden = mlp.learn(x, pairs.winner, pairs.loser, weight, pause)
    whole = _Fit(x, basis, pairs, hidden, pause)
    every = np.arange(len(weight))
    posterior = whole._fitted(plain.prior, every, weight, np.zeros(whole._apart.shape[1]))
    return whole._told(plain.prior, posterior, plain.window, weight, mean, variance)


def _clearly_better(one: Fitted, other: Fitted, pairs: Pairs) -> bool:
    """Whether the one foretells held-out families better, and more of them, by more than twice the standard error.

    By its chances alone it would win wherever it is merely bolder about what both tell rightly.
    """
    known = np.isfinite(one.held.chance) & np.isfinite(other.held.chance)
    if not known.any():
        return False
    won = np.log(np.maximum(one.held.chance[known], 1e-6)) - np.log(np.maximum(other.held.chance[known], 1e-6))
    _, of = np.unique(pairs.winner_unit[known], return_inverse=True)
    each = np.bincount(of, won) / np.bincount(of)
    right = (one.held.chance[known] > 0.5).astype(np.float64) - (other.held.chance[known] > 0.5)
    better = np.bincount(of, right) / np.bincount(of)
    return len(each) > 1 and _above(each, 2.0) and _above(better, 2.0)


def _above(each: Floats, errors: float) -> bool:
    """Whether the mean is above 0 by more than so many standard errors."""
    return bool(each.mean() > errors * each.std(ddof=1) / np.sqrt(len(each)))
