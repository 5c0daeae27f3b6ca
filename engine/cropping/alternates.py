"""The other framings offered beside the best: each far enough from the others, each for a reason of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from engine.cropping.model import Box
from engine.cropping.rules import Flags
from engine.cropping.search import APART, Measured, Search, best_of, overlap

_CLOSE, _TIGHTER, _ROOMIER = 0.65, 0.87, 1.15  # of the best's width


class Kind(NamedTuple):
    """A reason.

    Attributes:
        name: `close`, `tighter`, `moved`, `roomier`, `whole`, `fuller` (unclean, where the best is clean), `cleaner`.
        fits: which windows are of this kind.
    """

    name: str
    fits: Callable[[Measured], Flags]


class Choice(NamedTuple):
    """A framing and its reason."""

    kind: str
    box: Box


def kinds(search: Search, best: Box, clean: bool) -> list[Kind]:
    """The reasons there may be for another framing than `best`, which is clean or not."""
    width = best[2] - best[0]
    whole = search.scene.width

    def scale(least: float, most: float) -> Callable[[Measured], Flags]:
        def fits(found: Measured) -> Flags:
            part = (found.boxes[2] - found.boxes[0]) / width
            like = found.clean if clean else np.True_
            return np.asarray((part >= least) & (part < most) & found.keeps & like)

        return fits

    def is_whole(found: Measured) -> Flags:
        like = found.clean if clean else np.True_
        return np.asarray((found.boxes[2] - found.boxes[0] == whole) & like)

    return [
        Kind("tighter", scale(_CLOSE, _TIGHTER)),
        Kind("moved", scale(_TIGHTER, _ROOMIER)),
        Kind("roomier", scale(_ROOMIER, np.inf)),
        Kind("whole", is_whole),
        Kind("close", scale(0, _CLOSE)),
        Kind("fuller", lambda some: ~some.clean) if clean else Kind("cleaner", lambda some: some.clean & ~some.keeps),
    ]


def alternates(search: Search, found: Measured, best: Box, clean: bool, most: int = 2) -> list[Choice]:
    """At most `most` other framings, most worth first; fewer where no lawful window is far enough from the others."""
    chosen: list[Choice] = []
    left = kinds(search, best, clean)
    while left and len(chosen) < most:
        taken = [best, *(choice.box for choice in chosen)]
        apart = _apart(found, taken)
        ranked = [(at, kind) for kind in left if (at := best_of(found.worth, apart & kind.fits(found))) is not None]
        if not ranked:
            break
        at, kind = max(ranked, key=lambda pair: found.worth[pair[0]])
        box = search.refined(found.box(at), _both(kind, taken))
        chosen.append(Choice("whole" if box[2] - box[0] == search.scene.width else kind.name, box))
        left = [other for other in left if other.name not in (kind.name, chosen[-1].kind)]
    return chosen


def _both(kind: Kind, taken: list[Box]) -> Callable[[Measured], Flags]:
    return lambda near: _apart(near, taken) & kind.fits(near)


def _apart(found: Measured, taken: list[Box]) -> Flags:
    apart = np.ones(found.worth.size, np.bool_)
    for box in taken:
        apart &= overlap(found.boxes, box) < APART
    return apart
