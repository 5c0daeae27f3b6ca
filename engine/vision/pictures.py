"""One picture as a worker is told of it."""

from __future__ import annotations

from typing import NamedTuple


class Picture(NamedTuple):
    """One picture to read: its content hash, where its file is as `to_text` writes it, and its size in pixels; "" and 0
    where these are not needed."""

    content: str
    path: str
    width: int = 0
    height: int = 0
