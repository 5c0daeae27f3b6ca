"""The pHashes of the eight orientations of each image, for finding copies that were turned or mirrored.

Made from thumbnails in worker processes and kept in the library's cache. They agree with the hash of the turned image
itself to within a few bits, as a thumbnail is a compressed reduction of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.library.paths import LibraryPaths
from engine.library.text import to_text
from engine.progress import Progress
from engine.vision import batches
from engine.vision.cache import Cache
from engine.vision.pictures import Picture

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    U64 = npt.NDArray[np.uint64]
    Bools = npt.NDArray[np.bool_]

BATCH = 32
ORIENTATIONS = 8


def orientations(
    paths: LibraryPaths, images: Sequence[tuple[str, str | Path]], progress: Progress
) -> tuple[U64, Bools, list[str]]:
    """The hashes of each image as it is, turned by 90, 180 and 270 degrees, mirrored, and mirrored and turned so.

    Args:
        paths: of the library; its thumbnails are read and its cache is written.
        images: content hash and path of each of n images.
        progress: hears the phase `turn`.

    Returns:
        (n, 8) uint64; (n,) bool: whether there are any, else its row is 0; and sentences a person should see.

    Raises:
        Cancelled: what was finished is kept.
        WorkersFailed, LibraryError: as `vectors.embed`.
    """
    import numpy as np

    contents = [content for content, _ in images]
    found, there = np.zeros((len(images), ORIENTATIONS), np.uint64), np.zeros(len(images), np.bool_)
    with Cache(paths.vectors) as cache:
        kind = _kind()

        def load() -> None:
            for place, data in cache.vectors(kind, contents):
                if len(data) == 8 * ORIENTATIONS:
                    found[place], there[place] = np.frombuffer(data, "<u8"), True

        load()
        wanted = {c: Picture(c, to_text(p)) for (c, p), have in zip(images, there.tolist(), strict=True) if not have}
        progress.phase("turn", len(wanted))
        if wanted:
            _fill(cache, kind, str(paths.thumbs), list(wanted.values()), progress)
            load()
        notices = [cache.notice] if cache.notice else []
    missing = int((~there).sum())
    if missing:
        notices.append(f"{missing} image{'s' * (missing != 1)} could not be turned, as no picture could be read.")
    return found, there, notices


def _kind() -> str:
    from importlib.metadata import version

    return f"phash8/pillow{version('pillow').split('.')[0]}"  # as `hashes.HASH_VERSION`, without loading a decoder


def _fill(cache: Cache, kind: str, thumbs: str, wanted: list[Picture], progress: Progress) -> None:
    from engine.vision import turn_work

    def keep(rows: list[tuple[Picture, bytes]]) -> None:
        cache.add_vectors(kind, [(picture.content, hashes) for picture, hashes in rows if hashes])

    batches.run(partial(turn_work.process, thumbs), wanted, BATCH, keep, progress, prepare=turn_work.prepare)
