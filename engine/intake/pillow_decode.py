"""Every format and kind of pixel the fast decoders leave, through Pillow, first frame only.

Formats that start other programs (EPS, WMF) or hold no picture are not asked for. Pillow's own size limit is set to
ours for the time of a decode, so that pictures inside containers (ICO, ICNS, MPO) are checked as well.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from engine.errors import Unreadable
from engine.intake import exif
from engine.intake.pixels import CUT_SHORT, DAMAGED, REPLACE, Bytes, Decoded, check_size
from engine.intake.quiet import quiet

FORMATS = ["PNG", "JPEG", "WEBP", "AVIF", "TIFF", "BMP", "DIB", "GIF", "ICO", "JPEG2000", "PPM", "TGA", "QOI",
           "SGI", "PSD", "PCX", "DDS"]  # fmt: skip
_SIGNS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\0", b"MM\0*")
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


def read(data: bytes, max_pixels: int) -> Decoded:
    """Decode by content; see `decode.decode`. Raises Unreadable."""
    with _opened(data, max_pixels) as image:
        name = image.format or ""
        block = _exif_of(image)
        turned = ImageOps.exif_transpose(image)
        rgb = _to_rgb(turned)
    height, width = rgb.shape[:2]
    return Decoded(rgb, width, height, 1, name, {}, block)


def pixels(data: bytes, max_pixels: int) -> Bytes:
    """Only the pixels, (H, W, 3) uint8, not turned upright. Raises Unreadable."""
    with _opened(data, max_pixels) as image:
        return _to_rgb(image)


@contextmanager
def _opened(data: bytes, max_pixels: int) -> Iterator[Image.Image]:
    Image.init()  # once a process; formats this build of Pillow lacks are not asked for
    formats = [name for name in (*FORMATS, *_heif(data)) if name in Image.OPEN]
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = max_pixels
    try:
        with quiet(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=formats) as image:
                check_size(*image.size, max_pixels)
                yield image
    except Unreadable:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        limit = f"The picture is too large: the limit is {max_pixels / 1e6:.0f} megapixels."
        raise Unreadable(limit, "Raise the largest image size in the settings to take it in.") from error
    except UnidentifiedImageError as error:
        raise Unreadable(*_unknown(data)) from error
    except Exception as error:
        raise Unreadable(CUT_SHORT if _is_short(error) else DAMAGED, REPLACE) from error
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _heif(data: bytes) -> list[str]:
    if data[4:8] != b"ftyp" or data[8:12] not in _HEIC_BRANDS or find_spec("pillow_heif") is None:
        return []
    import pillow_heif

    pillow_heif.register_heif_opener()
    return ["HEIF"]


def _unknown(data: bytes) -> tuple[str, str]:
    if not data:
        return "The file is empty.", REPLACE
    if data.startswith(_SIGNS):
        return DAMAGED, REPLACE
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return (
            "HEIC pictures need a decoder that is not installed.",
            "Install the package pillow-heif, or save as JPEG.",
        )
    if not data.strip(b"\0"):
        return "The file holds only zeros.", REPLACE
    return "The file is not a picture that Pickwise can read.", "Save it as PNG or JPEG to take it in."


def _is_short(error: Exception) -> bool:
    said = str(error).lower()
    return any(word in said for word in ("truncated", "unexpected end", "premature", "not enough", "eof"))


def _exif_of(image: Image.Image) -> bytes:
    raw = image.info.get("exif")
    if isinstance(raw, bytes):
        return exif.strip_header(raw)
    try:
        found = image.getexif()
        return exif.strip_header(found.tobytes()) if len(found) else b""
    except Exception:  # noqa: BLE001 - tags that cannot be written again; the picture is still good
        return b""


def _to_rgb(image: Image.Image) -> Bytes:
    if image.mode.startswith("I;16"):
        return _grey_to_rgb(np.asarray(image).astype(np.float64), 65535.0)
    if image.mode in ("I", "F"):
        values = np.nan_to_num(np.asarray(image).astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
        return _grey_to_rgb(values, _white(image.mode, float(values.max())))
    if image.mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        image = ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB") or image
    return np.ascontiguousarray(np.asarray(image.convert("RGB")), np.uint8)


def _white(mode: str, top: float) -> float:
    """The value shown as white: the smallest usual range that holds the picture."""
    usual = (1.0, 255.0, 65535.0) if mode == "F" else (255.0, 65535.0)
    return next((white for white in usual if top <= white), top)


def _grey_to_rgb(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], white: float) -> Bytes:
    grey = np.clip(np.rint(values * (255.0 / white)), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))
