"""What the decoders share: the result, the size limit, turning upright, and the sentences for broken files."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from engine.errors import Unreadable

Bytes = npt.NDArray[np.uint8]

DAMAGED = "The file is damaged: its picture cannot be decoded."
CUT_SHORT = "The file is cut short: part of the picture is missing."
REPLACE = "Copy it again from where it came from."


class Decoded(NamedTuple):
    """One decoded image.

    Attributes:
        pixels: (H, W, 3) RGB uint8, C-contiguous, upright (EXIF orientation applied), alpha dropped; or (H, W, 4) as
            `padded` gives it, where the decoder itself writes that at no cost.
        width, height: of the whole picture in its own pixels, upright; `pixels` are fewer where `scale` is 2.
        scale: 1, or 2 where a JPEG was decoded at half size.
        format: "PNG", "JPEG", "WEBP" ... by content.
        text: PNG text chunks by keyword; untrusted.
        exif: the TIFF block of the EXIF data without its header, or b"".
    """

    pixels: Bytes
    width: int
    height: int
    scale: int
    format: str
    text: dict[str, str]
    exif: bytes

    @property
    def rgb(self) -> Bytes:
        """(H, W, 3) uint8, a view."""
        return self.pixels[..., :3]


def check_size(width: int, height: int, max_pixels: int) -> None:
    """Raise Unreadable for sizes that are none, or larger than allowed."""
    if width <= 0 or height <= 0:
        raise Unreadable("The file is damaged: it says its picture has no size.", REPLACE)
    if width * height > max_pixels:
        size = f"{width} x {height} pixels ({width * height / 1e6:.0f} megapixels)"
        raise Unreadable(
            f"The picture is too large: {size}, and the limit is {max_pixels / 1e6:.0f}.",
            "Raise the largest image size in the settings to take it in.",
        )


def padded(pixels: Bytes) -> Bytes:
    """(H, W, 3) RGB -> (H, W, 4) with a byte of no meaning behind each pixel: what Pillow and OpenCV are fastest on."""
    return pixels if pixels.shape[2] == 4 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA), np.uint8)


def upright(rgb: Bytes, orientation: int) -> Bytes:
    """Apply an EXIF orientation (1-8; anything else is 1). Contiguous in, contiguous out."""
    if orientation == 2:
        turned = cv2.flip(rgb, 1)
    elif orientation == 3:
        turned = cv2.rotate(rgb, cv2.ROTATE_180)
    elif orientation == 4:
        turned = cv2.flip(rgb, 0)
    elif orientation == 5:
        turned = cv2.transpose(rgb)
    elif orientation == 6:
        turned = cv2.rotate(rgb, cv2.ROTATE_90_CLOCKWISE)
    elif orientation == 7:
        turned = cv2.flip(cv2.transpose(rgb), -1)
    elif orientation == 8:
        turned = cv2.rotate(rgb, cv2.ROTATE_90_COUNTERCLOCKWISE)
    else:
        turned = rgb
    return np.ascontiguousarray(turned, np.uint8)


def oriented(width: int, height: int, orientation: int) -> tuple[int, int]:
    """The size after `upright`."""
    return (height, width) if orientation in (5, 6, 7, 8) else (width, height)
