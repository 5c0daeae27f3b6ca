"""Pictures for the workers of this package: the library's thumbnails, or the file itself where there is none.

A thumbnail decodes in a tenth of the time of its picture, and copies are found from it as well as from the picture:
everything here looks at 256 pixels or fewer. Imports decoders, so it is only ever imported in worker processes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import simplejpeg

from engine.errors import Unreadable
from engine.intake import thumbs
from engine.intake.decode import decode
from engine.intake.measure import read_file
from engine.intake.thumbnames import thumb_path
from engine.library.text import to_path
from engine.vision.pictures import Picture

Bytes = npt.NDArray[np.uint8]
MOST_PIXELS = 1_000_000_000  # it was taken in under the library's own limit already


def pixels(picture: Picture, thumbs_dir: str) -> Bytes:
    """(H, W, 3) uint8 RGB, the long side at most 512.

    Raises:
        Unreadable: neither its thumbnail nor its file has a picture of that content.
    """
    return _decoded(picture, thumbs_dir, "RGB")


def grey(picture: Picture, thumbs_dir: str) -> Bytes:
    """(H, W) uint8, as `pixels`."""
    return _decoded(picture, thumbs_dir, "GRAY")[..., 0]


def _decoded(picture: Picture, thumbs_dir: str, colours: str) -> Bytes:
    try:
        data = thumb_path(thumbs_dir, picture.content).read_bytes()
        return np.asarray(simplejpeg.decode_jpeg(data, colours), np.uint8)
    except (OSError, ValueError):
        return np.asarray(simplejpeg.decode_jpeg(_made(picture), colours), np.uint8)


def _made(picture: Picture) -> bytes:
    if not picture.path:
        raise Unreadable("Its thumbnail is missing.", "Rescan the library.")
    contents = read_file(to_path(picture.path))
    if contents.hash != picture.content:
        raise Unreadable("The file has changed since it was taken in.", "Rescan the library.")
    return thumbs.thumbnail(decode(contents.data, full_jpeg=False, max_pixels=MOST_PIXELS).pixels)
