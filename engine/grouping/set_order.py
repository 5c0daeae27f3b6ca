"""Which of two sets stays: the one with fewer defective images, then of better quality, then the older."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.grouping.stage_sets import StageSet

_DIGITS = 2  # of the mean quality: sets that look the same differ by less, and then the older stays


class Order:
    """The rule over sets, and its reasons."""

    def __init__(self, quality: npt.NDArray[np.float64], defective: npt.NDArray[np.bool_]) -> None:
        """
        Args:
            quality: (n,) 0 to 1, by the place of an image among the items.
            defective: (n,) it has a defect.
        """
        self._quality, self._defective = quality, defective

    def best_first(self, sets: Sequence[StageSet]) -> list[int]:
        """The indices of the sets, those that stay first; any order of `sets` gives the same order of keys."""
        return sorted(range(len(sets)), key=lambda index: self._key(sets[index]))

    def why(self, stays: StageSet, goes: StageSet) -> str:
        """Why one stays and the other goes, for a person; also where a person turned it round."""
        (few, good, *_), (many, poor, *_) = self._key(stays), self._key(goes)
        if few < many:
            return f"fewer images with defects: {few} against {many}"
        if few == many and -good > -poor:
            return f"better quality: {-good:.0%} against {-poor:.0%}"
        if (few, good) == (many, poor) and stays.seconds < goes.seconds:
            return "equally good, and the older one"
        return "you chose it"

    def _key(self, one: StageSet) -> tuple[int, float, float, str]:
        places = list(one.places)
        mean = float(np.mean(self._quality[places]))
        good = round(mean, _DIGITS) if np.isfinite(mean) else 0.0
        return int(self._defective[places].sum()), -good, one.seconds, one.key
