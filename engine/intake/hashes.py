"""Perceptual hashes of decoded pixels, bit for bit those of the `imagehash` package (hash size 8).

pHash: the low 8x8 of a 32x32 DCT against its median (Krawetz, "Looks Like It", 2011). dHash: each pixel of a 9x8
reduction against its right neighbour (Krawetz, "Kind of Like That", 2013). The reductions are `resample.py`'s, the DCT
is the one `imagehash` calls: a matrix product would differ in the last bit on flat and symmetric images.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import PIL
import scipy.fftpack
from PIL import Image

from engine.intake import resample
from engine.intake.pixels import padded

Bytes = npt.NDArray[np.uint8]

HASH_VERSION = f"imagehash8-pillow{PIL.__version__.split('.')[0]}"
"""Hashes of different versions must not be compared: Pillow's resampling is part of them."""

_PHASH_SIZE = (32, 32)
_DHASH_SIZE = (9, 8)


def to_grey(rgb: Bytes) -> Bytes:
    """(H, W, 3 or, `padded`, 4) uint8 -> (H, W) uint8, exactly Pillow's `convert("L")` (ITU-R 601, 16-bit weights).

    The pixels are padded to four bytes so that Pillow converts them in place of copying them first.
    """
    height, width = rgb.shape[:2]
    image = Image.frombuffer("RGBX", (width, height), padded(rgb), "raw", "RGBX", 0, 1)
    if not hasattr(image.im, "convert_into"):  # what ImageTk uses; no public part of Pillow
        return np.asarray(image.convert("L"))
    grey = np.empty((height, width), np.uint8)
    # straight into the array: the two copies on the public way are a quarter of the time
    image.im.convert_into(Image.frombuffer("L", (width, height), grey, "raw", "L", 0, 1).im)
    return grey


def phash_dhash(pixels: Bytes) -> tuple[int, int]:
    """Both hashes of one image.

    Args:
        pixels: (H, W, 3) RGB or (H, W) grey as `to_grey` gives it, uint8, at least 1x1.

    Returns:
        (phash, dhash), 64 bits each: `int(str(imagehash.phash(image)), 16)` and the same of `dhash`.
    """
    grey = pixels if pixels.ndim == 2 else to_grey(pixels)
    if min(grey.shape) < resample.SMALLEST:
        image = Image.fromarray(grey)
        small = [np.asarray(image.resize(size, Image.Resampling.LANCZOS)) for size in (_PHASH_SIZE, _DHASH_SIZE)]
    else:
        small = resample.reduce_exact(grey, [_PHASH_SIZE, _DHASH_SIZE])
    return _phash(small[0]), _dhash(small[1])


def _phash(small: Bytes) -> int:
    dct = scipy.fftpack.dct(scipy.fftpack.dct(small, axis=0), axis=1)[:8, :8]
    low, high = np.sort(dct, axis=None)[31:33]
    return _bits(dct > (low + high) / 2)  # np.median gives the same, slowly


def _dhash(small: Bytes) -> int:
    return _bits(small[:, 1:] > small[:, :-1])


def _bits(flags: npt.NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(flags).tobytes(), "big")
