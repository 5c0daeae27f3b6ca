"""JPEG through libjpeg-turbo: at half size where that is enough, with the accurate DCT and upsampling.

Segments follow ITU-T T.81 annex B. CMYK, 12-bit and other rare kinds are left to Pillow. A stream that ends before the
picture does is refused: libjpeg would paint the missing part grey.
"""

from __future__ import annotations

import struct

import numpy as np
import simplejpeg

from engine.errors import Unreadable
from engine.intake import exif, pillow_decode
from engine.intake.pixels import CUT_SHORT, DAMAGED, REPLACE, Bytes, Decoded, check_size, oriented, upright

ENOUGH = 1000
"""A half-size decode is taken only where its short side keeps at least this many pixels."""

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_PLAIN = {"YCbCr", "Gray", "RGB"}
_MAX_SEGMENTS = 100_000
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_ALONE = {0x01, *range(0xD0, 0xD9)}


def is_jpeg(data: bytes) -> bool:
    return data.startswith(b"\xff\xd8\xff")


def read(data: bytes, full: bool, max_pixels: int) -> Decoded:
    """Decode a JPEG; see `decode.decode`. Raises Unreadable."""
    width, height, block, xmp = read_header(data)
    check_size(width, height, max_pixels)
    turn = exif.orientation(block, xmp)
    scale = 1 if full or min(width, height) // 2 < ENOUGH else 2
    rgb = _turbo(data, width, height, scale)
    if rgb is None:
        scale = 1
        rgb = pillow_decode.pixels(data, max_pixels)
        height, width = rgb.shape[:2]
    size = oriented(width, height, turn)
    return Decoded(upright(rgb, turn), *size, scale, "JPEG", {}, block)


def read_header(data: bytes) -> tuple[int, int, bytes, bytes]:
    """Width, height, EXIF block and XMP packet, from the segments before the picture. Raises Unreadable."""
    block = xmp = b""
    at = 2
    for _ in range(_MAX_SEGMENTS):
        at = data.find(b"\xff", at)  # decoders skip stray bytes between segments
        if at < 0 or at + 4 > len(data):
            raise Unreadable(CUT_SHORT, REPLACE)
        kind = data[at + 1]
        if kind in (0xFF, 0x00) or kind in _ALONE:
            at += 1 if kind == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        body = data[at + 4 : at + 2 + length]
        if kind in _FRAMES and len(body) >= 5:
            height, width = struct.unpack_from(">HH", body, 1)
            return width, height, block, xmp
        if kind == 0xE1 and body.startswith(exif.HEADER):
            block = block or exif.strip_header(body)
        elif kind == 0xE1 and body.startswith(_XMP):
            xmp = xmp or body[len(_XMP) :]
        if kind in (0xDA, 0xD9):
            raise Unreadable(DAMAGED, REPLACE)
        at += 2 + max(length, 2)
    raise Unreadable(DAMAGED, REPLACE)


def _turbo(data: bytes, width: int, height: int, scale: int) -> Bytes | None:
    """Pixels (H, W, 4) at 1/scale, or None where Pillow has to try."""
    small = (-(-height // scale), -(-width // scale))
    try:
        if simplejpeg.decode_jpeg_header(data)[2] not in _PLAIN:
            return None
        rgb = simplejpeg.decode_jpeg(data, "RGBX", False, False, *(small if scale > 1 else (0, 0)))
    except ValueError as error:
        reason = str(error)
        if "premature end" in reason.lower():
            raise Unreadable(CUT_SHORT, REPLACE) from error
        if "bad huffman" in reason.lower():
            raise Unreadable(DAMAGED, REPLACE) from error
        return None
    return np.asarray(rgb, np.uint8) if rgb.shape[:2] == small else None
