"""The vectors of parts, kept in the library's cache: by content, by what looked at it, by network and kind of part.

An entry holds, for each part of its kind, the box (four float32, pixels of the original) and the vector (float16); it
is empty where the picture shows no such part. The vector of the whole picture is the one that copies are found by.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from engine.library.paths import LibraryPaths
from engine.library.tags import Part
from engine.progress import Progress
from engine.vision import batches, look_rows, vectors
from engine.vision.cache import Cache
from engine.vision.embedders import LITE0
from engine.vision.learned import part_work
from engine.vision.learned.labels import Item
from engine.vision.learned.part_work import Parts
from engine.vision.learned.parts import boxes
from engine.vision.pictures import Picture
from engine.vision.seen import Box

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Float32s = npt.NDArray[np.float32]

_VERSION = 1  # of boxes and crops
_BOX, _VECTOR = 16, 2 * LITE0.size
_AT_ONCE = 500  # entries read at a time


class Bag(NamedTuple):
    """The parts of one picture: (n, 4) boxes, pixels of the original, and (n, 1280) vectors of length 1; n >= 1."""

    boxes: Float32s
    vectors: Float32s


def fill(paths: LibraryPaths, cache: Cache, wanted: Mapping[Part, Collection[Item]], progress: Progress) -> list[str]:
    """Work out what is missing, one decode a picture; commits as it goes. Hears the phase `parts`, or `embed`.

    Returns:
        Sentences about pictures that could not be used.

    Raises:
        Cancelled: what was finished is kept.
        WorkersFailed: the network cannot be loaded.
        LibraryError: the disk refuses.
    """
    notices: list[str] = []
    whole = wanted.get("whole", ())
    if whole:
        notices = vectors.embed(paths, LITE0, [(item.content, item.path) for item in whole], progress)
    pieces = _missing(cache, {part: list(items) for part, items in wanted.items() if part != "whole"})
    progress.phase("parts", len(pieces))
    refused: list[tuple[str, str]] = []

    def keep(rows: list[tuple[_Piece, tuple[bytes, ...] | str]]) -> None:
        good = [(piece, found) for piece, found in rows if not isinstance(found, str)]
        refused.extend((piece.picture.path, found) for piece, found in rows if isinstance(found, str))
        for part in {part for piece, _ in good for part in piece.kinds}:
            cache.add_vectors(_kind(part), [_entry(piece, part, found) for piece, found in good if part in piece.kinds])

    with_parts = [piece for piece in pieces if piece.boxes]
    keep([(piece, ()) for piece in pieces if not piece.boxes])
    if with_parts:
        died = batches.run(
            _work, with_parts, 2, keep, progress, workers=vectors.workers(), prepare=partial(part_work.prepare, LITE0)
        )
        refused += [(piece.picture.path, reason) for piece, reason in died]
    return notices + batches.told(refused, "learned from")


def bags(cache: Cache, part: Part, items: Sequence[Item]) -> Iterator[tuple[int, Bag]]:
    """The place of each item that has such parts, and these; whatever is missing or damaged is left out."""
    for first in range(0, len(items), _AT_ONCE):
        some = items[first : first + _AT_ONCE]
        if part == "whole":
            for place, data in cache.vectors(LITE0.key, [item.content for item in some]):
                item = some[place]
                if bag := _decoded(_packed((0.0, 0.0, float(item.width), float(item.height)), data)):
                    yield first + place, bag
        else:
            for place, data in cache.vectors(_kind(part), [_key(item) for item in some]):
                if bag := _decoded(data):
                    yield first + place, bag


class _Piece(NamedTuple):
    """A picture, the kinds of part that are missing, and the boxes of those it shows."""

    picture: Picture
    key: str
    kinds: tuple[Part, ...]
    boxes: tuple[tuple[Part, Box], ...]


def _work(batch: tuple[_Piece, ...]) -> list[tuple[bytes, ...] | str]:
    return part_work.process(tuple(Parts(piece.picture, piece.boxes) for piece in batch))


def _missing(cache: Cache, wanted: Mapping[Part, Sequence[Item]]) -> list[_Piece]:
    """What to work out, by content; a picture whose look the cache has lost is looked at by the next run."""
    kinds: dict[Item, list[Part]] = {}
    for part, items in wanted.items():
        have = {place for place, data in cache.vectors(_kind(part), list(map(_key, items))) if _whole(data)}
        for place, item in enumerate(items):
            if place not in have:
                kinds.setdefault(item, []).append(part)
    pieces: list[_Piece] = []
    for version in sorted({item.version for item in kinds}):
        items = sorted(item for item in kinds if item.version == version)
        for place, data in cache.vectors(f"look/{version}", [item.content for item in items]):
            look, item = look_rows.decoded(data), items[place]
            if look is not None:
                found = tuple((part, box) for part in kinds[item] for box in boxes(look, part))
                pieces.append(_Piece(Picture(item.content, item.path), _key(item), tuple(kinds[item]), found))
    return sorted(pieces)


def _entry(piece: _Piece, part: Part, found: Sequence[bytes]) -> tuple[str, bytes]:
    rows = [_packed(box, data) for (kind, box), data in zip(piece.boxes, found, strict=True) if kind == part]
    return piece.key, b"".join(rows)


def _packed(box: Box, data: bytes) -> bytes:
    import numpy as np

    return np.asarray(box, np.float32).tobytes() + data


def _whole(data: bytes) -> bool:
    return len(data) % (_BOX + _VECTOR) == 0


def _decoded(data: bytes) -> Bag | None:
    import numpy as np

    if not data or not _whole(data):
        return None
    rows = np.frombuffer(data, np.dtype([("box", "<f4", 4), ("vector", "<f2", LITE0.size)]))
    found = Bag(rows["box"].astype(np.float32), rows["vector"].astype(np.float32))
    return found if np.isfinite(found.boxes).all() and np.isfinite(found.vectors).all() else None


def _kind(part: Part) -> str:
    return f"part-{part}/{_VERSION}/{LITE0.key}"


def _key(item: Item) -> str:
    return f"{item.content}|{item.version}"
