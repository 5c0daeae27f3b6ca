"""Pictures drawn for tests of decoding, and the bytes of files that hold them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image, ImageOps


def noise(height: int, width: int, seed: int = 0, soft: bool = True, cell: int = 16) -> np.ndarray:
    """(height, width, 3) uint8 of coloured clouds of `cell` px (soft) or of plain noise."""
    rng = np.random.default_rng(seed)
    if not soft:
        return rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    cells = rng.integers(0, 256, (height // cell + 2, width // cell + 2, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(cells).resize((width, height), Image.Resampling.BICUBIC))


def encoded(pixels: np.ndarray | Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def as_pillow(data: bytes) -> np.ndarray:
    """The pixels Pillow alone gives: upright, RGB, alpha dropped."""
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def exif_with(**tags: Any) -> Image.Exif:
    """EXIF with `orientation` and `taken` (DateTimeOriginal) where given."""
    block = Image.Exif()
    if "orientation" in tags:
        block[274] = tags["orientation"]
    if "taken" in tags:
        block.get_ifd(0x8769)[36867] = tags["taken"]
    return block
