"""What people do to a picture that leaves it the same picture: the edits that recall is measured on."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

Edit = Callable[[Image.Image], tuple[str, bytes]]
LONGEST = 1024  # pixels; larger photos are brought down to it first


def load(file: Path) -> Image.Image:
    """Upright RGB, the long side at most `LONGEST`."""
    with Image.open(file) as image:
        picture = ImageOps.exif_transpose(image).convert("RGB")
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    return picture


def encoded(image: Image.Image, suffix: str, **options: Any) -> tuple[str, bytes]:
    out = io.BytesIO()
    image.save(out, {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP"}[suffix], **options)
    return suffix, out.getvalue()


def _jpeg(image: Image.Image, quality: int = 90) -> tuple[str, bytes]:
    return encoded(image, ".jpg", quality=quality)


def _half(image: Image.Image) -> tuple[str, bytes]:
    return _jpeg(image.resize((max(1, image.width // 2), max(1, image.height // 2)), Image.Resampling.LANCZOS))


def _cropped(image: Image.Image, share: float) -> tuple[str, bytes]:
    """`share` off every side."""
    width, height = image.size
    return _jpeg(
        image.crop((int(width * share), int(height * share), int(width * (1 - share)), int(height * (1 - share))))
    )


def _captioned(image: Image.Image) -> tuple[str, bytes]:
    """White letters with a dark rim in a corner, a twentieth of the short side high."""
    image = image.copy()
    size = max(10, min(image.size) // 20)
    place = (image.width * 0.03, image.height * 0.88)
    font = ImageFont.load_default(size)
    ImageDraw.Draw(image).text(
        place, "© Studio 2026", fill=(255, 255, 255), font=font, stroke_width=1, stroke_fill=(0, 0, 0)
    )
    return _jpeg(image)


def _bright(image: Image.Image, factor: float) -> tuple[str, bytes]:
    return _jpeg(ImageEnhance.Brightness(image).enhance(factor))


EDITS: dict[str, Edit] = {
    "half size": _half,
    "JPEG quality 30": lambda image: _jpeg(image, 30),
    "cropped 4 % a side": lambda image: _cropped(image, 0.04),
    "cropped 8 % a side": lambda image: _cropped(image, 0.08),
    "25 % brighter": lambda image: _bright(image, 1.25),
    "25 % darker": lambda image: _bright(image, 0.75),
    "small caption": _captioned,
    "another format": lambda image: encoded(image, ".webp", quality=80),
}
TURNS: dict[str, Edit] = {
    "turned by 90°": lambda image: _jpeg(image.transpose(Image.Transpose.ROTATE_90)),
    "turned by 180°": lambda image: _jpeg(image.transpose(Image.Transpose.ROTATE_180)),
    "mirrored": lambda image: _jpeg(ImageOps.mirror(image)),
}
