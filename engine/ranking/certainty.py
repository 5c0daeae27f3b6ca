"""How sure the top N is: the chance of each image to belong to it, and how many more picks a target needs."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

MOST_PICKS = 50_000  # beyond that a target is out of reach
FORESEEN = 3000  # images looked ahead at: those whose place is the least clear
LONGER = 1.3  # each step ahead is so much longer than the last
FIRST_STEP = 20  # picks
LOWER = 1.645  # standard deviations below which 5 % lie


class Certainty(NamedTuple):
    """How much of the true top N is in the shown one.

    Attributes:
        share: expected share, 0 to 1.
        low: the share is above this with probability 0.95.
        chance: (n,) probability of belonging to the true top N; 0 for images that are not asked about.
        mean, deviation: (n,) of the strengths, log-odds.
        top: N, at most the number of images asked about.
        unseen: (u,) images not looked at yet.
        asked: images asked about.
    """

    share: float
    low: float
    chance: Doubles
    mean: Doubles
    deviation: Doubles
    top: int
    unseen: npt.NDArray[np.int64]
    asked: int

    def picks_left(self, target: float, up: int) -> int | None:
        """Picks of one from `up` until `share` is expected to reach `target`; None where that is out of reach."""
        if self.share >= target or not self.top:
            return 0
        needed = None if target >= 1 else _foresee(self, target, up)
        # no pair is asked twice, so a small field may run out of matches first
        matches = math.comb(self.asked, 2) // math.comb(up, 2)
        return None if needed is None or needed > matches else needed


def certainty(
    chance: Doubles, mean: Doubles, deviation: Doubles, shown: npt.NDArray[np.int64], unseen: npt.NDArray[np.int64],
    asked: int,
) -> Certainty:  # fmt: skip
    """From the chances, with the top N that is `shown`."""
    shares, top = chance[shown], len(shown)
    share = min(float(shares.mean()), 1.0) if top else 0.0
    spread = math.sqrt(float((shares * (1 - shares)).sum())) / top if top else 0.0
    return Certainty(share, max(0.0, share - LOWER * spread), chance, mean, deviation, top, unseen, asked)


def _foresee(now: Certainty, target: float, up: int) -> int | None:
    """Play picks ahead in growing steps, in expectation, and see when the share is reached.

    First looks come first: each turns `up` images into a winner and losers. Then looks fall where they tell most; one
    among equals tells p(1 - p) of Fisher information, p = 1/up, and so much of the variance turns into a move of the
    mean.
    """
    random = np.random.default_rng(0)
    mean, var = _after_first_looks(now, up, random)
    here = np.argsort(-(mean + np.sqrt(var)), kind="stable")[:FORESEEN]
    mean, var = mean[here], var[here]
    tells, wanted = (1 - 1 / up) / up, min(now.top, len(here))
    first, picks, step = math.ceil(len(now.unseen) / up), 0, FIRST_STEP
    share_before, picks_before = now.share, -first
    while first + picks <= MOST_PICKS:
        chance = _chances(mean, np.sqrt(var), wanted)
        share = max(float(np.sort(chance)[::-1][:wanted].mean()), share_before)
        if share >= target:
            part = (target - share_before) / max(share - share_before, 1e-9)
            return max(1, first + math.ceil(picks_before + part * (picks - picks_before)))
        worth = chance * (1 - chance) * var * tells / (1 + var * tells)
        if not worth.sum() > 0:
            return None
        less = var / (1 + var * tells * step * up * worth / worth.sum())
        mean = mean + np.sqrt(var - less) * random.standard_normal(len(mean))
        var = less
        share_before, picks_before, picks, step = share, picks, picks + step, math.ceil(step * LONGER)
    return None


def _after_first_looks(now: Certainty, up: int, random: np.random.Generator) -> tuple[Doubles, Doubles]:
    """Means and variances of the images asked about once all were looked at."""
    mean, var = now.mean.copy(), now.deviation**2
    new = random.permutation(now.unseen)
    looked = np.ones(len(mean), np.bool_)
    looked[now.unseen] = False
    # the largest of `up` normal deviates, and what is left of their variance (asymptotic forms suffice here)
    gain = float(np.mean([random.standard_normal(up).max() for _ in range(400)]))
    won, lost = new[::up], np.setdiff1d(new, new[::up])
    spread = now.deviation[new].mean() if len(new) else 0.0
    mean[won] += gain * spread * 0.9
    mean[lost] -= gain * spread * 0.9 / max(up - 1, 1)
    var[won] *= 0.5
    var[lost] *= 0.8
    asked = (now.chance > 0) | ~looked
    return mean[asked], var[asked]


def _chances(mean: Doubles, deviation: Doubles, wanted: int) -> Doubles:
    """Chances of being above the strength above which `wanted` images are expected."""
    from scipy.special import ndtr

    low, high = float(mean.min() - 10), float(mean.max() + 10)
    for _ in range(40):
        cut = (low + high) / 2
        if float(ndtr((mean - cut) / deviation).sum()) > wanted:
            low = cut
        else:
            high = cut
    return np.asarray(ndtr((mean - cut) / deviation))
