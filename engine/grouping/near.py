"""When two images are near: the one rule that every member of a group keeps with its medoid.

    name  same family name, and pHash within `name_distance`; a name that carries a stage needs no look-alike where it
          also carries a timestamp, or where one of the two is blank (a failed stage belongs to its family)
    look  pHash within `phash_distance`
    time  taken within `window_seconds`, and pHash within `window_distance`

A near-blank image has a hash of rounding noise, so by look it matches an equal hash only, and by time nothing.
`engine.grouping.table` holds the same rule for whole arrays; a property test keeps the two equal.
"""

from __future__ import annotations

import math
import os
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from engine.grouping.model import Item, Via
from engine.library.settings import Groups

BITS = (1 << 64) - 1
BLANK_BITS = 8  # a picture with detail has about 32 of its 64 bits set; one row of the DCT alone sets at most 8
MAX_FAMILY = 32  # a name shared by more images than this says nothing about any of them
_STAGE_FOLDER = re.compile(r"stage[ _.-]?\d+(?:[._]\d+)?", re.IGNORECASE)


def bits(item: Item) -> int:
    """Its pHash as an unsigned 64-bit number."""
    return item.phash & BITS


def is_blank(item: Item) -> bool:
    """True when the hash says nothing about what is to be seen."""
    ones = bits(item).bit_count()
    return item.flat or ones <= BLANK_BITS or ones >= 64 - BLANK_BITS


def is_staged(item: Item) -> bool:
    return item.stage is not None


def seconds(item: Item) -> float | None:
    """Its timestamp, None where there is none that can be compared."""
    return item.timestamp if item.timestamp is not None and math.isfinite(item.timestamp) else None


def family_name(item: Item) -> tuple[str, str] | None:
    """The name an image shares with its family: a place and a stem; None where its name says nothing.

    A stem with a timestamp is one family across the folders of a source; any other only inside its folder, where
    sibling folders called `stage1`, `stage 2` count as one.
    """
    if not item.stem:
        return None
    if item.name_timestamp:
        return "\0" + item.source, item.stem
    folder, last = os.path.split(os.path.dirname(item.path))  # noqa: PTH120 - a hundred thousand of them
    return (folder if _STAGE_FOLDER.fullmatch(last) else os.path.join(folder, last)), item.stem  # noqa: PTH118


def family_numbers(items: Sequence[Item]) -> list[int]:
    """A number for each image's family name; -1 for a name that is alone, empty, or shared by too many."""
    names = [family_name(item) for item in items]
    sizes = Counter(names)
    numbers: defaultdict[tuple[str, str] | None, int] = defaultdict(lambda: len(numbers))
    return [
        numbers[name] if name is not None and 2 <= sizes[name] <= MAX_FAMILY else -1  # never for None
        for name in names
    ]


def near(a: Item, b: Item, same_name: bool, limits: Groups) -> Via | None:
    """Why two images are near, or None when they are not.

    Args:
        same_name: their `family_numbers` are equal and not -1.
        limits: distances in bits of 64, window in seconds (0: off).
    """
    distance = (bits(a) ^ bits(b)).bit_count()
    blank = is_blank(a) or is_blank(b)
    if same_name and limits.by_name:
        sure = (is_staged(a) or is_staged(b)) and (a.name_timestamp or blank)
        if sure or distance <= limits.name_distance:
            return "name"
    if distance <= (0 if blank else limits.phash_distance):
        return "look"
    then, now = seconds(a), seconds(b)
    if blank or then is None or now is None or limits.window_seconds <= 0:
        return None
    return "time" if distance <= limits.window_distance and abs(then - now) <= limits.window_seconds else None
