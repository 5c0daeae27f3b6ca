"""Crop a JPEG: its blocks as they are where the crop begins on one, else encoded once more by the file's own tables.

Blocks are copied as jpegtran does it (ITU-T T.81, A.2: a minimum coded unit is 8 pixels times the sampling factor);
right and bottom edges may fall anywhere. Metadata segments are the file's own, except those whose content the crop
makes untrue: MPF (offsets of further pictures), JUMBF (a signed statement about the bytes), the thumbnail of EXIF.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, JpegImagePlugin

from engine.cropping.model import Box
from engine.export.crops.thumbnail import without_thumbnail
from engine.intake.exif import HEADER

_APP0, _APP2, _APP11, _APP14, _COMMENT = 0xE0, 0xE2, 0xEB, 0xEE, 0xFE
_NO_LENGTH = {0x01, *range(0xD0, 0xD9)}
_START_OF_SCAN = 0xDA


def aligned(data: bytes, box: Box) -> bytes | None:
    """The file less the blocks outside `box` (stored pixels), not a coefficient changed; None where that cannot be."""
    import jpeglib
    import numpy as np

    with tempfile.TemporaryDirectory() as folder:
        old, new = Path(folder, "old.jpg"), Path(folder, "new.jpg")
        old.write_bytes(data)
        try:
            picture = jpeglib.read_dct(str(old))
        except Exception:  # noqa: BLE001 - a kind of JPEG the library does not know: it is encoded again instead
            return None
        factors = np.asarray(picture.samp_factor)
        high, wide = int(factors[:, 0].max()), int(factors[:, 1].max())
        x1, y1, x2, y2 = box
        if x1 % (8 * wide) or y1 % (8 * high):
            return None
        for name, (rows, columns) in zip(("Y", "Cb", "Cr", "K"), factors, strict=False):
            blocks = getattr(picture, name)
            if blocks is None:
                continue
            top, left = y1 // (8 * high) * rows, x1 // (8 * wide) * columns
            tall, long = -(-(y2 - y1) * rows // (8 * high)), -(-(x2 - x1) * columns // (8 * wide))
            setattr(picture, name, np.ascontiguousarray(blocks[top : top + tall, left : left + long]))
        picture.width, picture.height = x2 - x1, y2 - y1
        try:
            picture.write_dct(str(new))
            fresh = new.read_bytes()
        except Exception:  # noqa: BLE001 - as above
            return None
    with Image.open(io.BytesIO(fresh)) as written:
        if written.size != (x2 - x1, y2 - y1):
            return None
    return _joined(data, fresh, own_frame=True)


def encoded(data: bytes, picture: Image.Image, smaller: Image.Image) -> bytes:
    """Encode `smaller` with the tables, the sampling and the metadata of the file `data`."""
    tables: Any = getattr(picture, "quantization", None)
    sampling = JpegImagePlugin.get_sampling(picture)
    out = io.BytesIO()
    smaller.save(
        out, "JPEG", qtables=tables, subsampling=max(sampling, 0),
        progressive=bool(picture.info.get("progressive")), optimize=True,
    )  # fmt: skip
    return _joined(data, out.getvalue(), own_frame=False)


def _joined(data: bytes, fresh: bytes, *, own_frame: bool) -> bytes:
    """`fresh` with the metadata of `data`; with `own_frame` also its APP0 and APP14, which tell of its colours."""
    frame = {_APP0, _APP14}
    about = [_told(s) for m, s in _segments(data) if _stays(m, s) and (own_frame or m not in frame)]
    mine = [s for marker, s in _segments(fresh) if marker in frame and not own_frame]
    rest = b"".join(s for marker, s in _segments(fresh) if not (0xE0 <= marker <= 0xEF or marker == _COMMENT))
    return b"\xff\xd8" + b"".join(mine + about) + rest


def _told(segment: bytes) -> bytes:
    """EXIF without its thumbnail, anything else as it is."""
    return segment[:4] + without_thumbnail(segment[4:]) if segment[4:].startswith(HEADER) else segment


def _stays(marker: int, segment: bytes) -> bool:
    if marker == _APP11 or (marker == _APP2 and segment[4:8] == b"MPF\0"):
        return False
    return 0xE0 <= marker <= 0xEF or marker == _COMMENT


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each segment up to the first scan, which comes with all that follows it."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return
        marker = data[at + 1]
        if marker == 0xFF:  # fill
            at += 1
        elif marker in _NO_LENGTH:
            at += 2
        elif marker == _START_OF_SCAN:
            yield marker, data[at:]
            return
        else:
            stop = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
            yield marker, data[at:stop]
            at = stop
