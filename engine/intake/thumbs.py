"""Small JPEGs beside the library, named by content: safe to delete, never written twice."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg

Bytes = npt.NDArray[np.uint8]

SIDE = 512
_QUALITY = 85


def thumbnail(rgb: Bytes, side: int = SIDE) -> bytes:
    """A JPEG whose long side is at most `side` px; a smaller picture keeps its size.

    Args:
        rgb: (H, W, 3) uint8, or (H, W, 4) as `pixels.padded` gives it, which is faster.

    Halves by averaging while that leaves at least `side`, then goes the rest of the way linearly: as good to the eye as
    area averaging from full size and several times faster.
    """
    height, width = rgb.shape[:2]
    longest = max(height, width)
    if longest > side:
        goal = (max(1, round(width * side / longest)), max(1, round(height * side / longest)))
        rgb = _shrink(rgb, goal)
    order = "RGBX" if rgb.shape[2] == 4 else "RGB"
    encoded: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(rgb), _QUALITY, order, "420", False)
    return encoded


def _shrink(rgb: Bytes, goal: tuple[int, int]) -> Bytes:
    width, height = goal
    while rgb.shape[1] >= 2 * width and rgb.shape[0] >= 2 * height:
        even = rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2]  # whole 2x2 blocks take OpenCV's fast path
        rgb = np.asarray(cv2.resize(even, (even.shape[1] // 2, even.shape[0] // 2), interpolation=cv2.INTER_AREA))
    return np.asarray(cv2.resize(rgb, goal, interpolation=cv2.INTER_LINEAR), np.uint8)


def write_atomic(path: Path, data: bytes) -> None:
    """Write so that a reader sees the whole file or none. Not synced: a thumbnail can be made again. Raises OSError."""
    part = path.with_name(f".{path.stem}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        handle = _new(part)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = _new(part)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - from the handle
            file.write(data)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _new(part: Path) -> int:
    return os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o644)
