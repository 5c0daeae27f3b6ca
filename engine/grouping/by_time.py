"""Near by time: made within some seconds of the keeper, at the same stage.

Stars around keepers bound the spread: a steady stream of images is cut in windows of ± N seconds round each keeper,
where linking neighbours would call a whole day one burst.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.grouping.nearness import Apart, ApartPairs, Floats, Ints, apart_by_rank, by_place, unmeasured


class ByTime:
    """See `by_time`."""

    def __init__(self, times: Floats, stages: npt.ArrayLike | Sequence[str], within_seconds: float) -> None:
        if not within_seconds >= 0:
            raise ValueError("the window is 0 seconds or more")
        self._times = np.asarray(times, np.float64)
        _, stage = np.unique(np.asarray(stages), return_inverse=True)
        self._stage: Ints = stage.astype(np.int64)
        self._within = float(within_seconds)

    def gather(self, order: Ints, apart: ApartPairs = ()) -> Ints:
        hub = np.full(len(order), -1, np.int64)
        timed = np.flatnonzero(np.isfinite(self._times[order]))  # ranks
        times, stage = self._times[order[timed]], self._stage[order[timed]]
        sort = np.lexsort((timed, times, stage))
        line = _Line(timed[sort], times[sort], stage[sort], self._within)
        limits = apart_by_rank(apart, order)
        for spot in np.argsort(line.ranks).tolist():
            line.take(spot, hub, limits)
        return by_place(hub, order)

    def between(self, one: Ints, other: Ints) -> tuple[Ints, Floats]:
        return unmeasured(one, other)


class _Line:
    """All timed images by stage, then time; each spot knows the next free one behind it."""

    def __init__(self, ranks: Ints, times: Floats, stage: Ints, within: float) -> None:
        self.ranks = ranks
        self._times, self._within, self._rank = times.tolist(), within, ranks.tolist()
        self._next = list(range(len(ranks) + 1))
        starts = np.flatnonzero(np.diff(stage)) + 1
        self._first, self._stop = np.zeros(len(ranks), np.int64), np.zeros(len(ranks), np.int64)
        for part in np.split(np.arange(len(ranks)), starts):
            # A little wider than the window: rounding must not lose an image, and each is looked at again.
            wide = within + 4 * np.finfo(np.float64).eps * np.maximum(np.abs(times[part]), within)
            with np.errstate(over="ignore"):
                low, high = times[part] - wide, times[part] + wide
            offset = part[0] if len(part) else 0
            self._first[part] = offset + np.searchsorted(times[part], low, side="left")
            self._stop[part] = offset + np.searchsorted(times[part], high, side="right")

    def take(self, spot: int, hub: Ints, apart: Apart) -> None:
        """Let the image at this spot, if it is free, gather the free ones in its window, best first."""
        if hub[self._rank[spot]] >= 0:
            return
        keeper, now = self._rank[spot], self._times[spot]
        hub[keeper] = keeper
        self._next[spot] = spot + 1
        free, at, stop = [], self._free(int(self._first[spot])), int(self._stop[spot])
        while at < stop:
            if abs(self._times[at] - now) <= self._within:
                free.append((self._rank[at], at))
            at = self._free(at + 1)
        for rank, at in sorted(free):
            if apart.joins(keeper, rank):
                hub[rank] = keeper
                self._next[at] = at + 1

    def _free(self, at: int) -> int:
        """The first free spot from here on, with path halving (Tarjan and van Leeuwen, 1984)."""
        following = self._next
        while following[at] != at:
            following[at] = following[following[at]]
            at = following[at]
        return at


def by_time(times: Floats, stages: npt.ArrayLike | Sequence[str], within_seconds: float) -> ByTime:
    """Near where made within `within_seconds` of each other, both ends included, at the same stage.

    Args:
        times: shape (n,), seconds on any clock; an image without a finite time is near nothing.
        stages: shape (n,), numbers or texts; images without a stage (nan, "") are of one stage among themselves.
        within_seconds: 0 or more.

    Raises:
        ValueError: a window below 0.
    """
    return ByTime(times, stages, within_seconds)
