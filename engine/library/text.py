"""Paths as text and back, for any file name a disk can hold.

SQLite, JSON and CSV hold UTF-8, a Linux file name holds any bytes. Bytes that are not UTF-8 become characters of the
range U+10FF80-U+10FFFF (private use, plane 16), one a byte; a name that really holds such a character has its UTF-8
bytes written the same way, so `to_path(to_text(p)) == p` for every path.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote

_BASE = 0x10FF00
_ESCAPED = re.compile("([\U0010ff80-\U0010ffff]+)")
_RESERVED = re.compile("[\U0010ff80-\U0010ffff]")


def _bytes_to_text(raw: bytes) -> str:
    return "".join(chr(_BASE + b) for b in raw)


def to_text(path: str | os.PathLike[str]) -> str:
    """The UTF-8-safe text of a path; the same as `str(path)` for nearly every path."""
    name = os.fspath(path)
    if name.isascii():
        return name
    name = _RESERVED.sub(lambda m: _bytes_to_text(m[0].encode()), name)
    return "".join(chr(_BASE + ord(c) - 0xDC00) if "\udc80" <= c <= "\udcff" else c for c in name)


def to_path(text: str) -> Path:
    """The path that `to_text` wrote."""
    if not _RESERVED.search(text):
        return Path(text)
    raw = b"".join(
        bytes(ord(c) - _BASE for c in part) if _RESERVED.match(part) else part.encode()
        for part in _ESCAPED.split(text)
        if part
    )
    return Path(os.fsdecode(raw))


def to_name(text: str) -> str:
    """`os.fspath(to_path(text))` for the name of one file, without making a path of it."""
    return os.fspath(to_path(text)) if _RESERVED.search(text) else text


def shortened(name: str, most: int) -> str:
    """The beginning of a file's name for the name of another, at most `most` bytes long; what is no UTF-8 is U+FFFD."""
    return os.fsencode(name).decode("utf-8", "replace").encode()[:most].decode("utf-8", "ignore")


def file_url(path: str | os.PathLike[str]) -> str:
    """The `file://` address a page can show, every byte outside the plain set percent-encoded."""
    full = Path(path).absolute()
    if os.name == "nt":
        return full.as_uri()
    return "file://" + quote(os.fsencode(full), safe="/")
