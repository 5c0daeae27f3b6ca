"""What images look like to the network that is installed: vectors, near by them, turned and mirrored hashes.

Vectors are cached by content in the library's sidecar folder, so each picture is looked at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.errors import PickwiseError
from engine.library.store import Library
from engine.progress import Progress
from engine.vision import embedders
from engine.vision import vectors as cache


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
        embedder = embedders.default()
    except PickwiseError as error:
        nothing = np.zeros((len(contents), 0), np.float16)
        return Vectors(nothing, np.zeros(len(contents), np.bool_), 1.0, [error.message])
    notices = cache.embed(library.paths, embedder, list(zip(contents, paths, strict=True)), progress)
    found, have = cache.Vectors(library.paths, embedder).load(contents)
    return Vectors(found, have, embedder.both, notices)
