"""Giving a file another name on the same disk without ever taking the place of another file.

Linux has renameat2(RENAME_NOREPLACE), macOS renameatx_np(RENAME_EXCL). Where the disk knows neither, a second name is
made (link refuses one that is taken) and the first removed; where it knows no second names either (exFAT), an empty
file reserves the name and is replaced. A crash in the middle of the last two leaves both names; `recovery` tells them.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

Native = Callable[[int, bytes, int, bytes, int], int]
NOREPLACE, EXCL = 1, 4  # linux/fs.h, sys/stdio.h
UNKNOWN = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
UNLINKABLE = UNKNOWN | {errno.EPERM, errno.EMLINK}


class Place(NamedTuple):
    """A name in an open folder."""

    folder: int
    name: str


def rename(here: Place, there: Place, reserving: Callable[[], None]) -> None:
    """Move a file; `reserving` is called before an empty file is made to reserve the name.

    Raises:
        FileExistsError: the place is taken; nothing was moved.
        OSError: nothing was moved; EXDEV when `there` is on another disk.
    """
    try:
        _native_rename(here, there)
    except OSError as error:
        if error.errno not in UNKNOWN:
            raise
        try:
            _link(here, there)
        except OSError as refused:
            if refused.errno not in UNLINKABLE:
                raise
            reserving()
            _reserve(here, there)


@cache
def _native() -> tuple[Native | None, int]:
    """The system's own exclusive rename and its flag."""
    name, flag = ("renameatx_np", EXCL) if sys.platform == "darwin" else ("renameat2", NOREPLACE)
    call = getattr(ctypes.CDLL(None, use_errno=True), name, None)
    if call is not None:
        call.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    return call, flag


def _native_rename(here: Place, there: Place) -> None:
    call, flag = _native()
    if call is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if call(here.folder, os.fsencode(here.name), there.folder, os.fsencode(there.name), flag):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), there.name)


def _link(here: Place, there: Place) -> None:
    _second_name(here, there)
    try:
        _drop(here)
    except OSError:
        _drop(there)
        raise


def _reserve(here: Place, there: Place) -> None:
    _empty(there)
    try:
        _replace(here, there)
    except OSError:
        _drop(there)
        raise


def _second_name(here: Place, there: Place) -> None:
    os.link(here.name, there.name, src_dir_fd=here.folder, dst_dir_fd=there.folder)


def _drop(place: Place) -> None:
    os.unlink(place.name, dir_fd=place.folder)


def _empty(place: Place) -> None:
    os.close(os.open(place.name, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600, dir_fd=place.folder))


def _replace(here: Place, there: Place) -> None:
    os.rename(here.name, there.name, src_dir_fd=here.folder, dst_dir_fd=there.folder)
