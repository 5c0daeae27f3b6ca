"""Simulated judges: what a person with a taste, an unsteady hand and a long day would pick."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.ranking.outcome import Outcome

Doubles = npt.NDArray[np.float64]

Kind = Literal["steady", "logistic", "draws", "tired", "moody"]
SESSION = 250  # picks after which a moody judge comes back in another mood
MOOD = 0.3  # standard deviation of how a mood shifts each image, in spreads of the field
TIRED = 1.0  # a tired judge's noise has doubled after this many thousand picks
NEAR = 0.5  # a judge who draws calls it one where the two best perform this near, in units of the noise


class Judge:
    """Picks the best of a few by its true utility plus noise.

    - `steady`: Gumbel noise of one scale (Luce's model); `logistic`: logistic noise of that scale.
    - `draws`: steady, but says "equal" where the two best are near.
    - `tired`: steady, with noise that grows by the pick.
    - `moody`: steady within a session; every session sees each image a little differently.
    """

    def __init__(self, utility: Doubles, noise: float, kind: Kind, rng: np.random.Generator) -> None:
        """Args: utility: (n,); noise: scale in the units of `utility`."""
        self._utility, self._noise, self._kind, self._rng = utility, noise, kind, rng
        self._picks = 0
        self._mood: Doubles = np.zeros(len(utility))

    def pick(self, items: tuple[int, ...]) -> Outcome:
        """One answered match of these images."""
        if self._kind == "moody" and self._picks % SESSION == 0:
            self._mood = MOOD * self._rng.standard_normal(len(self._utility))
        noise = self._noise * (1 + self._picks / 1000 / TIRED if self._kind == "tired" else 1)
        self._picks += 1
        shown = list(items)
        draw = self._rng.logistic if self._kind == "logistic" else self._rng.gumbel
        seen = self._utility[shown] + self._mood[shown] + noise * draw(size=len(shown))
        order = np.argsort(-seen)
        if self._kind == "draws" and seen[order[0]] - seen[order[1]] < NEAR * noise:
            return Outcome(items, draw=True)
        best = int(order[0])
        return Outcome((items[best], *items[:best], *items[best + 1 :]))
