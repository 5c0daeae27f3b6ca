"""PNG: chunks read here, pixels by kornia-rs where it gives Pillow's, by Pillow elsewhere.

Follows the PNG specification, third edition (W3C 2025): chunk layout in section 5, text chunks in 11.3.3. kornia-rs is
trusted with 8-bit grey, RGB and RGBA without a transparent colour or animation; it reads palettes wrongly, silently.
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

import cv2
import numpy as np
from kornia_rs import io as kornia

from engine.errors import Unreadable
from engine.intake import exif, pillow_decode
from engine.intake.pixels import CUT_SHORT, DAMAGED, REPLACE, Bytes, Decoded, check_size, oriented, upright

SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP_KEY = "XML:com.adobe.xmp"
MAX_TEXT = 8 << 20  # characters of one text chunk once unpacked; larger ones are left out
MAX_TEXTS = 24 << 20  # of all together
_MAX_CHUNKS = 1_000_000
_TEXT = (b"tEXt", b"zTXt", b"iTXt")
_FAST = {0: "mono", 2: "rgb", 6: "rgba"}  # colour type -> kornia's word


class Header(NamedTuple):
    """What the chunks say; `pieces` are (type, start, end) of whole chunks, lengths and CRC included."""

    width: int
    height: int
    depth: int
    color: int
    pieces: list[tuple[bytes, int, int]]
    kinds: set[bytes]


def is_png(data: bytes) -> bool:
    return data.startswith(SIGNATURE)


def read(data: bytes, max_pixels: int) -> Decoded:
    """Decode a PNG; see `decode.decode`. Raises Unreadable."""
    header = read_header(data)
    check_size(header.width, header.height, max_pixels)
    text = read_text(data, header)
    block = _exif(data, header, text)
    turn = exif.orientation(block, text.get(XMP_KEY, "").encode())
    rgb = _fast(data, header)
    if rgb is None:
        _check_sums(data, header)
        rgb = pillow_decode.pixels(_without_text(data, header), max_pixels)
    width, height = oriented(header.width, header.height, turn)
    return Decoded(upright(rgb, turn), width, height, 1, "PNG", text, block)


def read_header(data: bytes) -> Header:
    """Walk the chunks. Raises Unreadable where there is no IHDR or no image data."""
    pieces: list[tuple[bytes, int, int]] = []
    at = len(SIGNATURE)
    while at + 12 <= len(data) and len(pieces) < _MAX_CHUNKS:
        length, kind = struct.unpack_from(">I4s", data, at)
        stop = at + 12 + length
        if stop > len(data):
            pieces.append((kind, at, len(data)))
            break
        pieces.append((kind, at, stop))
        at = stop
        if kind == b"IEND":
            break
    if not pieces or pieces[0][0] != b"IHDR" or pieces[0][2] - pieces[0][1] != 25:
        raise Unreadable(CUT_SHORT if len(data) < 33 else DAMAGED, REPLACE)
    width, height, depth, color = struct.unpack_from(">IIBB", data, len(SIGNATURE) + 8)
    return Header(width, height, depth, color, pieces, {kind for kind, _, _ in pieces})


def _fast(data: bytes, header: Header) -> Bytes | None:
    mode = _FAST.get(header.color)
    if mode is None or header.depth != 8 or header.kinds & {b"tRNS", b"acTL"}:
        return None
    shape = (header.height, header.width)
    try:
        decoded = kornia.decode_image_png_u8(data, shape, mode)
    except Exception:  # noqa: BLE001 - whatever is wrong with the file, Pillow is asked before it is given up
        return None
    if decoded.shape[:2] != shape:
        return None
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_GRAY2RGBA) if mode == "mono" else decoded, np.uint8)


def _check_sums(data: bytes, header: Header) -> None:
    """Raise Unreadable where image data is not what was written; Pillow does not look at the sums of its last part."""
    for kind, start, stop in header.pieces:
        if kind != b"IDAT":
            continue
        (length,) = struct.unpack_from(">I", data, start)
        if stop - start != length + 12:
            raise Unreadable(CUT_SHORT, REPLACE)
        if zlib.crc32(memoryview(data)[start + 4 : stop - 4]) != int.from_bytes(data[stop - 4 : stop], "big"):
            raise Unreadable(DAMAGED, REPLACE)


def _without_text(data: bytes, header: Header) -> bytes:
    """The file less its text, whose limits in Pillow would refuse the picture too."""
    if not header.kinds & {*_TEXT}:
        return data
    return SIGNATURE + b"".join(data[start:stop] for kind, start, stop in header.pieces if kind not in _TEXT)


def read_text(data: bytes, header: Header) -> dict[str, str]:
    """The text chunks by keyword, the last of a keyword winning; what is malformed or too large is left out."""
    found: dict[str, str] = {}
    room = MAX_TEXTS
    for kind, start, stop in header.pieces:
        if kind not in _TEXT or stop - start > MAX_TEXT:
            continue
        try:
            key, value = _one_text(kind, data[start + 8 : stop - 4], min(MAX_TEXT, room))
        except (ValueError, IndexError, zlib.error):
            continue
        room -= len(value)
        found[key] = value
        if room <= 0:
            break
    return found


def _one_text(kind: bytes, body: bytes, limit: int) -> tuple[str, str]:
    raw_key, rest = body.split(b"\0", 1)
    key = raw_key.decode("latin-1")
    if kind == b"tEXt":
        return key, _within(rest, limit).decode("latin-1")
    if kind == b"zTXt":
        return key, _inflate(rest[1:], limit).decode("latin-1")
    packed = rest[0]
    value = rest[2:].split(b"\0", 2)[2]
    return key, (_inflate(value, limit) if packed else _within(value, limit)).decode("utf-8", "replace")


def _within(raw: bytes, limit: int) -> bytes:
    if len(raw) > limit:
        raise ValueError("too much text")
    return raw


def _inflate(packed: bytes, limit: int) -> bytes:
    engine = zlib.decompressobj()
    return _within(engine.decompress(packed, limit + 1), limit)


def _exif(data: bytes, header: Header, text: dict[str, str]) -> bytes:
    for kind, start, stop in header.pieces:
        if kind == b"eXIf":
            return exif.strip_header(data[start + 8 : stop - 4])
    raw = text.get("Raw profile type exif")
    if raw is None:
        return b""
    try:
        return exif.strip_header(bytes.fromhex("".join(raw.split("\n")[3:])))
    except ValueError:
        return b""
