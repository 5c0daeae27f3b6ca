"""What images look like to the network that is installed: vectors, near by them, turned and mirrored hashes.

Vectors are cached by content in the library's sidecar folder, so each picture is looked at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.errors import PickwiseError
from engine.grouping.by_both import by_both
from engine.grouping.by_pairs import by_pairs
from engine.grouping.by_vectors import cosine
from engine.grouping.hamming import pairs_within
from engine.grouping.vector_index import VectorIndex, keys_of
from engine.library.store import Library
from engine.progress import Progress
from engine.thinning.how import How
from engine.thinning.photos import Photos
from engine.thinning.way import Way
from engine.vision import embedders
from engine.vision import orientations as turned
from engine.vision import vectors as cache
from engine.vision.embedders import Embedder
from engine.vision.same_picture import verify

Ints = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]

BITS = 8  # pHash distance beside a cosine (spec 4)
NEAREST = 24  # pairs of an image that are looked at
_ASKED = 128  # images that ask the index at once
_MOST_FOUND = 400_000  # answers held at once
_HIGHEST = 0.995


class Vectors(NamedTuple):
    """Of some images.

    Attributes:
        vectors: (n, d), rows of length 1; d is 0 where no network is installed.
        have: (n,) which rows count.
        threshold: cosine from which on two pictures are taken for the same, where a person set none.
        notices: sentences a person should see.
    """

    vectors: npt.NDArray[np.float16]
    have: npt.NDArray[np.bool_]
    threshold: float
    notices: list[str]


def vectors(library: Library, contents: Sequence[str], paths: Sequence[str], progress: Progress) -> Vectors:
    """The vectors of these images, worked out where they are missing. Raises Cancelled, WorkersFailed, LibraryError."""
    try:
        embedders.default(library.settings.vision)
    except PickwiseError as error:
        nothing = np.zeros((len(contents), 0), np.float16)
        return Vectors(nothing, np.zeros(len(contents), np.bool_), 1.0, [error.message])
    return _seen(library, contents, paths, progress)[1]


def _seen(
    library: Library, contents: Sequence[str], paths: Sequence[str], progress: Progress
) -> tuple[Embedder, Vectors]:
    """The vectors, and the network they are of: the built-in one where CLIP was chosen and fails."""
    embedder, notices = cache.embed_best(library, list(zip(contents, paths, strict=True)), progress)
    found, have = cache.Vectors(library.paths, embedder).load(contents)
    return embedder, Vectors(found, have, embedder.both, notices)


def embedding(library: Library, photos: Photos, how: How, progress: Progress) -> Way:
    """Candidates by cosine, each looked at in pixels: a neighbour of a burst is as near as a copy and is none.

    Raises:
        PickwiseError: no network is installed.
        Cancelled, WorkersFailed, LibraryError.
    """
    embedder, seen = _seen(library, photos.contents, photos.paths, progress)
    threshold = how.threshold or embedder.threshold
    keys = np.where(seen.have, keys_of(photos.contents), -1)
    index, notices = _index(library, embedder, keys, seen)
    pairs = candidates(index, keys, seen, threshold, progress)
    if how.orientations:
        hashes, said = orientations(library, photos, progress)
        pairs = np.unique(np.concatenate([pairs, turned_pairs(hashes)]), axis=0)
        notices += said
    images = list(zip(photos.contents, photos.paths, strict=True))
    same, said = verify(library.paths, images, pairs[:, 0], pairs[:, 1], progress, any_way_up=how.orientations)
    one, other = pairs[same].T
    near = by_pairs(len(photos), one, other, None, cosine(seen.vectors, one, other))
    return Way(near, threshold, (), [*seen.notices, *notices, *said])


def both(library: Library, photos: Photos, how: How, progress: Progress) -> Way:
    """pHash within 8 bits and the cosine agreeing (spec 4). Raises as `embedding`."""
    embedder, seen = _seen(library, photos.contents, photos.paths, progress)
    threshold = how.threshold or embedder.both
    near = by_both(photos.phash, photos.flat, photos.contents, seen.vectors, seen.have, BITS, threshold)
    return Way(near, threshold, (), seen.notices)


def orientations(library: Library, photos: Photos, progress: Progress) -> tuple[U64, list[str]]:
    """(n, 8) hashes of each image turned and mirrored; its own eight times where it cannot be read."""
    images = list(zip(photos.contents, photos.paths, strict=True))
    found, have, notices = turned.orientations(library.paths, images, progress)
    found[:, 0] = photos.phash  # of the image itself rather than of its thumbnail
    found[~have] = photos.phash[~have, None]
    return found, notices


def _index(library: Library, embedder: Embedder, keys: Ints, seen: Vectors) -> tuple[VectorIndex, list[str]]:
    """The saved index with what is new added, and saved again where anything was."""
    index = VectorIndex.open(library.paths.sidecar, embedder.name, embedder.size, embedder.version)
    if not index.add(keys, seen.vectors):
        return index, []
    try:
        index.save()
    except OSError as error:
        return index, [f"The index of looks could not be saved, so it is made again: {error.strerror or error}."]
    return index, []


def candidates(index: VectorIndex, keys: Ints, seen: Vectors, threshold: float, progress: Progress) -> Ints:
    """Pairs worth a look: for each image the NEAREST most alike of those within the threshold, and equal contents.

    However alike a library is, no more pairs are looked at; where very many are alike only the most alike are told
    apart. Raises Cancelled.

    Returns:
        (k, 2) places, the lower first, each pair once.
    """
    places = np.flatnonzero(keys >= 0)
    kinds, first, which = np.unique(keys[places], return_index=True, return_inverse=True)
    hold = places[first]  # the image that stands for all of one content
    found = [np.stack([hold[which], places], axis=1)]
    progress.phase("look", len(hold))
    for start in range(0, len(hold), _ASKED):
        progress.step(start)
        asking = hold[start : start + _ASKED]
        row, key = _found(index, seen.vectors[asking], threshold)
        one, other = asking[row], hold[np.searchsorted(kinds, key)]
        alike = cosine(seen.vectors, one, other)
        order = np.lexsort((other, -alike, row))
        order = order[(alike[order] >= threshold) & (one[order] != other[order])]
        rank = np.arange(len(order)) - np.searchsorted(row[order], row[order], side="left")
        order = order[rank < NEAREST]
        found.append(np.stack([one[order], other[order]], axis=1))
    pairs = np.sort(np.concatenate(found), axis=1)
    return np.asarray(np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0), np.int64)


def _found(index: VectorIndex, rows: npt.NDArray[np.float16], threshold: float) -> tuple[Ints, Ints]:
    """(row, key) of what may be within the threshold, or within a higher one where that is too much to hold."""
    while True:
        row, key = index.candidates(rows, threshold)
        if len(row) <= _MOST_FOUND or threshold >= _HIGHEST:
            return row, key
        threshold = min((1 + threshold) / 2, _HIGHEST)


def turned_pairs(hashes: U64) -> Ints:
    """(k, 2) places of images of which one, turned or mirrored, has nearly the pHash of the other."""
    n = len(hashes)
    found = [np.zeros((0, 2), np.int64)]
    for one, other in pairs_within(hashes.T.ravel(), BITS):  # the first n are the images as they are
        mixed = (one < n) & (other >= n) & (one % n != other % n)
        found.append(np.sort(np.stack([one[mixed] % n, other[mixed] % n], axis=1), axis=1))
    return np.unique(np.concatenate(found), axis=0)
