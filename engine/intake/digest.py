"""What a file is known by when its name changes: BLAKE3 (O'Connor et al., 2020), 128 bits, hex."""

from __future__ import annotations

from collections.abc import Iterable

from blake3 import blake3

_BYTES = 16


def content_hash(data: bytes) -> str:
    """32 hex digits of a file's bytes."""
    return blake3(data).hexdigest(_BYTES)


def stream_hash(blocks: Iterable[bytes]) -> str:
    """The `content_hash` of bytes that come block by block."""
    digest = blake3()
    for block in blocks:
        digest.update(block)
    return digest.hexdigest(_BYTES)
