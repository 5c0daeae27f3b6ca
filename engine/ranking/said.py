"""What every match says of each of its images: nearly all that a ranking holds in memory, so two bytes a number.

Log chances lie between 0 and -69 (`belief.TINY`). They are kept in steps of 1/400, a twentieth of the change at which
fitting stops.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.ranking.belief import Floats, Ints

STEPS = np.float32(400)  # of one log unit; -69 is -27 600
SPARE = 1000  # entries there is room for before all must be copied: more than come between two fits, as a rule


class Said:
    """Log messages, (entries, g), the oldest first; a stack, as the answers are."""

    def __init__(self, size: int, entries: int = 0) -> None:
        """So many that say nothing, on a grid of `size` points."""
        self._rows = np.zeros((entries + SPARE, size), np.int16)
        self._count = entries

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, at: slice | Ints) -> Floats:
        """(k, g) messages of some entries."""
        return np.multiply(self._rows[: self._count][at], 1 / STEPS, dtype=np.float32)

    def __setitem__(self, at: slice | Ints, said: Floats) -> None:
        self._rows[: self._count][at] = np.rint(said * STEPS)

    def copy(self) -> Said:
        same = Said(self._rows.shape[1], self._count)
        same._rows[: self._count] = self._rows[: self._count]
        return same

    def extend(self, entries: int) -> None:
        """So many more that say nothing."""
        if self._count + entries > len(self._rows):
            room = np.zeros((self._count + entries + SPARE, self._rows.shape[1]), np.int16)
            room[: self._count] = self._rows[: self._count]
            self._rows = room
        self._rows[self._count : self._count + entries] = 0
        self._count += entries

    def append(self, said: Floats) -> None:
        """(k, g) of the entries that come next."""
        self.extend(len(said))
        self[len(self) - len(said) :] = said

    def cut(self, count: int) -> None:
        """Forget all but the first so many."""
        self._count = min(self._count, count)

    def sum(self, entries: Ints) -> npt.NDArray[np.float64]:
        """(g,) all that these say together."""
        return np.asarray(self._rows[entries].sum(axis=0) / STEPS)
