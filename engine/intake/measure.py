"""One pass over one file: read once, decode once, and from those pixels everything Pickwise wants to know."""

from __future__ import annotations

import ctypes
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import cv2

from engine.errors import Unreadable
from engine.intake import exif, hashes, thumbs
from engine.intake.decode import Decoded, decode
from engine.intake.digest import content_hash
from engine.intake.model import Measured
from engine.intake.pixels import Bytes, padded
from engine.intake.thumbnames import thumb_path

LARGEST_FILE = 2 << 30  # bytes
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h


class Contents(NamedTuple):
    """A file as it was when it was open.

    Attributes:
        data: all its bytes.
        hash: hex content hash of `data`.
        size_bytes, mtime_ns: of the file that was read, whatever its path points to since.
    """

    data: bytes
    hash: str
    size_bytes: int
    mtime_ns: int


def init_worker() -> None:
    """What a worker process sets after its imports: one thread in OpenCV (BLAS reads its own from the environment)."""
    cv2.setNumThreads(1)
    _keep_memory()


def _keep_memory() -> None:
    """Have glibc keep what one picture freed for the next: asking the kernel anew costs a fifth of the time."""
    with suppress(OSError, AttributeError, TypeError):  # other C libraries have no such dial, and need none
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, 64 << 20)  # larger pictures still give theirs back at once
        mallopt(_M_TRIM_THRESHOLD, 256 << 20)


def read_file(path: str | os.PathLike[str]) -> Contents:
    """Open, look and read once. Raises Unreadable with the system's reason, or where it is no file or too large."""
    try:
        # a pipe must not block the open
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb") as file:  # noqa: PTH123 - from the handle
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode):
                raise Unreadable("It is not a regular file.")
            if about.st_size > LARGEST_FILE:
                raise Unreadable(f"The file is too large: {about.st_size / 1e9:.1f} GB, and the limit is 2.")
            data = file.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Unreadable(f"The file cannot be opened: {reason}.", "Check that it exists and may be read.") from error
    return Contents(data, content_hash(data), len(data), about.st_mtime_ns)


def measure(contents: Contents, thumbs_dir: Path, *, full_jpeg: bool, max_pixels: int) -> Measured:
    """Everything intake learns about one image; writes its thumbnail unless it is there.

    Raises:
        Unreadable: there is no whole picture in it.
    """
    decoded = decode(contents.data, full_jpeg=full_jpeg, max_pixels=max_pixels)
    wide = padded(decoded.pixels)
    _write_thumbnail(wide, thumb_path(thumbs_dir, contents.hash))
    return _measured(contents, decoded, wide)


def _measured(contents: Contents, decoded: Decoded, wide: Bytes) -> Measured:
    from engine.intake.metadata import read_generation
    from engine.intake.quality import measure_quality

    grey = hashes.to_grey(wide)
    phash, dhash = hashes.phash_dhash(grey)
    return Measured(
        content_hash=contents.hash,
        size_bytes=contents.size_bytes,
        mtime_ns=contents.mtime_ns,
        format=decoded.format,
        width=decoded.width,
        height=decoded.height,
        phash=phash,
        dhash=dhash,
        taken_at=exif.taken_at(decoded.exif),
        quality=measure_quality(wide, grey, decoded.scale),
        generation=read_generation(decoded.format, decoded.text, decoded.exif),
    )


def _write_thumbnail(pixels: Bytes, path: Path) -> None:
    if path.exists():
        return
    # a thumbnail can be made again; a full disk is the database's to report, and no reason to refuse the picture
    with suppress(OSError):
        thumbs.write_atomic(path, thumbs.thumbnail(pixels))
