"""Answered matches in order, as flat arrays: a ranking holds some twenty bytes of each pick, whatever their number.

Also which images have met, as no pair is asked about twice: that is looked up in the same arrays.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from engine.ranking.belief import Entries
from engine.ranking.outcome import Outcome

Ints = npt.NDArray[np.int64]


class Answers:
    """A stack of outcomes, and their entries: one an image, or n * n of a draw of n, which stands as n matches of
    weight 1/n, each won by another of its images.
    """

    def __init__(self, outcomes: Iterable[Outcome] = ()) -> None:
        self._images = array("i")  # of every entry
        self._ends = array("i")  # of every outcome, among the entries
        self._draws = array("b")
        for outcome in outcomes:
            self.push(outcome)

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, at: int) -> Outcome:
        """The outcome at a place from 0, the oldest, on."""
        start, draw = self.start(at), bool(self._draws[at])
        images = tuple(self._images[start : self._ends[at]])
        return Outcome(images[: round(len(images) ** 0.5)] if draw else images, draw)

    def start(self, at: int) -> int:
        """The first entry of an outcome; of the one that comes next, how many entries there are."""
        return self._ends[at - 1] if at else 0

    def push(self, outcome: Outcome) -> None:
        items, draw = outcome
        for first in range(len(items)) if draw else (0,):
            self._images.extend(items[first:] + items[:first])
        self._ends.append(len(self._images))
        self._draws.append(draw)

    def pop(self) -> Outcome:
        """Forget the last one."""
        last = self[len(self) - 1]
        del self._images[self.start(len(self) - 1) :]
        del self._ends[-1], self._draws[-1]
        return last

    def entries(self) -> Entries:
        """All of them, the winner of each match first."""
        width = np.diff(np.array(self._ends, np.int64), prepend=0)
        matches = np.where(np.array(self._draws, np.bool_), np.rint(np.sqrt(width)), 1).astype(np.int64)
        sizes = np.repeat(width // matches, matches)
        match = np.repeat(np.arange(len(sizes)), sizes)
        weight = np.repeat(1 / matches, width).astype(np.float32)
        return Entries(np.array(self._images, np.int64), np.cumsum(sizes) - sizes, match, weight)

    def where(self, image: int) -> Ints:
        """The entries of an image. Looking through them all takes ten microseconds a hundred thousand."""
        return np.flatnonzero(np.asarray(self._images) == image)

    def met(self, image: int) -> set[int]:
        """All images that were in a match with this one, itself included; none where it was in none."""
        found = self.where(image).astype(np.int32) if len(self) else ()
        if not len(found):
            return set()
        ends = np.asarray(self._ends)
        outcome = np.unique(np.searchsorted(ends, found, "right"))
        last = ends[outcome]
        first = np.where(outcome > 0, ends[outcome - 1], 0)
        width = last - first
        entry = np.arange(width.sum()) + np.repeat(last - np.cumsum(width), width)
        return set(np.asarray(self._images)[entry].tolist())
