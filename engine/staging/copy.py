"""A file copied to another disk with all that belongs to it, read back and compared before anyone relies on it."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import stat
import sys
from collections.abc import Iterator
from typing import NamedTuple

from engine.intake.digest import stream_hash
from engine.staging import disk
from engine.staging.lines import File
from engine.staging.rename import Place
from engine.staging.words import Refused

BLOCK = 1 << 20
COPYFILE_METADATA = 0b111  # access lists, flags and times, extended attributes (copyfile.h)


class Copy(NamedTuple):
    """A copy and what it was made from."""

    digest: str
    ino: int
    size: int
    mtime_ns: int


def copy(here: Place, part: Place, file: File, *, back: bool) -> Copy:
    """Copy a file under a name of its own, `part`, and wait until it is on the disk.

    Times and permissions are the file's own; on the way back, those it was staged with, which a disk that knows only
    seconds or no permissions may have lost meanwhile.

    Raises:
        OSError: nothing is relied on; `part` may be left behind.
    """
    source = os.open(here.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=here.folder)
    with contextlib.ExitStack() as closing:
        closing.callback(os.close, source)
        info = os.fstat(source)
        if not stat.S_ISREG(info.st_mode):
            raise Refused("It is not a plain file.")
        target = os.open(part.name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=part.folder)
        closing.callback(os.close, target)
        digest = stream_hash(_written(source, target))
        disk.sync(target)
        if stream_hash(_blocks(target)) != digest:
            raise OSError(errno.EIO, os.strerror(errno.EIO), part.name)
        _dress(source, target, info, file if back and _unchanged(info, file) else None)
        disk.sync(target)
        return Copy(digest, os.fstat(target).st_ino, info.st_size, info.st_mtime_ns)


def digest_of(place: Place) -> str:
    """The content hash of a file on the disk."""
    handle = os.open(place.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=place.folder)
    try:
        return stream_hash(_blocks(handle))
    finally:
        os.close(handle)


def _written(source: int, target: int) -> Iterator[bytes]:
    while block := os.read(source, BLOCK):
        disk.append(target, block)
        yield block


def _blocks(handle: int) -> Iterator[bytes]:
    """From the beginning, and from the disk rather than from memory where the system can be told so."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    os.lseek(handle, 0, os.SEEK_SET)
    while block := os.read(handle, BLOCK):
        yield block


def _unchanged(info: os.stat_result, file: File) -> bool:
    """True where nobody wrote it while it was staged; FAT keeps two seconds."""
    return info.st_size == file.size and abs(info.st_mtime_ns - file.mtime_ns) <= 2_000_000_000


def _dress(source: int, target: int, info: os.stat_result, staged: File | None) -> None:
    """Owner, extended attributes, permissions, times: in this order, each would undo the one before it otherwise."""
    with contextlib.suppress(OSError):  # only an administrator can give files away
        if (info.st_uid, info.st_gid) != (os.geteuid(), os.getegid()):
            os.fchown(target, info.st_uid, info.st_gid)
    _copy_attributes(source, target)
    with contextlib.suppress(PermissionError, NotImplementedError):  # a disk without permissions
        os.fchmod(target, stat.S_IMODE(staged.mode if staged else info.st_mode))
    disk.set_times(target, info.st_atime_ns, staged.mtime_ns if staged else info.st_mtime_ns)


def _copy_attributes(source: int, target: int) -> None:
    """Raises Refused where the other disk cannot keep an attribute that a person or a program gave."""
    if sys.platform == "darwin":
        ctypes.CDLL(None).fcopyfile(source, target, None, COPYFILE_METADATA)
        return
    if not hasattr(os, "listxattr"):
        return
    for name in _attributes(source):
        value = os.getxattr(source, name)
        try:
            os.setxattr(target, name, value)
        except OSError:
            if not name.startswith("security."):  # the system's own labels, given anew on each disk
                raise Refused(f"The other disk cannot keep its extended attribute {name}.") from None


def _attributes(handle: int) -> list[str]:
    try:
        return os.listxattr(handle)
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.EPERM, errno.EACCES):
            return []
        raise
