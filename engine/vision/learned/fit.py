"""Fit one tag's classifier: regularised logistic regression over part vectors, calibrated on families held out.

A picture is a bag of parts and scores as its strongest one (multiple-instance learning; Andrews et al., "Support Vector
Machines for Multiple-Instance Learning", 2003, in its plainest form): a first fit takes every part of the yes pictures
for a yes, the second only the part of each that the first finds strongest. The strength of the L2 penalty is the one
whose held-out probabilities fit best. Scores become probabilities by Platt's sigmoid ("Probabilistic Outputs for
Support Vector Machines", 1999), fitted to held-out scores; the figures on the card are of families that neither the
classifier nor the sigmoid saw. Probabilities are those of the person's own mix of yes and no.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Float32s = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.intp]

FOLDS = 5
FEWEST_FAMILIES = 3  # with yes, and with no: of fewer none can be held out
STRENGTHS = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)  # of fitting against the penalty, weakest first
_BINS = (2, 10)
_A_BIN = 40  # images a bin at least, where there are enough: of fewer the share of yes is mostly chance


class Fitted(NamedTuple):
    """A classifier: probability = sigmoid(slope * max(vectors @ weights + bias) + offset).

    Attributes:
        weights: (d,) float32.
        average_precision: 0 to 1, on held-out families.
        calibration_error: 0 to 1, mean distance of probability and share of yes in bins of equally many, held out.
    """

    weights: Float32s
    bias: float
    slope: float
    offset: float
    strength: float
    average_precision: float
    calibration_error: float


def fit(
    bags: Sequence[Float32s], yes: Bools, families: Ints, pause: Callable[[], object] = lambda: None
) -> Fitted | None:
    """Fit; the same input gives the same answer.

    Args:
        bags: n arrays (parts, d) of vectors of length 1.
        yes: (n,) labels.
        families: (n,) numbers; a family is held out whole.
        pause: called between fits; what it raises ends them.

    Returns:
        None where there are too few families to hold any out, or where it is no better on them than a guess.
    """
    from threadpoolctl import threadpool_limits

    folds = _folds(yes, families)
    if not folds:
        return None
    tried: list[tuple[Floats, Floats, Floats]] = []
    with threadpool_limits(1):
        data = _Data.of(bags, yes)
        for strength in STRENGTHS:
            scores = np.zeros(len(bags))
            for learned, held in folds:
                pause()
                weights, bias = data.trained(learned, strength)
                scores[held] = data.scores(weights, bias)[held]
            chances = _crossed(scores, yes, folds)
            tried.append((_loss(chances, yes), scores, chances))
        chosen = _simplest([loss for loss, _, _ in tried])
        if not _better(tried[chosen][0], _loss(_guessed(yes, folds), yes)):
            return None
        weights, bias = data.trained(np.arange(len(bags)), STRENGTHS[chosen])
    _, scores, chances = tried[chosen]
    slope, offset = sigmoid_of(scores, yes)
    raw = data.axes.T @ weights * data.scale
    return Fitted(
        weights=raw.astype(np.float32),
        bias=float(bias - raw @ data.centre),
        slope=slope,
        offset=offset,
        strength=STRENGTHS[chosen],
        average_precision=average_precision(chances, yes),
        calibration_error=calibration_error(chances, yes),
    )


def probability(scores: Floats, slope: float, offset: float) -> Floats:
    """Platt's sigmoid; never overflows."""
    return np.asarray(0.5 * (1 + np.tanh((slope * scores + offset) / 2)), np.float64)


def sigmoid_of(scores: Floats, yes: Bools) -> tuple[float, float]:
    """Slope (never below 0) and offset that fit held-out scores best, with Platt's targets, by Newton's steps."""
    many, few = int(yes.sum()), int((~yes).sum())
    target = np.where(yes, (many + 1) / (many + 2), 1 / (few + 2))
    spread = max(float(scores.std()), 1e-9)
    design = np.stack([(scores - scores.mean()) / spread, np.ones(len(scores))], axis=1)
    found = np.array([1.0, np.log((many + 1) / (few + 1))])
    for _ in range(100):
        chance = probability(design @ found, 1.0, 0.0)
        slope = design.T @ (chance - target) + 1e-3 * found * (1, 0)
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag((1e-3, 1e-9))
        step = np.linalg.solve(curve, slope)
        found -= np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-9:
            break
    if found[0] <= 0:  # worse than chance: then everything has the same probability
        return 0.0, float(np.log((many + 1) / (few + 1)))
    return float(found[0] / spread), float(found[1] - found[0] * scores.mean() / spread)


def average_precision(chances: Floats, yes: Bools) -> float:
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(yes, chances))


