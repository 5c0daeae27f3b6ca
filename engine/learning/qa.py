"""Decisions that may be slips: those that the model and the person's other decisions speak against.

The idea is confident learning's (Northcutt, Jiang and Chuang, "Confident learning: estimating uncertainty in dataset
labels", JAIR 2021): a label is doubted where a fit that never saw it gives the other answer at least the chance it
gives, on average, to labels of that kind. Inconsistent pairs (A before B before C before A) are the strongly connected
parts of who won over whom (Tarjan 1972).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Doubted(NamedTuple):
    """A pair of the person's that is contradicted: its place, and the chance of the other answer, 0.5 to 1."""

    pair: int
    against: float


def contradicted(chance: Floats, weight: Floats) -> list[Doubted]:
    """The pairs that are doubted, most doubted first.

    Args:
        chance: (n,) that a pair goes as the person decided, by a fit that saw neither family; NaN where there is none.
        weight: (n,) 1 for a pick; draws are never doubted.
    """
    judged = np.isfinite(chance) & (weight == 1)
    if not judged.any():
        return []
    usual = max(0.5, float(chance[judged].mean()))
    against = np.where(judged, 1 - chance, 0)
    found = np.flatnonzero(judged & (against >= usual) & (against > 0.5))
    return [Doubted(int(place), float(against[place])) for place in found[np.argsort(-against[found], kind="stable")]]


def cycles(winner: Ints, loser: Ints, weight: Floats) -> list[list[int]]:
    """Sets of images each of which came before another of them and behind another, largest first.

    Args:
        winner, loser: (n,) image ids; weight: (n,) 1 for a pick; draws are left out.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    picks = weight == 1
    ends = np.stack([winner[picks], loser[picks]])
    if not ends.size:
        return []
    images, places = np.unique(ends, return_inverse=True)
    places = places.reshape(ends.shape)
    n = len(images)
    graph = coo_matrix((np.ones(places.shape[1], np.int8), (places[0], places[1])), shape=(n, n)).tocsr()
    _, part = connected_components(graph, directed=True, connection="strong")
    sizes = np.bincount(part)
    order = sorted(np.flatnonzero(sizes > 1), key=lambda one: (-int(sizes[one]), int(one)))
    found = [[int(image) for image in images[part == one]] for one in order]
    return sorted(found, key=lambda some: (-len(some), some))
