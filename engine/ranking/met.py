"""Which images have met: no pair is asked about twice, and a skipped pair does not come back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence


class Met:
    """Pairs, kept as the matches each image was in: memory grows with matches, not with their pairs."""

    def __init__(self) -> None:
        self._of: dict[int, set[int]] = defaultdict(set)
        self._matches: dict[tuple[int, ...], list[int]] = defaultdict(list)
        self._next = 0

    def add(self, items: Sequence[int]) -> None:
        self._matches[tuple(sorted(items))].append(self._next)
        for item in items:
            self._of[item].add(self._next)
        self._next += 1

    def remove(self, items: Sequence[int]) -> None:
        """Forget one match of these images; nothing happens where there was none."""
        known = self._matches.get(tuple(sorted(items)))
        if not known:
            return
        match = known.pop()
        if not known:
            del self._matches[tuple(sorted(items))]
        for item in items:
            self._of[item].discard(match)

    def have(self, one: int, other: int) -> bool:
        mine, theirs = self._of.get(one), self._of.get(other)
        return bool(mine and theirs and not mine.isdisjoint(theirs))

    def any(self, one: int, others: Iterable[int]) -> bool:
        return any(self.have(one, other) for other in others)
