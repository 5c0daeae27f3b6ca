"""One take of a scene: the same scene every time, apart from what a second run of a generator would change."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from engine.demo.canvas import Canvas

Picture = npt.NDArray[np.uint8]  # (height, width, 3), RGB
LARGEST = (768, 1024)


class Take:
    """What a scene draws from.

    Attributes:
        fixed: the same numbers for every take of a scene.
        free: this take's own numbers.
        detail: 0 (a first sketch) to 1 (the last stage).
    """

    def __init__(self, scene: int, take: int, *, detail: float = 1.0, scale: float = 1.0, wide: bool = False) -> None:
        self.fixed = np.random.default_rng(scene)
        self.free = np.random.default_rng((scene, take))
        self.detail = detail
        short, long = (round(side * scale) for side in LARGEST)
        self._size = (long, short) if wide else (short, long)

    def canvas(self) -> Canvas:
        return Canvas(*self._size)

    def nudge(self, amount: float) -> float:
        """This take's small deviation, normally about `amount`."""
        return float(self.free.normal(0, amount))


Scene = Callable[[Take], Picture]
