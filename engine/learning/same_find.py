"""Pairs of images that are worth asking about: just inside and just outside what the groups go by.

Across groups one image stands for each. They are compared by pHash a little beyond the limit, with the exact search
that groups are made with, and by the embeddings a library has, through its index. Inside groups the members that are
only just near their medoid are asked about. However large or alike a library is, no more than so many are taken.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import apsw
import numpy as np

from engine.grouping.hamming import U64, Index, pairs_within, popcount
from engine.grouping.near import BLANK_BITS
from engine.grouping.vector_index import VectorIndex, keys_of
from engine.library.paths import LibraryPaths
from engine.library.settings import Groups
from engine.vision.embedders import LITE0
from engine.vision.vectors import Vectors

Pair = tuple[int, int]  # image ids, the lower first

BEYOND = 5  # bits beyond the limit that are still asked about
_INSIDE = 2  # bits within the limit
_MOST_LOOKS = 60_000  # pairs by pHash that are looked through
_MOST_INSIDE = 20_000
_ASKED = 1024  # groups that ask the index for neighbours
_KNOWN = 8192  # groups whose vectors are added to it
_LEAST = 0.10  # below the embedder's threshold
_EACH = 4  # neighbours kept of those that one group found
_AT_ONCE = 64

_STANDS = """
    SELECT m.image_id, m.group_id, f.phash, i.content_hash, count(*) OVER (PARTITION BY m.group_id) AS size, m.rank
    FROM members m JOIN images i ON i.id = m.image_id JOIN features f ON f.image_id = m.image_id
    WHERE i.missing_since IS NULL AND i.content_hash IS NOT NULL
"""
_INNER = """
    SELECT n.image_id, m.image_id FROM members m JOIN members n ON n.group_id = m.group_id AND n.distance = 0
    WHERE m.distance >= ?1 AND m.image_id != n.image_id
    AND n.rank = (SELECT min(rank) FROM members o WHERE o.group_id = m.group_id AND o.distance = 0)
    ORDER BY abs(m.distance - ?2), m.image_id LIMIT ?3
"""


class Stands(NamedTuple):
    """One image a group, the best first of its group; the largest groups first. All arrays of shape (groups,)."""

    images: Index
    phash: U64
    contents: list[str]


def stands(connection: apsw.Connection) -> Stands:
    rows: list[Any] = connection.execute(
        f"SELECT image_id, phash, content_hash FROM ({_STANDS}) WHERE rank = 0 ORDER BY size DESC, image_id"  # noqa: S608
    ).fetchall()
    return Stands(
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] & (1 << 64) - 1 for row in rows], np.uint64),
        [str(row[2]) for row in rows],
    )


def inside(connection: apsw.Connection, limits: Groups) -> list[Pair]:
    """Medoids with members that are only just near them, or only by their name or time; the nearest to the limit first.

    Pairs of stages of one name come too: whoever asks has to pass them over.
    """
    rows = connection.execute(_INNER, (max(1, limits.phash_distance - _INSIDE), limits.phash_distance, _MOST_INSIDE))
    return [(min(one, other), max(one, other)) for one, other in rows]


def by_look(found: Stands, limits: Groups) -> list[Pair]:
    """Pairs across groups by pHash, the nearest to the limit first; what is nearly blank looks like nothing."""
    ones = popcount(found.phash)
    seen = np.flatnonzero((ones > BLANK_BITS) & (ones < 64 - BLANK_BITS))
    radius = min(limits.phash_distance + BEYOND, 16)
    some: list[tuple[Index, Index]] = []
    count = 0
    for one, other in pairs_within(found.phash[seen], radius):
        some.append((seen[one], seen[other]))
        count += len(one)
        if count >= _MOST_LOOKS:
            break
    if not some:
        return []
    one, other = (np.concatenate(side) for side in zip(*some, strict=True))
    bits = popcount(found.phash[one] ^ found.phash[other]).astype(np.float64)
    order = np.lexsort((found.images[other], found.images[one], np.abs(bits - limits.phash_distance - 0.5)))
    return _pairs(found.images, one[order], other[order])


def by_vector(paths: LibraryPaths, found: Stands) -> list[Pair]:
    """Pairs across groups by the embeddings that are there, the most alike of each group; none are worked out.

    Raises:
        LibraryError: the disk refuses.
    """
    few = min(len(found.images), _KNOWN)
    if not few or not paths.vectors.is_file():
        return []
    vectors, there = Vectors(paths, LITE0).load(found.contents[:few])
    if not there.any():
        return []
    index = VectorIndex.open(paths.sidecar, LITE0.name, LITE0.size, LITE0.version)
    keys = np.where(there, keys_of(found.contents[:few]), -1)
    index.add(keys, vectors)
    place = {int(key): number for number, key in reversed(list(enumerate(keys.tolist()))) if key >= 0}
    asked = np.flatnonzero(there)[:_ASKED]
    ones: list[int] = []
    others: list[int] = []
    for start in range(0, len(asked), _AT_ONCE):
        some = asked[start : start + _AT_ONCE]
        rows, near = index.candidates(vectors[some], LITE0.threshold - _LEAST)
        for row, key in zip(rows.tolist(), near.tolist(), strict=True):
            other = place.get(key, -1)
            if other >= 0 and other != some[row]:
                ones.append(int(some[row]))
                others.append(other)
    return _nearest(found, vectors, np.array(ones, np.int64), np.array(others, np.int64))


def _nearest(found: Stands, vectors: object, one: Index, other: Index) -> list[Pair]:
    """Of each `one` the most alike; of all of these the nearest to the threshold first."""
    from engine.grouping.by_vectors import cosine

    if not len(one):
        return []
    alike = cosine(vectors, one, other)  # type: ignore[arg-type]
    order = np.lexsort((other, -alike, one))
    one, other, alike = one[order], other[order], alike[order]
    first = np.flatnonzero(np.r_[True, one[1:] != one[:-1]])
    place = np.arange(len(one)) - np.repeat(first, np.diff(np.r_[first, len(one)]))
    keep = (place < _EACH) & (alike >= LITE0.threshold - _LEAST)
    by = np.argsort(np.abs(alike[keep] - LITE0.threshold), kind="stable")
    return _pairs(found.images, one[keep][by], other[keep][by])


def _pairs(images: Index, one: Index, other: Index) -> list[Pair]:
    low, high = np.minimum(images[one], images[other]), np.maximum(images[one], images[other])
    return list(dict.fromkeys(zip(low.tolist(), high.tolist(), strict=True)))
