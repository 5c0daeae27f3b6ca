"""Splits that hold whole families out, never single images: near-duplicates on both sides would flatter every figure.

Images are one unit where they are of one group, were shown as one family, or come from one prompt. A pair is held out
where both of its images are, and learned from where neither is.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FOLDS = 5
_LARGEST = 0.5  # of the images in one unit by prompts: then a prompt says nothing of families here


def units(groups: Ints, prompts: Sequence[str], families: Iterable[Sequence[int]]) -> Ints:
    """Number the units.

    Args:
        groups: (n,) the group of each image, below 0 for none.
        prompts: n texts, "" for none.
        families: places of images that belong together, a sequence each.

    Returns:
        (n,) numbers from 0, equal for images that are never split.
    """
    ties = [("g", int(group)) if group >= 0 else None for group in groups]
    shown = list(families)
    bound = _joined(len(groups), [ties], shown)
    said = [("p", prompt) if prompt else None for prompt in prompts]
    if not any(said):
        return bound
    both = _joined(len(groups), [ties, said], shown)
    return both if np.bincount(both).max() <= _LARGEST * len(both) else bound


def _joined(n: int, ties: Sequence[Sequence[Hashable | None]], shown: Sequence[Sequence[int]]) -> Ints:
    """Connected components of images that share a tie."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    first: dict[Hashable, int] = {}
    edges: list[tuple[int, int]] = []
    for kind in ties:
        edges += [(place, first.setdefault(tie, place)) for place, tie in enumerate(kind) if tie is not None]
    edges += [(family[0], other) for family in shown for other in family[1:]]
    ends = np.array(edges, np.int64).reshape(-1, 2)
    graph = coo_matrix((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def folds(winner: Ints, loser: Ints, k: int = FOLDS, deal: int = 0) -> list[tuple[Ints, Ints]]:
    """Deal the units of n pairs into k folds of about as many pairs, always the same way.

    Args:
        winner, loser: (n,) the unit of each image of a pair.
        deal: another number deals otherwise; pairs of two units are held out together in some deals only.

    Returns:
        Of each fold the pairs to learn from and the pairs held out; folds that lack either are left out.
    """
    names, sizes = np.unique(np.concatenate([winner, loser]), return_counts=True)
    order = np.lexsort((_shuffled(names + (deal << 32)), -sizes))
    load, fold_of = np.zeros(k), np.zeros(len(names), np.int64)
    for place in order:
        fold_of[place] = load.argmin()
        load[fold_of[place]] += sizes[place]
    one, other = fold_of[np.searchsorted(names, winner)], fold_of[np.searchsorted(names, loser)]
    found = [(np.flatnonzero((one != f) & (other != f)), np.flatnonzero((one == f) & (other == f))) for f in range(k)]
    return [(learn, held) for learn, held in found if len(learn) and len(held)]


def recent(choice: Ints, winner: Ints, loser: Ints, last: int) -> tuple[Ints, Ints]:
    """The pairs before the last so many choices, and those of them.

    Families of the recent choices are left out of the earlier ones, unless that leaves less than half of them.
    """
    slice_ = choice > choice.max(initial=0) - last
    units_ = np.unique(np.concatenate([winner[slice_], loser[slice_]]))
    apart = ~slice_ & ~np.isin(winner, units_) & ~np.isin(loser, units_)
    before = apart if 2 * apart.sum() >= (~slice_).sum() else ~slice_
    return np.flatnonzero(before), np.flatnonzero(slice_)


def _shuffled(names: Ints) -> npt.NDArray[np.uint64]:
    """A fixed order that has nothing to do with how units are numbered (splitmix64, Steele et al. 2014)."""
    mixed = names.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), np.uint64)
