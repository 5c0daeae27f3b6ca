"""Just enough of EXIF, read straight from its TIFF structure: orientation, time taken, comments.

Follows "Exchangeable image file format for digital still cameras: Exif Version 2.32" (CIPA DC-008), sections 4.5 and
4.6. Every offset is checked; a damaged block gives what can be read of it.
"""

from __future__ import annotations

import re
import struct
from datetime import datetime

MAKE, MODEL, DESCRIPTION, SOFTWARE = 0x010F, 0x0110, 0x010E, 0x0131
ORIENTATION, TAKEN, COMMENT = 0x0112, 0x9003, 0x9286

_EXIF_FOLDER = 0x8769
_KEPT = frozenset({MAKE, MODEL, DESCRIPTION, SOFTWARE, ORIENTATION, TAKEN, COMMENT, _EXIF_FOLDER})
_WIDTHS = {1: 1, 2: 1, 3: 2, 4: 4, 7: 1, 129: 1}  # bytes a value: byte, ASCII, short, long, undefined, UTF-8
_MOST_ENTRIES = 1000
_TIME = re.compile(rb"([0-9]{4})[:\-/.]([0-9]{2})[:\-/.]([0-9]{2})[ T]([0-9]{2}):([0-9]{2}):([0-9]{2})")

Tags = dict[int, bytes]


def read_tags(exif: bytes) -> tuple[Tags, str]:
    """The raw bytes of the tags named above and the byte order, `<` or `>`; ({}, "<") when there is no EXIF."""
    if exif[:6] == b"Exif\0\0":
        exif = exif[6:]
    order = {b"II": "<", b"MM": ">"}.get(exif[:2], "")
    if not order or len(exif) < 14:
        return {}, "<"
    tags: Tags = {}
    _read_folder(exif, order, struct.unpack_from(order + "I", exif, 4)[0], tags)
    inner = tags.pop(_EXIF_FOLDER, b"")
    if len(inner) == 4:
        _read_folder(exif, order, struct.unpack(order + "I", inner)[0], tags)
    return tags, order


def _read_folder(exif: bytes, order: str, at: int, tags: Tags) -> None:
    if at + 2 > len(exif):
        return
    count = min(struct.unpack_from(order + "H", exif, at)[0], _MOST_ENTRIES, (len(exif) - at - 2) // 12)
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind, length = struct.unpack_from(order + "HHI", exif, entry)
        width = _WIDTHS.get(kind)
        if tag not in _KEPT or tag in tags or width is None:
            continue
        size = length * width
        start = entry + 8 if size <= 4 else struct.unpack_from(order + "I", exif, entry + 8)[0]
        if size and start + size <= len(exif):
            tags[tag] = exif[start : start + size]


def exif_orientation(exif: bytes) -> int:
    """The EXIF orientation, 1 to 8; 1 when there is none or it is damaged."""
    tags, order = read_tags(exif)
    raw = tags.get(ORIENTATION, b"")
    form = {1: "B", 2: "H", 4: "I"}.get(len(raw))
    value = struct.unpack(order + form, raw)[0] if form else 1
    return value if 1 <= value <= 8 else 1


def exif_taken_at(exif: bytes) -> str:
    """DateTimeOriginal as naive ISO 8601 `YYYY-MM-DDTHH:MM:SS`, in the camera's own time; "" when there is none."""
    match = _TIME.match(read_tags(exif)[0].get(TAKEN, b""))
    try:
        return datetime(*map(int, match.groups())).isoformat() if match else ""  # type: ignore[arg-type] # noqa: DTZ001
    except ValueError:
        return ""


def comment_text(raw: bytes, order: str) -> str:
    """The text of a UserComment: eight bytes that name its character set, then the text."""
    head, body = raw[:8], raw[8:]
    if head == b"UNICODE\0":
        return _utf16(body, order).strip("\0")
    if head in {b"ASCII\0\0\0", b"JIS\0\0\0\0\0", b"\0" * 8}:
        return body.decode("utf-8", "replace").strip("\0")
    if raw.startswith(b"charset=Unicode "):
        return _utf16(raw[16:], order).strip("\0")
    return raw.decode("utf-8", "replace").strip("\0")


def _utf16(body: bytes, order: str) -> str:
    """Writers disagree on the byte order of UNICODE comments, so the reading with more plain letters is taken."""
    if b"\0" not in body and _plain_share(body) > 0.8:  # plain text under the wrong name
        return body.decode("utf-8", "replace")
    body = body[: len(body) // 2 * 2]
    if body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return body.decode("utf-16", "replace")
    little, big = body[1::2].count(0), body[::2].count(0)
    code = "utf-16-le" if little > big or (little == big and order == "<") else "utf-16-be"
    return body.decode(code, "replace")


def _plain_share(body: bytes) -> float:
    return sum(32 <= b < 127 for b in body[:400]) / max(1, len(body[:400]))
