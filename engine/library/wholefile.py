"""Small files, read and written whole: what stands there may be anything, and a reader never sees half of one."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from engine.errors import LibraryError, Unreadable
from engine.library.text import to_text


def read(file: Path, most: int, hint: str = "") -> bytes | None:
    """A regular file's bytes; None where there is none.

    Raises:
        Unreadable: it is no file, has more than `most` bytes, or the disk refuses; with this hint.
    """
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unreadable(f"{to_text(file.name)} cannot be read: {error.strerror or error}.", hint) from None
    try:
        with open(handle, "rb") as stream:  # noqa: PTH123 - from the handle
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Unreadable(f"{to_text(file.name)} is not a file.", hint)
            data = stream.read(most + 1)
    except OSError as error:
        raise Unreadable(f"{to_text(file.name)} cannot be read: {error.strerror or error}.", hint) from None
    if len(data) > most:
        raise Unreadable(f"{to_text(file.name)} is too large for what it should be.", hint)
    return data


def save(file: Path, data: bytes) -> None:
    """Write as a whole or not at all, its folder made where there is none. Raises LibraryError."""
    aside = file.with_name(f".{file.name[:100]}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(data)
        aside.replace(file)
    except OSError as error:
        raise LibraryError(
            f"{to_text(file)} could not be written: {error.strerror or error}.",
            f"Check the disk that holds {to_text(file.parent)}.",
        ) from None
