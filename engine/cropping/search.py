"""The search: every window is asked for the rules and measured, then the chosen ones are refined to the pixel.

Nothing is sampled by chance: the same scene gives the same answer. Where two windows are worth the same the earlier one
stays, and the whole picture stands before all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.cropping import terms, windows
from engine.cropping.maps import Floats
from engine.cropping.model import Box, Scene
from engine.cropping.rules import Flags, Rules
from engine.cropping.seeds import Prior

APART = 0.74  # overlap below which two framings are two; a hair below the 0.75 that is promised
_CHUNK = 8192  # windows at once: what is worked on stays in the processor's cache
_ALIKE = 1e-6


class Measured(NamedTuple):
    """Lawful windows.

    Attributes:
        boxes: (4, N) whole pixels; values: (9, N) in the order of TERMS.
        worth: (N,) weights times terms, and the pull of accepted crops.
        clean: (N,) without a strong keep-out; keeps: (N,) with most of the subject.
    """

    boxes: Floats
    values: Floats
    worth: Floats
    clean: Flags
    keeps: Flags

    def box(self, at: int) -> Box:
        x1, y1, x2, y2 = (int(side) for side in self.boxes[:, at])
        return x1, y1, x2, y2


class Search:
    """The search in one scene with one set of weights."""

    def __init__(
        self, scene: Scene, weights: Mapping[str, float], margin: float, smallest: float, prior: Prior | None = None
    ) -> None:
        self.scene, self.smallest, self.prior = scene, min(max(smallest, 0.01), 1.0), prior
        self.weights = terms.signed(weights)
        self.ruler = terms.Ruler(scene, margin)
        self.rules = Rules(scene, self.ruler.subject, margin)

    def all(self) -> Measured:
        """Every lawful window at the working resolution; the last is the whole picture."""
        marks = list(self.rules.keep_out) + ([self.rules.inside] if self.rules.inside else [])
        return self.measured(windows.everywhere(self.scene.width, self.scene.height, self.smallest, marks))

    def measured(self, boxes: Floats) -> Measured:
        """The lawful ones of (4, N) windows, measured."""
        parts = [self._part(boxes[:, at : at + _CHUNK]) for at in range(0, boxes.shape[1], _CHUNK)]
        return Measured(*(np.concatenate(column, axis=-1) for column in zip(*parts, strict=True)))

    def _part(self, boxes: Floats) -> Measured:
        boxes = boxes.take(np.flatnonzero(self.rules.lawful(boxes)), axis=1)
        values = self.ruler.measure(boxes)
        worth = self.weights @ values
        if self.prior is not None:
            worth = worth + self.prior.pull(boxes)
        keeps = self.rules.keeps_most(boxes, values[0])
        return Measured(boxes, values, worth, self.rules.clean(boxes), keeps)

    def refined(self, box: Box, wanted: Callable[[Measured], Flags]) -> Box:
        """The best window near this one, to the pixel; `wanted` says which are allowed at all."""
        reach = windows.stride(self.scene.width, self.scene.height)
        while reach > 1:
            reach = max(1, reach // windows.FINER)
            near = windows.about(self.scene.width, self.scene.height, self.smallest, box, reach)
            here = np.array(box, np.float32)[:, None]
            found = self.measured(np.concatenate([here, near], axis=1))
            at = best_of(found.worth, wanted(found))
            box = box if at is None else found.box(at)
        return box


def best_of(worth: Floats, allowed: Flags) -> int | None:
    """The place of the most worth among the allowed, the first of equals; None where none is allowed."""
    if not allowed.any():
        return None
    return int(np.where(allowed, worth, -np.inf).argmax())


def overlap(boxes: Floats, box: Sequence[float]) -> npt.NDArray[np.float64]:
    """(N,) area in common over area in all of (4, N) boxes and one."""
    x1, y1, x2, y2 = (float(side) for side in box)
    sides = boxes.astype(np.float64)
    across = np.minimum(sides[2], x2) - np.maximum(sides[0], x1)
    down = np.minimum(sides[3], y2) - np.maximum(sides[1], y1)
    both = np.maximum(across, 0) * np.maximum(down, 0)
    either = (sides[2] - sides[0]) * (sides[3] - sides[1]) + (x2 - x1) * (y2 - y1) - both
    return np.asarray(both / either)
