"""Where a thumbnail lives; apart from `thumbs` so that naming one does not load a decoder."""

from __future__ import annotations

import os
from pathlib import Path


def thumb_path(thumbs_dir: str | os.PathLike[str], content_hash: str) -> Path:
    """Where the thumbnail of this content lives: `thumbs/ab/abcdef….jpg`."""
    return Path(thumbs_dir) / content_hash[:2] / f"{content_hash}.jpg"
