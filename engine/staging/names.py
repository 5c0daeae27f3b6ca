"""Names in the staging folder: a unit keeps its own, or all of its files get the same clear suffix."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence

from engine.library.text import to_name

NAME_BYTES = 255  # the most a name may have on every disk in use


def key(name: str) -> str:
    """The same for names that some disk takes for one: other case, other composition of accents."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


class Taken:
    """The names in one folder, on the disk and promised."""

    def __init__(self, names: Iterable[str]) -> None:
        self._keys = {key(name) for name in names}

    def claim(self, names: Sequence[str], stem: str) -> list[str]:
        """Names (text) for files that all begin with `stem`: their own, or `stem (2)…`, `stem (3)…`."""
        number = 1
        wanted = list(names)
        while not self._keys.isdisjoint(keys := [key(name) for name in wanted]):
            number += 1
            wanted = _numbered(names, stem, f" ({number})")
        self._keys.update(keys)
        return wanted


def _numbered(names: Sequence[str], stem: str, suffix: str) -> list[str]:
    rests = [name[len(stem) :] for name in names]
    while stem and max(len(_bytes(stem + suffix + rest)) for rest in rests) > NAME_BYTES:
        stem = stem[:-1]
    return [stem + suffix + rest for rest in rests]


def _bytes(text: str) -> bytes:
    return os.fsencode(to_name(text))


def common_stem(images: Iterable[str]) -> str:
    """The stem that every file of a unit begins with: that of images sharing companions is the shortest of theirs."""
    return min((os.path.splitext(name)[0] for name in images), key=len)  # noqa: PTH122 - names, not paths