def calibration_error(chances: Floats, yes: Bools) -> float:
    """Expected calibration error over bins of equally many images, 40 a bin where there are enough."""
    bins = int(np.clip(len(yes) // _A_BIN, *_BINS))
    parts = np.array_split(np.argsort(chances, kind="stable"), bins)
    return float(sum(len(p) / len(yes) * abs(chances[p].mean() - yes[p].mean()) for p in parts if len(p)))


class _Data(NamedTuple):
    """All parts in one table, centred and scaled alike, so that one strength means one thing for every network.

    Fewer rows than numbers in a vector are told in axes of their own: an L2 penalty gives the same classifier there,
    sooner.
    """

    rows: Floats
    axes: Floats  # (axes, d), a row each
    owner: Ints  # (rows,) the bag
    size: Ints  # (bags,)
    yes: Bools
    centre: Float32s
    scale: float

    @classmethod
    def of(cls, bags: Sequence[Float32s], yes: Bools) -> _Data:
        rows = np.concatenate(bags).astype(np.float64)
        size = np.array([len(bag) for bag in bags], np.intp)
        centre = rows.mean(axis=0)
        scale = 1 / max(float((rows - centre).std()), 1e-9)
        owner = np.repeat(np.arange(len(bags)), size)
        rows, axes = (rows - centre) * scale, np.eye(rows.shape[1])
        if len(rows) < rows.shape[1]:
            places, lengths, axes = np.linalg.svd(rows, full_matrices=False)
            rows = places * lengths
        return cls(rows, axes, owner, size, yes, centre.astype(np.float32), scale)

    def trained(self, some: Ints, strength: float) -> tuple[Floats, float]:
        """Weights and bias from some bags, over the scaled rows."""
        chosen = np.isin(self.owner, some)
        if (self.size[some] > 1).any():
            weights, _ = self._regression(chosen, strength)
            chosen &= ~self.yes[self.owner] | self._strongest(weights)
        return self._regression(chosen, strength)

    def scores(self, weights: Floats, bias: float) -> Floats:
        """(bags,) the strongest part of each."""
        starts = np.cumsum(self.size) - self.size
        return np.asarray(np.maximum.reduceat(self.rows @ weights, starts), np.float64) + bias

    def _strongest(self, weights: Floats) -> Bools:
        strength = self.rows @ weights
        best = np.maximum.reduceat(strength, np.cumsum(self.size) - self.size)
        return np.asarray(strength >= best[self.owner], np.bool_)

    def _regression(self, chosen: Bools, strength: float) -> tuple[Floats, float]:
        """Yes and no weigh the same as wholes, and so does every bag of one kind."""
        from sklearn.linear_model import LogisticRegression

        owner = self.owner[chosen]
        yes = self.yes[owner]
        weight = 1 / np.bincount(owner, minlength=len(self.size))[owner]
        for kind in (yes, ~yes):
            weight[kind] *= len(set(owner.tolist())) / 2 / weight[kind].sum()
        model: Any = LogisticRegression(C=strength, tol=1e-4, max_iter=1000)
        model.fit(self.rows[chosen], yes, sample_weight=weight)
        return np.asarray(model.coef_[0], np.float64), float(model.intercept_[0])


def _folds(yes: Bools, families: Ints) -> list[tuple[Ints, Ints]]:
    """Places learned from and held out, of each fold; none where a fold would have nothing of one kind to learn."""
    from sklearn.model_selection import StratifiedGroupKFold

    fewest = min(len(set(families[kind].tolist())) for kind in (yes, ~yes))
    if fewest < FEWEST_FAMILIES:
        return []
    split = StratifiedGroupKFold(min(FOLDS, fewest), shuffle=True, random_state=0)
    folds = [(a, b) for a, b in split.split(np.zeros((len(yes), 1)), yes, families) if len(b)]
    return folds if all(len(set(yes[learned].tolist())) == 2 for learned, _ in folds) else []


def _crossed(scores: Floats, yes: Bools, folds: Sequence[tuple[Ints, Ints]]) -> Floats:
    """Probabilities of held-out scores, by a sigmoid fitted to the other folds' alone."""
    chances = np.zeros(len(scores))
    for learned, held in folds:
        chances[held] = probability(scores[held], *sigmoid_of(scores[learned], yes[learned]))
    return chances


def _guessed(yes: Bools, folds: Sequence[tuple[Ints, Ints]]) -> Floats:
    """What one would say who had counted the other folds and saw no picture."""
    chances = np.zeros(len(yes))
    for learned, held in folds:
        chances[held] = yes[learned].mean()
    return chances


def _better(loss: Floats, guess: Floats) -> bool:
    """By more than one standard error."""
    gain = guess - loss
    return bool(gain.mean() > gain.std() / np.sqrt(len(gain)))


def _loss(chances: Floats, yes: Bools) -> Floats:
    """(n,) of each picture."""
    return np.asarray(-np.log(np.clip(np.where(yes, chances, 1 - chances), 1e-9, 1)), np.float64)


def _simplest(losses: Sequence[Floats]) -> int:
    """The strongest penalty that is no worse than the best beyond one standard error: luck is no reason to trust more.

    (Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning", 2009, 7.10.)
    """
    best = min(losses, key=lambda loss: float(loss.mean()))
    more = (loss - best for loss in losses)
    return next(n for n, d in enumerate(more) if d.mean() <= d.std() / np.sqrt(len(d)))
