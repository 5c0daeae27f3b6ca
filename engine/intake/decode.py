"""One decode for everything: upright RGB pixels, the true size, and the metadata the file carries.

Each format goes to the fastest decoder that gives Pillow's pixels (kornia-rs for plain PNG, libjpeg-turbo for JPEG)
and to Pillow itself for the rest. Sizes are checked from the header, before any pixel is decoded.
"""

from __future__ import annotations

from engine.errors import Unreadable
from engine.intake import jpeg, pillow_decode, png
from engine.intake.pixels import DAMAGED, REPLACE, Decoded

__all__ = ["Decoded", "decode"]


def decode(data: bytes, *, full_jpeg: bool, max_pixels: int) -> Decoded:
    """Decode an image file.

    Args:
        data: the whole file, any bytes.
        full_jpeg: decode large JPEGs at full size too; otherwise those whose short side stays at 1000 px or more are
            decoded at half size (`scale` 2).
        max_pixels: the largest width x height accepted.

    Raises:
        Unreadable: always and only this, with a sentence for the person, when there is no whole picture in `data`.
    """
    try:
        if png.is_png(data):
            return png.read(data, max_pixels)
        if jpeg.is_jpeg(data):
            return jpeg.read(data, full_jpeg, max_pixels)
        return pillow_decode.read(data, max_pixels)
    except Unreadable:
        raise
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a Rust panic is no Exception, and decoders raise what they like
        raise Unreadable(DAMAGED, REPLACE) from error
