"""A library folder with thumbnails and nothing else, for tests of what is worked out from them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from engine.intake import thumbs
from engine.intake.thumbnames import thumb_path
from engine.library.paths import LibraryPaths
from tests.draw import Picture

Image = tuple[str, str]


def library(root: Path) -> LibraryPaths:
    paths = LibraryPaths(root)
    paths.make()
    return paths


def put(paths: LibraryPaths, picture: Picture) -> Image:
    """The thumbnail of a picture; answers with its content hash and a path where there is no file."""
    content = hashlib.sha256(np.ascontiguousarray(picture).tobytes()).hexdigest()
    thumbs.write_atomic(thumb_path(paths.thumbs, content), thumbs.thumbnail(np.ascontiguousarray(picture)))
    return content, f"/nowhere/{content[:8]}.png"


class Stops:
    """A Progress that is cancelled once this many are done; remembers its phases."""

    def __init__(self, after: int | None = None) -> None:
        self.after = after
        self.phases: list[tuple[str, int]] = []

    def phase(self, name: str, total: int = 0) -> None:
        self.phases.append((name, total))

    def step(self, done: int, current: str = "") -> None:
        from engine.progress import Cancelled

        if self.after is not None and done >= self.after:
            raise Cancelled

    def cancelled(self) -> bool:
        return False
