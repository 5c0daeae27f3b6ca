"""Group images into families without chaining: star clustering over whole units.

Take the image that is near the most images not yet in a group (greedy set cover by stars, as in Aslam, Pelekhov and
Rus, "The Star Clustering Algorithm", 2004), let it gather every unit all of whose images are near it, and go on. Then
each unit moves to the nearest medoid that is near all of it, and each group takes the medoid whose distances add up
to the least. Every step works in keeper order, so the answer does not depend on the order of the input.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from engine.grouping.bound import Gathered, bind
from engine.grouping.hamming import popcount
from engine.grouping.links import Link, settle
from engine.grouping.model import Group, Item, Via, group_key
from engine.grouping.near import near
from engine.grouping.stars import stars
from engine.grouping.table import Table
from engine.grouping.units import units
from engine.library.settings import Groups
from engine.progress import Progress, Quiet

_WIDE = 4096  # groups with more different hashes keep the medoid they were gathered by
_TRIED = 512  # members of a group bound by a person that may be its medoid


class Loose(NamedTuple):
    """What images form by themselves, before anybody says anything of them; all by rank.

    Attributes:
        units: images that are never parted, by their first rank, ranks ascending.
        groups: of whole units, ranks ascending.
    """

    table: Table
    units: list[list[int]]
    groups: list[Gathered]


def group(
    items: Sequence[Item], settings: Groups, progress: Progress | None = None, links: Collection[Link] = ()
) -> list[Group]:
    """Part images into groups; every image ends in exactly one, alone where nothing is near it.

    Args:
        items: ids and paths unique, in any order.
        settings: the distances, in bits of 64, and the time window, in seconds.
        progress: told how many images are done; may raise Cancelled from its `step`.
        links: what a person said of pairs; images that are not here count where they join two that are.

    Returns:
        Groups by their first path. Every member of a group is near its medoid (see `engine.grouping.near`), or a
        person's answers brought it there (see `engine.grouping.bound`).
    """
    return bound(gather(items, settings, progress), links)


def gather(items: Sequence[Item], settings: Groups, progress: Progress | None = None) -> Loose:
    """The part of `group` that takes long, and that no answer changes."""
    said = progress or Quiet()
    table = Table(items, settings)
    said.step(0)
    if not items:
        return Loose(table, [], [])
    parts = units(table)
    said.step(0)
    gathered = stars(table, parts, said)
    whole = [Gathered(hub, sorted(rank for unit in member for rank in parts[unit])) for hub, member in gathered]
    return Loose(table, parts, whole)


def bound(loose: Loose, links: Collection[Link] = ()) -> list[Group]:
    """The finished groups, by their first path, as these answers bind them."""
    whole = bind(loose.table, loose.units, loose.groups, settle(links)) if links else loose.groups
    made = [_group(loose.table, *one) for one in whole]
    return [made_group for _, made_group in sorted(made, key=lambda pair: pair[0])]


def _group(table: Table, hub: int | None, ranks: list[int], bound: bool) -> tuple[str, Group]:
    """The finished group, behind its first path."""
    medoid = ranks[0] if len(ranks) == 1 else _medoid(table, ranks, hub, bound)
    heart = table.items[medoid]
    paths = [table.items[rank].path for rank in ranks]
    value = int(table.hashes[medoid])
    via: list[Via] = [
        "medoid"
        if rank == medoid
        else near(heart, table.items[rank], table.same_name(medoid, rank), table.limits) or "you"
        for rank in ranks
    ]
    return min(paths), Group(
        key=group_key(paths),
        members=tuple(table.items[rank].id for rank in ranks),
        medoid=heart.id,
        distances=tuple((value ^ h).bit_count() for h in table.hashes[ranks].tolist()),
        via=tuple(via),
    )


def _medoid(table: Table, ranks: list[int], hub: int | None, bound: bool) -> int:
    """The image near all the others whose distances add up to the least, first in keeper order among equals.

    Where a person put together what is not near, the one near the most of them.
    """
    others = np.array(ranks, np.int64)
    most, best = -1, ranks[0]
    tried = _by_sum(table, ranks, hub)
    for rank in [*tried[:_TRIED], *([] if hub is None else [hub])] if bound else tried:
        count = int(table.near(rank, others)[0].sum())
        if count == len(ranks):
            return rank
        if count > most:
            most, best = count, rank
    if bound:
        return best
    raise AssertionError("a group is always gathered by an image that is near all of it")


def _by_sum(table: Table, ranks: list[int], hub: int | None) -> list[int]:
    """Ranks by the sum of their distances; only the hub where the group is too wide to compare."""
    hashes = table.hashes[ranks]
    if len(ranks) <= 8:
        values = hashes.tolist()
        sums = [sum((a ^ b).bit_count() for b in values) for a in values]
    else:
        kinds, kind, count = np.unique(hashes, return_inverse=True, return_counts=True)
        if len(kinds) > _WIDE and hub is not None:
            return [hub]
        total = [int((popcount(kinds ^ value) * count).sum()) for value in kinds]
        sums = [total[k] for k in kind]
    return [rank for _, rank in sorted(zip(sums, ranks, strict=True))]
