"""The last search for copies, as the library keeps it: groups in tables of their own, replaced as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import apsw
import msgspec
import numpy as np
import numpy.typing as npt

from engine.grouping.hamming import popcount
from engine.grouping.model import group_key
from engine.library.store import set_fact
from engine.thinning import effects
from engine.thinning.photos import Photos
from engine.thinning.rule import Rule
from engine.thinning.views import RunView
from engine.thinning.way import Way

Ints = npt.NDArray[np.int64]


class Copy(NamedTuple):
    """One image of a group."""

    place: int
    distance: int | None  # bits of 64 from its keeper
    similarity: float | None
    stays: bool
    reason: str


def groups(photos: Photos, way: Way, rule: Rule, apart: set[tuple[int, int]]) -> Iterator[list[Copy]]:
    """Groups of two images or more, in no order; the keeper comes first, then the others as the rule has them."""
    first = frozenset(way.first)
    order = _first(rule.order(), way.first)
    hub = way.near.gather(order, apart)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    going = np.flatnonzero(hub != np.arange(len(hub)))
    going = going[np.lexsort((rank[going], hub[going]))]
    keepers = hub[going]
    distance, similarity = way.near.between(keepers, going)
    distance = np.where(distance < 0, popcount(photos.phash[keepers] ^ photos.phash[going]), distance)
    edges = [*np.flatnonzero(np.diff(keepers, prepend=-1)).tolist(), len(going)]
    for start, end in pairwise(edges):
        keeper = int(keepers[start])
        others = [
            Copy(
                place := int(going[k]), int(distance[k]), None if np.isnan(similarity[k]) else float(similarity[k]),
                False, _why(rule, place, keeper, first),
            )
            for k in range(start, end)
        ]  # fmt: skip
        held = keeper in first
        yield [Copy(keeper, None, None, True, "in the reference folder" if held else rule.why_stays(keeper)), *others]


def _why(rule: Rule, place: int, keeper: int, first: frozenset[int]) -> str:
    return "a copy of an image in the reference folder" if keeper in first else rule.why_goes(place, keeper)


def _first(order: Ints, first: Sequence[int]) -> Ints:
    """The same order, but these places before all others."""
    ahead = np.isin(order, np.asarray(first, np.int64))
    return np.concatenate([order[ahead], order[~ahead]])


def write(connection: apsw.Connection, photos: Photos, found: list[list[Copy]], run: RunView) -> None:
    """Put these groups in the place of the last ones."""
    connection.execute("DELETE FROM copies")
    connection.execute("DELETE FROM copy_groups")
    ids = photos.ids.tolist()
    keys = [group_key(photos.paths[copy.place] for copy in group) for group in found]
    connection.executemany(
        "INSERT INTO copy_groups VALUES (?, ?, ?, 0, 0, 0)",
        [(k, key, ids[group[0].place]) for k, (key, group) in enumerate(zip(keys, found, strict=True), 1)],
    )
    connection.executemany(
        "INSERT INTO copies VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (ids[c.place], k, rank, c.distance, c.similarity, c.stays, c.reason, photos.contents[c.place])
            for k, group in enumerate(found, 1)
            for rank, c in enumerate(group)
        ),
    )
    effects.refresh_all_copies(connection)
    set_fact(connection, "copies_run", msgspec.json.encode(run).decode())


def last_run(connection: apsw.Connection) -> RunView | None:
    """The last search; None where there was none, or a later Pickwise wrote it."""
    text = connection.execute("SELECT value FROM facts WHERE name = 'copies_run'").get
    try:
        return msgspec.json.decode(text, type=RunView) if text else None
    except msgspec.MsgspecError:
        return None


def apart(connection: apsw.Connection, photos: Photos) -> set[tuple[int, int]]:
    """Pairs of places, the lower first, that a person set apart."""
    place = {image: at for at, image in enumerate(photos.ids.tolist())}
    rows = connection.execute("SELECT one, other FROM apart")
    pairs = ((place[one], place[other]) for one, other in rows if one in place and other in place)
    return {(min(pair), max(pair)) for pair in pairs}
