"""Which images have met: no pair is asked about twice, and a skipped pair does not come back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Met:
    """Pairs, kept as the matches each image was in: memory grows with matches, not with their pairs."""

    def __init__(self) -> None:
        self._of: dict[int, list[int]] = {}
        self._sizes = bytearray()  # of each match, at most 9

    def add(self, items: Sequence[int]) -> None:
        for item in items:
            self._of.setdefault(item, []).append(len(self._sizes))
        self._sizes.append(len(items))

    def remove(self, items: Sequence[int]) -> None:
        """Forget the last match of just these images; nothing happens where there was none."""
        shared = set.intersection(*(set(self._of.get(item, ())) for item in items))
        same = [match for match in shared if self._sizes[match] == len(items)]
        for item in items if same else ():
            self._of[item].remove(max(same))

    def any(self, one: int, others: Iterable[int]) -> bool:
        """Whether `one` has met any of `others`."""
        mine = set(self._of.get(one, ()))
        return bool(mine) and not all(mine.isdisjoint(self._of.get(other, ())) for other in others)
