"""The small picture inside EXIF (Exif 2.32, 4.5.4: the 1st IFD) shows what a crop left out, so it goes.

The block keeps its length, and with it every other offset in it, those of maker notes too: the link to the 1st IFD
becomes none and the picture's bytes become zeros.
"""

from __future__ import annotations

import struct

from engine.intake.exif import HEADER

_LINKS = {0x0201: 0x0202, 0x0111: 0x0117}  # where a thumbnail begins -> how long it is: JPEG, or one strip
_SHORT = 3  # the type of a number of two bytes


def without_thumbnail(block: bytes) -> bytes:
    """An EXIF payload, with or without its header, less its thumbnail; as it is where that cannot be told."""
    if block.startswith(HEADER):
        return HEADER + without_thumbnail(block[len(HEADER) :])
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return block
    changed = bytearray(block)
    try:
        first = struct.unpack_from(f"{order}I", block, 4)[0]
        link = first + 2 + 12 * struct.unpack_from(f"{order}H", block, first)[0]
        second = struct.unpack_from(f"{order}I", block, link)[0]
        struct.pack_into(f"{order}I", changed, link, 0)
        numbers = _numbers(block, order, second) if second else {}
    except struct.error:  # shorter than it says
        return bytes(changed)
    for begins, length in _LINKS.items():
        start, stop = numbers.get(begins, 0), min(len(block), numbers.get(begins, 0) + numbers.get(length, 0))
        if start:
            changed[start:stop] = bytes(max(0, stop - start))
    return bytes(changed)


def _numbers(block: bytes, order: str, at: int) -> dict[int, int]:
    """The single numbers of an IFD by tag. Raises struct.error where it ends too early."""
    found = {}
    for place in range(struct.unpack_from(f"{order}H", block, at)[0]):
        entry = at + 2 + 12 * place
        tag, kind = struct.unpack_from(f"{order}HH", block, entry)
        found[tag] = struct.unpack_from(f"{order}{'H' if kind == _SHORT else 'I'}", block, entry + 8)[0]
    return found
