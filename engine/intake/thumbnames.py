"""Where a thumbnail lives; apart from `thumbs` so that naming one does not load a decoder."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def thumb_path(thumbs_dir: str | os.PathLike[str], content_hash: str) -> Path:
    """Where the thumbnail of this content lives: `thumbs/ab/abcdef….jpg`."""
    return Path(thumbs_dir) / content_hash[:2] / f"{content_hash}.jpg"


def thumbs_there(thumbs_dir: Path) -> set[str]:
    """The content hashes that have a thumbnail; one listing a folder, so a hundred thousand are named in a moment."""
    found: set[str] = set()
    with contextlib.suppress(OSError), os.scandir(thumbs_dir) as folders:
        for folder in folders:
            with contextlib.suppress(OSError), os.scandir(folder) as files:
                found.update(file.name.removesuffix(".jpg") for file in files if file.name.endswith(".jpg"))
    return found
