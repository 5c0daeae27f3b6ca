"""Near by content: the same bytes, or the same picture pixel by pixel in another file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.grouping.hamming import U64
from engine.grouping.nearness import ApartPairs, Floats, Ints, apart_by_rank, by_place, take_classes, unmeasured
from engine.grouping.pixel_equal import Size, pixel_contents
from engine.progress import Progress


class ByContent:
    """See `by_content`."""

    def __init__(self, contents: Sequence[str]) -> None:
        numbers: dict[str, int] = {}
        kinds = [numbers.setdefault(content, k) if content else -1 for k, content in enumerate(contents)]
        self._kind = np.array(kinds, np.int64)

    def gather(self, order: Ints, apart: ApartPairs = ()) -> Ints:
        hub = np.full(len(order), -1, np.int64)
        take_classes(hub, self._kind[order], lambda _, __: True, apart_by_rank(apart, order))
        return by_place(hub, order)

    def between(self, one: Ints, other: Ints) -> tuple[Ints, Floats]:
        return unmeasured(one, other)


def by_content(
    contents: Sequence[str],
    paths: Sequence[str] | None = None,
    sizes: Sequence[Size] | None = None,
    hashes: U64 | None = None,
    progress: Progress | None = None,
) -> ByContent:
    """Near where the content is equal: byte by byte, and with paths, sizes and hashes also pixel by pixel.

    Args:
        contents: the content hash of each image, "" where unknown (near nothing).
        paths: as text; without them only bytes count.
        sizes: (width, height) of each.
        hashes: shape (n,), uint64, the pHash: only files of one size and one pHash are read and compared.
        progress: told how many of those files are read; Cancelled comes from its `step`.

    Raises:
        WorkersFailed: the processes that read images cannot be used.
        Cancelled: asked to stop.
    """
    if paths is None or sizes is None or hashes is None:
        return ByContent(contents)
    return ByContent(pixel_contents(contents, paths, sizes, hashes, progress))
