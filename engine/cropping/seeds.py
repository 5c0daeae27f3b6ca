"""What crops this person accepted before say about the next: a gentle pull to their middle and size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.cropping.maps import Floats
from engine.cropping.model import Anchor, Seed

STRENGTH = 0.4  # of the score, when many crops agree
_HALF = 5  # crops after which half of it is felt
_LEAST_SPREAD = 0.08  # of the picture


class Prior:
    """Middles and scales of the seeds of one anchor, as one bell each."""

    def __init__(self, seeds: Sequence[Seed], width: int, height: int) -> None:
        found = np.array([(seed.x, seed.y, seed.scale) for seed in seeds], np.float64).clip(0, 1)
        self.sides = width, height
        self.mean = found.mean(0)
        self.spread = np.sqrt(found.var(0) + _LEAST_SPREAD**2)
        self.strength = STRENGTH * len(seeds) / (len(seeds) + _HALF)

    def pull(self, boxes: Floats) -> Floats:
        """(N,) from 0 to `strength`, of (4, N) boxes."""
        width, height = self.sides
        left, top, right, bottom = boxes
        off = ((left + right) / (2 * width) - self.mean[0]) ** 2 / self.spread[0] ** 2
        off += ((top + bottom) / (2 * height) - self.mean[1]) ** 2 / self.spread[1] ** 2
        off += ((right - left) / width - self.mean[2]) ** 2 / self.spread[2] ** 2
        return np.asarray(self.strength * np.exp(-off / 2), np.float32)


def prior(seeds: Sequence[Seed], anchor: Anchor, width: int, height: int) -> Prior | None:
    """The pull of the seeds of this anchor; None where there are none."""
    fitting = [seed for seed in seeds if seed.anchor == anchor and np.isfinite((seed.x, seed.y, seed.scale)).all()]
    return Prior(fitting, width, height) if fitting else None
