"""Images that are never parted: a name family that holds together by itself, and images with equal hashes.

Groups are then built of whole units, so a look-alike from elsewhere cannot tear a family apart.
"""

from __future__ import annotations

from collections import defaultdict

from engine.grouping.near import near
from engine.grouping.table import Table


def units(table: Table) -> list[list[int]]:
    """Part all ranks into units. In each unit some image is near every other.

    Returns:
        Units by their first rank, ranks ascending.
    """
    blocks: list[list[int]] = []
    families: defaultdict[int, list[int]] = defaultdict(list)
    for rank, number in enumerate(table.family.tolist()):
        if number < 0:
            blocks.append([rank])
        else:
            families[number].append(rank)
    for family in families.values():
        blocks.extend(_stars(table, family))
    return sorted(_joined_by_hash(table, blocks))


def _stars(table: Table, family: list[int]) -> list[list[int]]:
    """Cut a name family into as few parts as keep every image near the centre of its part."""
    stars = []
    while family:
        best: list[int] = []
        for centre in family:
            star = [rank for rank in family if rank == centre or _near(table, centre, rank)]
            if len(star) > len(best):
                best = star
            if len(best) == len(family):
                break
        stars.append(best)
        family = [rank for rank in family if rank not in best]
    return stars


def _near(table: Table, a: int, b: int) -> bool:
    return near(table.items[a], table.items[b], table.same_name(a, b), table.limits) is not None


def _joined_by_hash(table: Table, blocks: list[list[int]]) -> list[list[int]]:
    """Join those blocks whose every image has one and the same hash; the others stay as they are."""
    look = table.look.tolist()
    joined: defaultdict[int, list[int]] = defaultdict(list)
    whole = []
    for block in blocks:
        if len({look[rank] for rank in block}) == 1:
            joined[look[block[0]]].extend(block)
        else:
            whole.append(block)
    return whole + [sorted(ranks) for ranks in joined.values()]
