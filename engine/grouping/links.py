"""What a person said of pairs of images, made free of contradictions: who must be together and who must be apart.

Must-link and cannot-link constraints as in Wagstaff et al., "Constrained K-means Clustering with Background Knowledge"
(2001). Together is transitive, and apart reaches everybody who is together with one of the two. Answers are taken from
the newest to the oldest, and one that the newer ones do not allow is overruled.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Link(NamedTuple):
    """One answer: two image ids, whether they belong together, and when it was given (ISO 8601, UTC)."""

    one: int
    other: int
    same: bool
    at: str


class Settled(NamedTuple):
    """Answers that can all be kept.

    Attributes:
        bundle: number of the bundle of every image that an answer is about; images of one bundle belong together.
        apart: of a bundle the bundles that it must not meet; both ways.
        overruled: the answers that newer ones contradict, newest first.
    """

    bundle: dict[int, int]
    apart: dict[int, set[int]]
    overruled: tuple[Link, ...]


def settle(links: Iterable[Link]) -> Settled:
    """Keep as many answers as do not contradict newer ones. The order they come in does not matter."""
    run = _Run()
    overruled = [link for link in sorted(set(links), key=_age, reverse=True) if not run.take(link)]
    return Settled({image: run.find(image) for image in run.parent}, run.foes, tuple(overruled))


def _age(link: Link) -> tuple[str, int, int, bool]:
    return link.at, link.one, link.other, link.same


class _Run:
    """Union-find over images, with the foes of each bundle by its root."""

    def __init__(self) -> None:
        self.parent: dict[int, int] = {}
        self.size: dict[int, int] = {}
        self.foes: dict[int, set[int]] = {}

    def find(self, image: int) -> int:
        root = self.parent.setdefault(image, image)
        while root != self.parent[root]:
            self.parent[root] = self.parent[self.parent[root]]
            root = self.parent[root]
        return root

    def take(self, link: Link) -> bool:
        """Take an answer up, or say that it cannot be kept."""
        one, other = self.find(link.one), self.find(link.other)
        if link.same:
            if other in self.foes.get(one, ()):
                return False
            self._join(one, other)
            return True
        if one == other:
            return False
        self.foes.setdefault(one, set()).add(other)
        self.foes.setdefault(other, set()).add(one)
        return True

    def _join(self, one: int, other: int) -> None:
        if one == other:
            return
        big, small = (one, other) if self.size.get(one, 1) >= self.size.get(other, 1) else (other, one)
        self.parent[small] = big
        self.size[big] = self.size.get(big, 1) + self.size.get(small, 1)
        for foe in self.foes.pop(small, set()):
            self.foes[foe].discard(small)
            self.foes[foe].add(big)
            self.foes.setdefault(big, set()).add(foe)
