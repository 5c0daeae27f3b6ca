"""What is kept of two sets that show the same, beside their images."""

from __future__ import annotations

import msgspec


class About(msgspec.Struct, frozen=True):
    """What `set_matches.about` holds, in JSON; bytes are with companions."""

    stages: tuple[float, ...]
    similarity: tuple[float, ...]
    measure: str
    metadata: str
    reason: str
    back: str  # the reason once a person turned it round
    times: tuple[str, str]
    keys: tuple[str, str]
    bytes: tuple[int, int]
