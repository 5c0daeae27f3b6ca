"""One picture as a worker is told of it."""

from __future__ import annotations

from typing import NamedTuple


class Picture(NamedTuple):
    """One picture to read: its content hash, and where its file is as `to_text` writes it ("" where not needed)."""

    content: str
    path: str
