"""A folder that takes long to make: made once for the tests of a module, and put back as it was before each of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path


class Again:
    """What `make` puts into a folder. It is always in the same place, so a library in it finds its images."""

    def __init__(self, folder: Path, make: Callable[[Path], object]) -> None:
        self._here, self._kept = folder / "here", folder / "kept"
        self._here.mkdir()
        make(self._here)
        shutil.copytree(self._here, self._kept, symlinks=True)

    def put_back(self) -> Path:
        shutil.rmtree(self._here)
        shutil.copytree(self._kept, self._here, symlinks=True)
        return self._here
