"""What chance draws to measure by: by names alone, the same answer every time, and nothing of how hard it is."""

from __future__ import annotations

import hashlib
from functools import lru_cache


def drawn(share: float, *names: object) -> bool:
    """Whether chance draws what has these names; `share` of all names, 0 to 1."""
    key = "\0".join(map(str, names)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest()) < share * 2**64


@lru_cache(maxsize=1 << 17)
def crop_drawn(share: float, image: int) -> bool:
    """Whether an image is one of those by which proposed crops are measured."""
    return drawn(share, "crop", image)


def again_drawn(share: float, image: int) -> bool:
    """Whether the person's own crop of an image is looked at again."""
    return drawn(share, "again", image)
