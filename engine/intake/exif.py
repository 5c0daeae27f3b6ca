"""The two EXIF facts intake itself needs: which way up, and when. (CIPA DC-008, Exif 2.32; XMP as a second source.)"""

from __future__ import annotations

import re
import warnings
from datetime import datetime

from PIL import ExifTags, Image

HEADER = b"Exif\x00\x00"
_XMP_ORIENTATION = re.compile(rb'tiff:Orientation(?:="|>)([0-9])')
_WHEN = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")


def strip_header(block: bytes) -> bytes:
    """The TIFF block of an EXIF payload, with or without its header; b"" where it is neither."""
    block = block.removeprefix(HEADER)
    return block if block[:2] in (b"II", b"MM") else b""


def orientation(exif: bytes, xmp: bytes = b"") -> int:
    """1 to 8; 1 where nothing usable is said. EXIF goes first, as Pillow has it."""
    value = _load(exif).get(ExifTags.Base.Orientation) if exif else None
    if value is None and (match := _XMP_ORIENTATION.search(xmp)):
        value = int(match[1])
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def taken_at(exif: bytes) -> str:
    """DateTimeOriginal as `YYYY-MM-DDTHH:MM:SS`, or "" where it is absent or no date."""
    if not exif:
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = _load(exif).get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal, "")
        match = _WHEN.match(str(value))
        # read as a date so that the 31st of February is none; EXIF has no zone
        return datetime.fromisoformat("{}-{}-{}T{}:{}:{}".format(*match.groups())).isoformat() if match else ""
    except Exception:  # noqa: BLE001 - hostile bytes; Pillow's reader raises many kinds
        return ""


def _load(exif: bytes) -> Image.Exif:
    found = Image.Exif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found.load(HEADER + exif)
    except Exception:  # noqa: BLE001 - as above
        return Image.Exif()
    return found
