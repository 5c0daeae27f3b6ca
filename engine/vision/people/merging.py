"""Which of the hands found in several parts of a picture are one hand, and which are none at all. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from engine.vision.people.boxes import inside, longer, overlap
from engine.vision.seen import Hand

SAME = 0.35  # mean distance of like points, in hand sizes: of one hand 0.02 to 0.2, of neighbours from 0.5
AGREE = 0.22  # the same for two looks that are to confirm each other
COVERS = 0.45  # overlap of boxes from which two finds are one hand even where their fingers are read unlike
PALM = (0, 5, 9, 13, 17)
CHAINS = ((0, 1, 2, 3, 4), (0, 5, 6, 7, 8), (0, 9, 10, 11, 12), (0, 13, 14, 15, 16), (0, 17, 18, 19, 20))


def size(hand: Hand) -> float:
    """How large a hand is, px: the longer side of its box, or twice its palm where fingers are curled."""
    points = np.asarray(hand.points)
    palm = float(np.linalg.norm(points[0] - points[9]))
    return max(longer(hand.box), 2 * palm, 1e-6)


def apart(a: Hand, b: Hand) -> float:
    """Mean distance of like points of two hands, as a share of the larger one's size."""
    distance = np.linalg.norm(np.asarray(a.points) - np.asarray(b.points), axis=1).mean()
    return float(distance) / max(size(a), size(b))


def same(a: Hand, b: Hand) -> bool:
    """Whether two finds are one hand."""
    if apart(a, b) < SAME or overlap(a.box, b.box) > COVERS:
        return True
    return max(inside(a.box, b.box), inside(b.box, a.box)) > 0.8 and apart(a, b) < 2 * SAME


def agree(a: Hand, b: Hand) -> bool:
    """Whether two looks saw one hand alike."""
    return apart(a, b) < AGREE


def merged(known: Sequence[Hand], more: Sequence[Hand]) -> list[Hand]:
    """`known`, then those of `more` that are none of the hands before them."""
    kept = list(known)
    for hand in more:
        if not any(same(hand, other) for other in kept):
            kept.append(hand)
    return kept


def gathered(looks: Sequence[Sequence[Hand]]) -> list[list[Hand]]:
    """The finds of several looks, those of one hand together: each group in order of the looks, one a look."""
    groups: list[list[Hand]] = []
    for look in looks:
        taken: set[int] = set()
        for hand in look:
            near = [(apart(hand, g[0]), i) for i, g in enumerate(groups) if i not in taken and same(hand, g[0])]
            if near:
                index = min(near)[1]
                groups[index].append(hand)
                taken.add(index)
            else:
                taken.add(len(groups))
                groups.append([hand])
    return groups


def most_central(group: Sequence[Hand]) -> Hand:
    """The hand of a group whose points are nearest to all the others'; the first among equals."""
    return min(group, key=lambda hand: sum(apart(hand, other) for other in group))


def plausible(hand: Hand, largest: float) -> bool:
    """Whether 21 points can be a hand at all: between 10 px and `largest` px, not collapsed into a point or a line.

    The model always answers with 21 points; on what is no hand they often shrink into a knot or fan out like none.
    """
    points = np.asarray(hand.points)
    if not np.isfinite(points).all() or not 10 <= longer(hand.box) <= largest:
        return False
    palm = points[list(PALM)]
    span = np.linalg.norm(palm - palm.mean(axis=0), axis=1).mean()
    lengths = [sum(float(np.linalg.norm(points[b] - points[a])) for a, b in pairwise(chain)) for chain in CHAINS]
    return bool(span > 0.06 * longer(hand.box) and max(lengths) < 12 * max(span, 1e-6))
