"""What a file is known by when its name changes: BLAKE3 (O'Connor et al., 2020), 128 bits, hex."""

from __future__ import annotations

from blake3 import blake3

_BYTES = 16


def content_hash(data: bytes) -> str:
    """32 hex digits of a file's bytes."""
    return blake3(data).hexdigest(_BYTES)
