"""What a worker process does to tell whether pairs are one picture edited."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import cv2

from engine.errors import Unreadable
from engine.vision import likeness
from engine.vision.pictures import Picture
from engine.vision.reading import grey

SKETCHES = 256  # pictures remembered: 0.1 MB each, 0.8 MB with all orientations
UNREAD = 2.0


class Pair(NamedTuple):
    """Two pictures to compare."""

    one: Picture
    other: Picture


def prepare() -> None:
    """What a worker does before its first batch."""
    cv2.setNumThreads(1)


def process(thumbs_dir: str, enough: float, any_way_up: bool, batch: tuple[Pair, ...]) -> list[float]:
    """How much each pair differs, 0 to 1; `UNREAD` where one of the two cannot be read."""
    return [_changed(thumbs_dir, enough, pair, 8 if any_way_up else 1) for pair in batch]


def _changed(thumbs_dir: str, enough: float, pair: Pair, turns: int) -> float:
    least = 1.0
    try:
        one = _sketches(thumbs_dir, pair.one, 1)[0]
        for other in _sketches(thumbs_dir, pair.other, turns):
            least = min(least, likeness.changed(one, other, enough))
            if least <= enough:
                break
    except Unreadable:
        return UNREAD
    return least


@lru_cache(SKETCHES)
def _sketches(thumbs_dir: str, picture: Picture, turns: int) -> list[likeness.Sketch]:
    """Of the first `turns` orientations."""
    read = grey(picture, thumbs_dir)
    return [likeness.sketch(way_up) for way_up in islice(likeness.turned(read), turns)]
