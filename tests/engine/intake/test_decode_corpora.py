"""Real and deliberately broken files of other projects' test suites; skipped where they are not on the machine."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from engine.errors import Unreadable
from engine.intake.decode import Decoded, decode
from engine.intake.quiet import quiet

FOLDERS = ["pillow_images", "imagers_tests", "exif_orientation", "immich_assets"]
EIGHT_BITS = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr"}


def ours(data: bytes) -> Decoded | None:
    try:
        return decode(data, full_jpeg=True, max_pixels=200_000_000)
    except Unreadable as refused:
        if not refused.message.endswith("."):
            raise AssertionError(refused.message) from refused
        return None


def pillows(data: bytes) -> tuple[str, np.ndarray] | None:
    """The mode and the upright RGB pixels; None where Pillow gives up."""
    try:
        with quiet(), Image.open(io.BytesIO(data)) as image:
            mode = image.mode
            return mode, np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    except Exception:  # noqa: BLE001 - whatever Pillow raises, it does not read the file
        return None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_gives_pillows_picture_or_is_refused(
    folder: str, shared_data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    files = [path for path in sorted((shared_data / folder).rglob("*")) if path.is_file()]
    if not files:
        pytest.skip(f"no files in {folder}")
    agreed = 0
    for path in files:
        data = path.read_bytes()
        decoded, reference = ours(data), pillows(data)
        if decoded is None:
            continue
        assert decoded.rgb.shape == (decoded.height, decoded.width, 3), path.name
        if reference is None:
            continue
        mode, pixels = reference
        assert decoded.rgb.shape == pixels.shape, path.name
        assert mode not in EIGHT_BITS or np.array_equal(decoded.rgb, pixels), path.name
        agreed += 1
    assert agreed > len(files) / 2
    assert capfd.readouterr() == ("", "")


def test_what_pillow_reads_is_hardly_ever_refused(shared_data: Path) -> None:
    files = [path for folder in FOLDERS for path in sorted((shared_data / folder).rglob("*.*"))]
    readable = [path for path in files if path.suffix.lower() in {".png", ".jpg", ".webp", ".gif", ".bmp", ".tif"}]
    refused = [
        path.name for path in readable if pillows(path.read_bytes()) is not None and ours(path.read_bytes()) is None
    ]
    assert refused == []
