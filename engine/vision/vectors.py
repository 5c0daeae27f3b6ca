"""The vectors of pictures: worked out in worker processes, kept in the library's cache by content hash."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BadCheckpoint, WorkersFailed
from engine.intake import pool
from engine.library.paths import LibraryPaths
from engine.library.store import Library
from engine.library.text import to_text
from engine.progress import Progress
from engine.vision import batches, embed_work, embedders
from engine.vision.cache import Cache
from engine.vision.embedders import Embedder
from engine.vision.pictures import Picture

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Float16s = npt.NDArray[np.float16]
    Bools = npt.NDArray[np.bool_]

BATCH = 16  # pictures the network sees at once: half a second of a core
_MOST_WORKERS = 8
_WORKER_BYTES = 1_200_000_000  # at the most, of a worker with every model of ours (`tests.bench.throughput`)
_LIBRARY_BYTES = 1_000_000_000  # of one with a network of a person's own, beside twice its weights


class Vectors:
    """What the library's cache holds of one embedder."""

    def __init__(self, paths: LibraryPaths, embedder: Embedder) -> None:
        self._file = paths.vectors
        self._embedder = embedder

    def load(self, contents: Sequence[str]) -> tuple[Float16s, Bools]:
        """The vectors of these contents.

        Args:
            contents: n content hashes.

        Returns:
            (n, size) float16, rows of length 1, zeros where there is none; and (n,) bool: whether there is one.

        Raises:
            LibraryError: the disk refuses.
        """
        with Cache(self._file) as cache:
            return self._read(cache, contents)

    def parts(self, contents: Sequence[str], rows: int) -> Iterator[tuple[Float16s, Bools]]:
        """As `load`, so many contents at a time and in their order; the file is opened, and checked, once."""
        with Cache(self._file) as cache:
            for start in range(0, len(contents), rows):
                yield self._read(cache, contents[start : start + rows])

    def _read(self, cache: Cache, contents: Sequence[str]) -> tuple[Float16s, Bools]:
        import numpy as np

        size = self._embedder.size
        found = np.zeros((len(contents), size), np.float16)
        there = np.zeros(len(contents), np.bool_)
        for place, data in cache.vectors(self._embedder.key, contents):
            if len(data) == 2 * size:
                found[place] = np.frombuffer(data, np.float16)
                there[place] = True
        return found, there

    def missing(self, contents: Sequence[str]) -> list[int]:
        """Places whose content has no vector yet."""
        with Cache(self._file) as cache:
            there = {place for place, _ in cache.vectors(self._embedder.key, contents)}
        return [place for place in range(len(contents)) if place not in there]


def embed_best(
    library: Library, images: Sequence[tuple[str, str | Path]], progress: Progress
) -> tuple[Embedder, list[str]]:
    """`embed` with the best network that is installed; where CLIP's weights fail, with the built-in one.

    Returns:
        The network that was used, and sentences a person should see: also why it was not CLIP.

    Raises:
        PickwiseError: none is installed; Cancelled, WorkersFailed, LibraryError as `embed`.
    """
    vision = library.settings.vision
    notices: list[str] = []
    try:
        clip = embedders.clip(vision)
    except BadCheckpoint as error:
        clip, notices = None, [f"{error.message} {error.hint}"]
    if clip is not None:
        try:
            return clip, embed(library.paths, clip, images, progress)
        except WorkersFailed as error:
            notices = [f"The CLIP weights {to_text(clip.file or '')} cannot be used. {error.message}"]
    used = embedders.LITE0 if embedders.installed(embedders.LITE0) else embedders.default(vision)
    return used, notices + embed(library.paths, used, images, progress)


def embed(
    paths: LibraryPaths, embedder: Embedder, images: Sequence[tuple[str, str | Path]], progress: Progress
) -> list[str]:
    """Work out the vectors that are missing; commits as it goes, so that a stopped run goes on where it was.

    Args:
        paths: of the library; its thumbnails are read and its cache is written.
        embedder: one that is installed.
        images: content hash and path of each image.
        progress: hears the phase `embed`.

    Returns:
        Sentences a person should see: pictures that could not be embedded, a cache that was set aside.

    Raises:
        Cancelled: what was finished is kept.
        WorkersFailed: the network cannot be loaded.
        LibraryError: the disk refuses.
    """
    with Cache(paths.vectors) as cache:
        there = {place for place, _ in cache.vectors(embedder.key, [content for content, _ in images])}
        wanted = {c: Picture(c, to_text(p)) for place, (c, p) in enumerate(images) if place not in there}
        progress.phase("embed", len(wanted))
        refused = _fill(cache, embedder, str(paths.thumbs), list(wanted.values()), progress) if wanted else []
        notices = [cache.notice] if cache.notice else []
    return notices + batches.told(refused, "compared by its looks")


def _fill(
    cache: Cache, embedder: Embedder, thumbs: str, wanted: list[Picture], progress: Progress
) -> list[tuple[str, str]]:
    """Embed these pictures; answers with the path of each that could not be, and why."""
    refused: list[tuple[str, str]] = []

    def keep(rows: list[tuple[Picture, embed_work.Embedded]]) -> None:
        cache.add_vectors(embedder.key, [(p.content, found) for p, found in rows if isinstance(found, bytes)])
        refused.extend((p.path, found) for p, found in rows if isinstance(found, str))

    crashed = batches.run(
        partial(embed_work.process, thumbs), wanted, BATCH, keep, progress,
        workers=workers(_bytes_of(embedder)), prepare=partial(embed_work.prepare, embedder),
    )  # fmt: skip
    return refused + [(picture.path, reason) for picture, reason in crashed]


def workers(each: int = _WORKER_BYTES) -> int:
    """One a core, but all together in half the machine's memory; one alone where it has a graphics processor to itself.

    Args:
        each: bytes that a worker takes at the most.
    """
    if sys.platform == "darwin" and platform.machine() == "arm64":
        return 1
    room = _memory() // 2 // each
    return max(1, min(pool.processors(), _MOST_WORKERS, room))


def _bytes_of(embedder: Embedder) -> int:
    """What a worker with this network takes."""
    if embedder.file is None:
        return _WORKER_BYTES
    return _LIBRARY_BYTES + 2 * embedder.file.stat().st_size


def _memory() -> int:
    """Bytes the machine has; plenty where it does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 1 << 40
