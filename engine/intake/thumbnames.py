"""Where a thumbnail lives; apart from `thumbs` so that naming one does not load a decoder."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def thumb_name(content_hash: str) -> str:
    """The thumbnail of this content below the folder of thumbnails, with "/": `ab/abcdef….jpg`."""
    return f"{content_hash[:2]}/{content_hash}.jpg"


def thumb_path(thumbs_dir: str | os.PathLike[str], content_hash: str) -> Path:
    """Where the thumbnail of this content lives: `thumbs/ab/abcdef….jpg`."""
    return Path(thumbs_dir) / thumb_name(content_hash)


def thumbs_there(thumbs_dir: Path) -> set[str]:
    """The content hashes that have a thumbnail; one listing a folder, so a hundred thousand are named in a moment."""
    found: set[str] = set()
    with contextlib.suppress(OSError), os.scandir(thumbs_dir) as folders:
        for folder in folders:
            with contextlib.suppress(OSError), os.scandir(folder) as files:
                found.update(file.name.removesuffix(".jpg") for file in files if file.name.endswith(".jpg"))
    return found
