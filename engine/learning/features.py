"""Features of every image of a library: (n, d) float32, standardised; the embedding's directions first.

Vectors are read once, some thousand at a time, and only their reduced form is kept: 100 000 images take 20 MB. The
directions stay from one model to the next; the scales of the named figures do not, as detectors may have looked since.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.errors import BadCheckpoint
from engine.learning import basis as reduced
from engine.learning import figures
from engine.learning.basis import Basis
from engine.learning.figures import Known
from engine.library.store import Library
from engine.progress import Progress, giving_way
from engine.vision import embedders
from engine.vision.cache import Cache
from engine.vision.embedders import Embedder

Float32s = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_SAMPLE = 4096  # images that the directions are found from
_TRIED = 400  # contents that tell which embedder the library has
_AT_ONCE = 4096
_GROWN = 1.25  # times as many vectors in the library: then the directions are found anew


class Features(NamedTuple):
    """Of the images `known`: x is (n, d); `basis` made it."""

    known: Known
    x: Float32s
    basis: Basis


def read(library: Library, progress: Progress, before: Basis | None = None) -> Features:
    """Features of all images that were ever measured; the directions of `before` are used again where they still fit.

    Raises:
        Cancelled, LibraryError.
    """
    with library.db.read() as connection:
        known = figures.read(connection)
    with Cache(library.paths.vectors) as cache:
        figures.add_subjects(known, library.paths, cache)
        embedder, vectors = _best(library, cache, known)
        found = _basis(cache, embedder, known, before, vectors)
        look = _embedded(cache, embedder, known, found, progress)
    found = reduced.scaled(found, known.figures)
    return Features(known, np.concatenate([look, found.named(known.figures)], axis=1), found)


def with_basis(library: Library, progress: Progress, found: Basis) -> Features:
    """Features as this basis makes them, whatever the library has learned to see since."""
    with library.db.read() as connection:
        known = figures.read(connection)
    with Cache(library.paths.vectors) as cache:
        figures.add_subjects(known, library.paths, cache)
        embedder = next((e for e in _embedders(library) if e.key == found.embedder), None)
        look = _embedded(cache, embedder, known, found, progress)
    return Features(known, np.concatenate([look, found.named(known.figures)], axis=1), found)


def _embedders(library: Library) -> list[Embedder]:
    try:
        return list(embedders.registered(library.settings.vision).values())
    except BadCheckpoint:
        return [embedders.LITE0]


def _best(library: Library, cache: Cache, known: Known) -> tuple[Embedder | None, int]:
    """The best that half of the images have a vector of, else the one that most have; None where no image has any.

    Answers also with about how many have one.
    """
    asked = [known.contents[place] for place in _spread(len(known.ids), _TRIED)]
    counted = [(sum(1 for _ in cache.vectors(e.key, asked)), e) for e in _embedders(library)]
    number, embedder = next((one for one in counted if 2 * one[0] >= len(asked)), max(counted, key=lambda one: one[0]))
    return (embedder, round(number / len(asked) * len(known.ids))) if number else (None, 0)


def _spread(n: int, most: int) -> list[int]:
    """At most so many places of n, evenly spread."""
    return sorted({round(place) for place in np.linspace(0, n - 1, min(n, most))}) if n else []


def _basis(cache: Cache, embedder: Embedder | None, known: Known, before: Basis | None, vectors: int) -> Basis:
    """The directions; the scales of the figures are not yet known. `vectors`: how many images have one."""
    if embedder is None:
        return reduced.fit("", np.zeros((0, 0), np.float32), np.zeros(0, np.int64))
    if before is not None and before.embedder == embedder.key and vectors < _GROWN * before.images:
        return before
    order = np.lexsort((known.ids, known.groups))  # whole families, so that what differs within them is seen
    runs = _spread(max(1, len(order) // 8), _SAMPLE // 8)
    some = np.unique(np.concatenate([order[8 * run : 8 * run + 8] for run in runs] or [order]))
    rows = np.zeros((len(some), embedder.size), np.float32)
    there = np.zeros(len(some), np.bool_)
    for place, data in cache.vectors(embedder.key, [known.contents[p] for p in some]):
        if len(data) == 2 * embedder.size:
            rows[place], there[place] = np.frombuffer(data, np.float16), True
    groups = np.where(known.groups >= 0, known.groups, -2 - np.arange(len(known.ids)))
    found = reduced.fit(embedder.key, rows[there], groups[some[there]])
    return found._replace(images=vectors) if found.embedder else found


def _embedded(cache: Cache, embedder: Embedder | None, known: Known, found: Basis, progress: Progress) -> Float32s:
    """(n, k); images without a vector have the mean, and say so in their figures."""
    look = np.zeros((len(known.ids), found.axes.shape[1]), np.float32)
    if embedder is None or not found.embedder:
        return look
    places: list[int] = []
    rows = np.zeros((_AT_ONCE, embedder.size), np.float16)

    def keep() -> None:
        giving_way.pause()
        progress.step(0)
        look[places] = found.embedded(rows[: len(places)])
        figures.has_vector(known, np.array(places, np.int64))
        places.clear()

    for place, data in cache.vectors(embedder.key, known.contents):
        if len(data) == 2 * embedder.size:
            rows[len(places)] = np.frombuffer(data, np.float16)
            places.append(place)
            if len(places) == _AT_ONCE:
                keep()
    if places:
        keep()
    return look
