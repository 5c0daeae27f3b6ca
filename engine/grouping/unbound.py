"""What the images of a library form before anybody says anything of them, kept small, so that an answer is carried out
on the groups it touches alone.

`engine.grouping.bound` works on finished groups, and an answer reaches no further than answers lead: from the groups of
its two images to those that other answers tie to them. So the groups of these images, formed anew from what is kept
here, are the ones that forming everything anew would give.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from engine.grouping.bound import Gathered
from engine.grouping.groups import Loose
from engine.grouping.hamming import Index
from engine.grouping.links import Link
from engine.grouping.model import Item
from engine.grouping.table import Table
from engine.library.settings import Groups


class Unbound(NamedTuple):
    """All images by path, and where each stands.

    Attributes:
        images: shape (n,), ids.
        home, unit, family: shape (n,), numbers of its group, of its unit, and of its family name (-1 for none).
        hub: shape (groups,), the image that all of the group are near, -1 where it is not known.
    """

    images: Index
    home: Index
    unit: Index
    family: Index
    hub: Index

    def places(self, images: Sequence[int]) -> Index:
        """Where these images stand, shape (k,); -1 for one that is not here."""
        asked = np.array(images, np.int64)
        if not len(self.images):
            return np.full(len(asked), -1, np.int64)
        order = np.argsort(self.images, kind="stable")
        at = order[np.minimum(np.searchsorted(self.images, asked, sorter=order), len(order) - 1)]
        return np.where(self.images[at] == asked, at, -1)


def of(loose: Loose) -> Unbound:
    """What is to be kept of these groups."""
    items = loose.table.items
    by_path = np.array(sorted(range(len(items)), key=lambda rank: items[rank].path), np.int64)
    ids = np.array([item.id for item in items], np.int64)
    hubs = [-1 if made.hub is None else items[made.hub].id for made in loose.groups]
    return Unbound(
        ids[by_path],
        _numbers([made.ranks for made in loose.groups], len(items))[by_path],
        _numbers(loose.units, len(items))[by_path],
        loose.table.family[by_path],
        np.array(hubs, np.int64),
    )


def _numbers(parts: Sequence[list[int]], count: int) -> Index:
    """Of every rank the number of the part it is in."""
    number: Index = np.empty(count, np.int64)
    ranks = np.fromiter((rank for part in parts for rank in part), np.int64, count)
    number[ranks] = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return number


def reached(kept: Unbound, links: Collection[Link], seeds: Iterable[int]) -> tuple[Index, set[int]]:
    """How far answers lead from these images.

    Args:
        links: every answer that stands or stood when the groups were made.
        seeds: image ids, here or not.

    Returns:
        Places of all images of the groups they lead to, ascending; and the images on the way that answers are about.
    """
    seeds = set(seeds)
    known = sorted(seeds.union(*(link[:2] for link in links)))
    at = kept.places(known)
    # A group by its number; an image that is not here stands for itself.
    node = {image: int(kept.home[place]) if place >= 0 else ~image for image, place in zip(known, at, strict=True)}
    beside: dict[int, set[int]] = {}
    for link in links:
        beside.setdefault(node[link.one], set()).add(node[link.other])
        beside.setdefault(node[link.other], set()).add(node[link.one])
    found = {node[image] for image in seeds}
    ahead = list(found)
    while ahead:
        more = beside.get(ahead.pop(), set()) - found
        found |= more
        ahead += more
    places = np.flatnonzero(np.isin(kept.home, [number for number in found if number >= 0]))
    return places, {image for image, number in node.items() if number in found}


def narrowed(kept: Unbound, items: Sequence[Item], settings: Groups) -> Loose:
    """The groups of these images as they were gathered; `items` are all the images of these groups."""
    table = Table(items, settings)
    at = kept.places([item.id for item in table.items])
    table.family = kept.family[at]
    rank = {item.id: number for number, item in enumerate(table.items)}
    units: dict[int, list[int]] = {}
    homes: dict[int, list[int]] = {}
    for number, (unit, home) in enumerate(zip(kept.unit[at].tolist(), kept.home[at].tolist(), strict=True)):
        units.setdefault(unit, []).append(number)
        homes.setdefault(home, []).append(number)
    groups = [Gathered(rank.get(int(kept.hub[home])), ranks) for home, ranks in sorted(homes.items())]
    return Loose(table, list(units.values()), groups)


_PARTS = msgspec.msgpack.Decoder(tuple[bytes, bytes, bytes, bytes, bytes])


def packed(kept: Unbound) -> bytes:
    """As bytes for a file."""
    return msgspec.msgpack.encode(tuple(part.astype("<i8").tobytes() for part in kept))


def unpacked(data: bytes) -> Unbound | None:
    """What `packed` made of it; None of anything else."""
    try:
        images, home, unit, family, hub = (np.frombuffer(part, "<i8").astype(np.int64) for part in _PARTS.decode(data))
    except (msgspec.MsgspecError, ValueError):
        return None
    return Unbound(images, home, unit, family, hub) if len(images) == len(home) == len(unit) == len(family) else None
