"""Crop a PNG without losing a bit: pixels by Pillow, or OpenCV for 16 bits; everything else from the file's own chunks.

Which chunks may follow changed pixels: PNG specification, third edition, 14.2 (unknown ones only where the fourth
letter is small: safe to copy). Those that tell of pixels or palette (tRNS, bKGD, hIST, sPLT) come from the encoder.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import cv2
import numpy as np
from PIL import Image

from engine.cropping.model import Box
from engine.errors import Unreadable
from engine.export.crops.thumbnail import without_thumbnail
from engine.intake.pixels import DAMAGED, REPLACE
from engine.intake.png import SIGNATURE, Header, read_header

_PIXELS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD", b"hIST", b"sPLT"}
_ABOUT = {
    b"gAMA",
    b"cHRM",
    b"sRGB",
    b"iCCP",
    b"cICP",
    b"mDCV",
    b"cLLI",
    b"pHYs",
    b"eXIf",
    b"tEXt",
    b"zTXt",
    b"iTXt",
    b"tIME",
}
_LEVEL = 6  # of deflate: Pillow's own default


def cut(data: bytes, picture: Image.Image, box: Box) -> bytes:
    """The file less everything outside `box` (stored pixels). Raises Unreadable where the pixels cannot be decoded."""
    header = read_header(data)
    if header.depth == 16:
        return _joined(data, header, _deep(data, box))
    return encoded(data, picture.crop(box))


def encoded(data: bytes, smaller: Image.Image) -> bytes:
    """These pixels with what the file `data` says about its picture."""
    out = io.BytesIO()
    smaller.info = {key: value for key, value in smaller.info.items() if key == "transparency"}
    smaller.save(out, "PNG", compress_level=_LEVEL)
    return _joined(data, read_header(data), out.getvalue())


def _deep(data: bytes, box: Box) -> bytes:
    """16 bits a channel, which Pillow would halve."""
    pixels: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16:
        raise Unreadable(DAMAGED, REPLACE)
    x1, y1, x2, y2 = box
    done, coded = cv2.imencode(
        ".png", np.ascontiguousarray(pixels[y1:y2, x1:x2]), [cv2.IMWRITE_PNG_COMPRESSION, _LEVEL]
    )
    if not done:
        raise Unreadable(DAMAGED, REPLACE)
    return coded.tobytes()


def _joined(data: bytes, header: Header, fresh: bytes) -> bytes:
    """`fresh` with the chunks of `data` that are about the picture, each on its side of the pixels."""
    new = read_header(fresh)
    first = next((start for kind, start, _ in header.pieces if kind == b"IDAT"), len(data))
    kept = [
        (start, _told(kind, data[start:stop]))
        for kind, start, stop in header.pieces
        if _stays(kind) and _whole(data, start, stop)
    ]
    before = b"".join(chunk for start, chunk in kept if start < first)
    after = b"".join(chunk for start, chunk in kept if start > first)
    pixels = [(kind, fresh[start:stop]) for kind, start, stop in new.pieces if kind in _PIXELS]
    ordered = [chunk for kind, chunk in pixels if kind == b"IHDR"] + [before]
    ordered += [chunk for kind, chunk in pixels if kind not in (b"IHDR", b"IEND")]
    return SIGNATURE + b"".join([*ordered, after, *(chunk for kind, chunk in pixels if kind == b"IEND")])


def _told(kind: bytes, chunk: bytes) -> bytes:
    """EXIF without its thumbnail, anything else as it is."""
    if kind != b"eXIf":
        return chunk
    body = kind + without_thumbnail(chunk[8:-4])
    return chunk[:4] + body + struct.pack(">I", zlib.crc32(body))


def _whole(data: bytes, start: int, stop: int) -> bool:
    return bool(stop - start == struct.unpack_from(">I", data, start)[0] + 12)


def _stays(kind: bytes) -> bool:
    return kind in _ABOUT or (kind not in _PIXELS and kind[:1].islower() and kind[3:].islower())
