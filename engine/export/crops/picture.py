"""Crop one picture file: the same format, depth, profile and metadata, and no second lossy pass where that can be.

| format              | pixels                                                                               |
|---------------------|--------------------------------------------------------------------------------------|
| PNG, BMP, TIFF      | as they were                                                                         |
| WebP                | as they were where the file is lossless, else encoded again at quality 95            |
| JPEG                | as they were where the crop begins on a block, else encoded again by its own tables  |
| AVIF                | encoded again at quality 95                                                          |

Runs in a worker process: the bytes are a stranger's.
"""

from __future__ import annotations

import io
import warnings
from typing import Any, NamedTuple

from PIL import Image

from engine.cropping.model import Area, Box
from engine.errors import Unreadable
from engine.export.crops import jpeg_cut, png_cut
from engine.export.crops.stored import stored
from engine.export.crops.thumbnail import without_thumbnail
from engine.intake import exif
from engine.intake.jpeg import is_jpeg
from engine.intake.pixels import DAMAGED, REPLACE, check_size
from engine.intake.png import is_png

MOST_PIXELS = 1_000_000_000  # it was taken in under the library's own limit already
_WRITTEN = {"WEBP": {"quality": 95, "method": 4}, "AVIF": {"quality": 95}, "BMP": {}, "TIFF": {}}
_RESAMPLED = {"L", "RGB", "RGBA", "LA"}  # modes whose pixels have values between each other's


class Cut(NamedTuple):
    """The cropped file, and whether its pixels are exactly those of the original."""

    data: bytes
    exact: bool


class Exactly(NamedTuple):
    """Resample to a size whose ratio is the original's: a float rectangle of the upright picture, and that size."""

    area: Area
    size: tuple[int, int]


def cut(data: bytes, box: Box, exactly: Exactly | None = None) -> Cut:
    """Crop an image file.

    Args:
        data: the whole file.
        box: x1, y1, x2, y2 in pixels of the upright picture.
        exactly: where the ratio has to be met by resampling; left aside for pictures of a palette or of 16 bits.

    Raises:
        Unreadable: a sentence why it cannot be cropped: damaged, animated, of a format that is only read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _cut(data, box, exactly)
    except Unreadable:
        raise
    except (KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:  # decoders and encoders raise what they like
        raise Unreadable(DAMAGED, REPLACE) from error


def _cut(data: bytes, box: Box, exactly: Exactly | None) -> Cut:
    with Image.open(io.BytesIO(data)) as picture:
        check_size(*picture.size, MOST_PIXELS)
        if getattr(picture, "n_frames", 1) > 1:
            raise Unreadable(
                "It is animated, or has several pages, and would lose all but the first.", "Leave it whole."
            )
        turn = _orientation(picture)
        size = picture.size if turn < 5 else picture.size[::-1]
        inside = 0 <= box[0] < box[2] <= size[0] and 0 <= box[1] < box[3] <= size[1]
        if not inside:
            raise Unreadable("The crop reaches beyond the picture: the file has changed.", "Rescan, and crop it again.")
        place = stored(box, *size, turn)
        resampled = exactly is not None and picture.mode in _RESAMPLED and not _deep(data)
        if exactly is not None and resampled:
            area, target = _stored_area(exactly, size, turn)
            smaller = picture.resize(target, Image.Resampling.LANCZOS, box=area)
        elif is_png(data):
            return Cut(png_cut.cut(data, picture, place), exact=True)
        elif is_jpeg(data) and (aligned := jpeg_cut.aligned(data, place)) is not None:
            return Cut(aligned, exact=True)
        else:
            smaller = picture.crop(place)
        return Cut(_encoded(data, picture, smaller), exact=not resampled and _lossless(data, picture))


def _orientation(picture: Image.Image) -> int:
    xmp = picture.info.get("xmp", b"")
    block = exif.strip_header(picture.info.get("exif", b""))
    return exif.orientation(block, xmp if isinstance(xmp, bytes) else b"")


def _stored_area(exactly: Exactly, size: tuple[int, int], turn: int) -> tuple[Area, tuple[int, int]]:
    """The float rectangle and the target size as they lie in the stored picture."""
    many = 4096  # parts of a pixel: `stored` is arithmetic of whole numbers
    x1, y1, x2, y2 = (round(value * many) for value in exactly.area)
    left, top, right, bottom = stored((x1, y1, x2, y2), size[0] * many, size[1] * many, turn)
    target = exactly.size if turn < 5 else exactly.size[::-1]
    return (left / many, top / many, right / many, bottom / many), target


def _deep(data: bytes) -> bool:
    """A PNG of 16 bits, which Pillow reads as 8."""
    return is_png(data) and data[24] > 8


def _lossless(data: bytes, picture: Image.Image) -> bool:
    if picture.format == "WEBP":
        return _holds(data, b"VP8L")
    return picture.format in ("BMP", "TIFF", "PNG")


def _holds(data: bytes, wanted: bytes) -> bool:
    """Whether a WebP has such a chunk (its container specification, "RIFF file format"): a profile may come before."""
    at = 12
    while at + 8 <= len(data):
        if data[at : at + 4] == wanted:
            return True
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    return False


def _encoded(data: bytes, picture: Image.Image, smaller: Image.Image) -> bytes:
    """The smaller picture as the same kind of file. Raises Unreadable for a format that is only read."""
    if picture.format == "PNG":
        return png_cut.encoded(data, smaller)
    if picture.format == "JPEG":
        return jpeg_cut.encoded(data, picture, smaller)
    if picture.format not in _WRITTEN:
        raise Unreadable(f"{picture.format} pictures can be read but not written.", "Convert it, then crop it.")
    kept: dict[str, Any] = {key: picture.info[key] for key in ("exif", "icc_profile", "xmp") if picture.info.get(key)}
    if isinstance(kept.get("exif"), bytes):
        kept["exif"] = without_thumbnail(kept["exif"])
    options: dict[str, Any] = dict(_WRITTEN[picture.format])
    if picture.format == "WEBP" and _lossless(data, picture):
        options = {"lossless": True, "exact": True, "quality": 80, "method": 4}
    if picture.format == "TIFF":
        kept = {key: value for key, value in kept.items() if key == "icc_profile"}
        options = {"compression": picture.info.get("compression", "raw"), "tiffinfo": _tags(picture)}
    if picture.info.get("dpi"):
        options["dpi"] = picture.info["dpi"]
    out = io.BytesIO()
    smaller.save(out, picture.format, **kept, **options)
    return out.getvalue()


_ABOUT_TIFF = (270, 271, 272, 274, 282, 283, 296, 305, 306, 315, 316, 700, 33432, 33723, 34377)


def _tags(picture: Image.Image) -> Any:
    """What a TIFF says of the picture, without what it says of its bytes."""
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    kept = ImageFileDirectory_v2()
    tags: Any = getattr(picture, "tag_v2", {})
    for tag in _ABOUT_TIFF:
        if tag in tags:
            kept[tag] = tags[tag]
    return kept
