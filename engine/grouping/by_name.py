"""Near by name: files of one name in different folders, as when a folder was copied and then worked on."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence

import numpy as np

from engine.grouping.nearness import ApartPairs, Floats, Ints, apart_by_rank, by_place, take_classes, unmeasured


class ByName:
    """See `by_name`."""

    def __init__(self, paths: Sequence[str], match_case: bool) -> None:
        numbers: dict[str, int] = {}
        folders: dict[str, int] = {}
        split = [os.path.split(path) for path in paths]
        self._kind = np.array([numbers.setdefault(_key(name, match_case), k) for k, (_, name) in enumerate(split)])
        self._folder = [folders.setdefault(folder, k) for k, (folder, _) in enumerate(split)]

    def gather(self, order: Ints, apart: ApartPairs = ()) -> Ints:
        folder = [self._folder[place] for place in order.tolist()]
        hub = np.full(len(order), -1, np.int64)
        kind = self._kind[order] if len(order) else hub
        take_classes(hub, kind, lambda a, b: folder[a] != folder[b], apart_by_rank(apart, order))
        return by_place(hub, order)

    def between(self, one: Ints, other: Ints) -> tuple[Ints, Floats]:
        return unmeasured(one, other)


def _key(name: str, match_case: bool) -> str:
    """Composed Unicode, as macOS hands out decomposed names; folded twice, because folding may decompose again."""
    name = unicodedata.normalize("NFC", name)
    return name if match_case else unicodedata.normalize("NFC", name.casefold())


def by_name(paths: Sequence[str], *, match_case: bool = False) -> ByName:
    """Near where the file names, extension and all, are equal and the folders are not.

    Two spellings of one name in the same folder are never near: they are two files on purpose.

    Args:
        paths: of the images, as text.
        match_case: `A.png` and `a.png` are two names; otherwise, as on most Macs and on Windows, one.
    """
    return ByName(paths, match_case)
