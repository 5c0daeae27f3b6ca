"""Is a candidate pair one picture edited, or a neighbour: a frame of a burst, a look-alike garment, another try?

A vector cannot tell; the pixels can (`likeness`). Two pictures are the same where, one laid on the other, less than
`SAME` of what there is to see differs beside one compact patch. So a small caption, a logo or one retouched hand leaves
a picture the same; a person who moved, another view of the room or another seed does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine.library.paths import LibraryPaths
from engine.library.text import to_text
from engine.progress import Progress
from engine.vision import batches
from engine.vision.cache import Cache, key, pair_key
from engine.vision.pictures import Picture

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from engine.vision.same_work import Pair

    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]

SAME = 0.012  # copies of photographs measured 0 to 0.006, neighbouring frames of a burst from 0.024
VERSION = "same-picture/1"
BATCH = 64  # pairs: a third of a second of a core


def verify(
    paths: LibraryPaths,
    images: Sequence[tuple[str, str | Path]],
    one: Ints,
    other: Ints,
    progress: Progress,
    *,
    any_way_up: bool = False,
) -> tuple[Bools, list[str]]:
    """Look at candidate pairs; what was looked at once is remembered.

    Args:
        paths: of the library; its thumbnails are read and its cache is written.
        images: content hash and path of each of n images.
        one, other: (k,) places of the candidates.
        progress: hears the phase `compare`.
        any_way_up: a picture turned by quarters or mirrored is the same too; up to eight times the work.

    Returns:
        (k,) bool: the same picture; and sentences a person should see.

    Raises:
        Cancelled: what was finished is kept.
        WorkersFailed, LibraryError: as `embed`.
    """
    found, notices = differences(paths, images, one, other, progress, any_way_up=any_way_up)
    return found <= SAME, notices


def differences(
    paths: LibraryPaths,
    images: Sequence[tuple[str, str | Path]],
    one: Ints,
    other: Ints,
    progress: Progress,
    *,
    any_way_up: bool = False,
) -> tuple[Floats, list[str]]:
    """As `verify`, but (k,) float: how much of each pair differs, 0 to 1; 2 where a picture could not be read."""
    import numpy as np

    kind = f"{VERSION}/any-way-up" if any_way_up else VERSION
    keys = [key(content) for content, _ in images]
    pairs = [pair_key(keys[i], keys[j]) for i, j in zip(one.tolist(), other.tolist(), strict=True)]
    with Cache(paths.vectors) as cache:
        known = cache.pairs(kind, pairs)
        known |= {p: 0.0 for p, i, j in zip(pairs, one.tolist(), other.tolist(), strict=True) if keys[i] == keys[j]}
        fresh = {
            p: (i, j)
            for p, i, j in sorted(zip(pairs, one.tolist(), other.tolist(), strict=True), key=lambda row: row[1:])
            if p not in known
        }
        progress.phase("compare", len(fresh))
        look = _Look(cache, kind, str(paths.thumbs), images)
        looked = look.at(fresh, progress, any_way_up=any_way_up)
        notices = [cache.notice] if cache.notice else []
    known |= looked
    answer = np.array([known.get(p, 2.0) for p in pairs], np.float64)
    return answer, notices + _unread(answer)


class _Look(NamedTuple):
    """Comparing in worker processes."""

    cache: Cache
    kind: str
    thumbs: str
    images: Sequence[tuple[str, str | Path]]

    def at(self, fresh: dict[bytes, tuple[int, int]], progress: Progress, *, any_way_up: bool) -> dict[bytes, float]:
        """Pairs of one picture stand together in `fresh`: a worker remembers the pictures it has read."""
        from engine.vision import same_work

        places = {place for pair in fresh.values() for place in pair}
        pictures = {place: Picture(self.images[place][0], to_text(self.images[place][1])) for place in places}
        asked = {same_work.Pair(pictures[i], pictures[j]): pair for pair, (i, j) in fresh.items()}
        looked: dict[bytes, float] = {}

        def keep(rows: list[tuple[Pair, float]]) -> None:
            read = [(asked[pair], value) for pair, value in rows if value <= 1]  # the unreadable are tried again
            self.cache.add_pairs(self.kind, read)
            looked.update(read)

        if asked:
            work = partial(same_work.process, self.thumbs, SAME, any_way_up)
            batches.run(work, list(asked), BATCH, keep, progress, prepare=same_work.prepare)
        return looked


def _unread(answer: Floats) -> list[str]:
    count = int((answer > 1).sum())
    if not count:
        return []
    return [
        f"{count} pair{'s' * (count != 1)} could not be compared, as a picture could not be read: taken as different."
    ]
