"""How sure the top N is: the chance of each image to belong to it, and what more picks would bring."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MOST_PICKS = 200_000  # beyond that a target is out of reach
FORESEEN = 3000  # images looked ahead at: those whose place is the least clear
STEPS = 40  # of looking ahead, each longer than the last
LOWER = 1.645  # standard deviations below which 5 % lie


class Certainty(NamedTuple):
    """How much of the true top N is in the shown one.

    Attributes:
        share: expected share, 0 to 1.
        low: the share is above this with probability 0.95.
        chance: (n,) probability of belonging to the true top N; 0 for images that are not asked about.
        mean, deviation: (n,) of the strengths, log-odds.
        top: N, at most the number of images asked about.
        unseen: images not looked at yet.
    """

    share: float
    low: float
    chance: Floats
    mean: Floats
    deviation: Floats
    top: int
    unseen: int

    def picks_left(self, target: float, up: int) -> int | None:
        """Picks of one from `up` until `share` is expected to reach `target`; None where that is out of reach."""
        if self.share >= target or not self.top:
            return 0
        if target >= 1:
            return None
        return _foresee(self, target, up)


def certainty(
    chance: Floats, mean: Floats, deviation: Floats, order: npt.NDArray[np.int64], top: int, unseen: int
) -> Certainty:
    """From the chances, with the best first in `order`."""
    shown = chance[order[:top]]
    share = float(shown.mean()) if top else 0.0
    spread = math.sqrt(float((shown * (1 - shown)).sum())) / top if top else 0.0
    return Certainty(share, max(0.0, share - LOWER * spread), chance, mean, deviation, top, unseen)


def _foresee(now: Certainty, target: float, up: int) -> int | None:
    """Let looks fall where they tell most, shrink what is unsure as they would, and see when the share is reached.

    A look at an image among its equals tells p(1 - p) of Fisher information, p = 1/up; so much of its variance turns
    into a move of its mean. The chances that follow are Gaussian's.
    """
    random = np.random.default_rng(0)
    unsure = now.chance * (1 - now.chance)
    here = np.argsort(-unsure - 1e-9 * now.mean, kind="stable")[:FORESEEN]
    mean, var = now.mean[here].copy(), now.deviation[here] ** 2
    settled = float(now.chance.sum() - now.chance[here].sum())  # of the others
    wanted, tells = max(now.top - settled, 1.0), (1 - 1 / up) / up
    picks, step, share_before, picks_before = 0, 25, now.share, 0
    first = math.ceil(now.unseen / up)
    for _ in range(STEPS):
        chance = _chances(mean, np.sqrt(var), wanted)
        worth = chance * (1 - chance) * var * tells / (1 + var * tells)
        if not worth.sum() > 0:
            return None
        looks = step * up * worth / worth.sum()
        less = var / (1 + var * tells * looks)
        mean += np.sqrt(var - less) * random.standard_normal(len(mean))
        var = less
        picks += step
        chance = _chances(mean, np.sqrt(var), wanted)
        best = np.sort(chance)[::-1][: max(1, round(wanted))]
        share = float((best.sum() + settled) / now.top)
        if share >= target:
            part = (target - share_before) / max(share - share_before, 1e-9)
            return first + math.ceil(picks_before + part * (picks - picks_before))
        share_before, picks_before, step = max(share, share_before), picks, math.ceil(step * 1.25)
        if picks > MOST_PICKS:
            return None
    return None


def _chances(mean: Floats, deviation: Floats, wanted: float) -> Floats:
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
