"""Every call by which staging touches the disk: relative to an open folder, so that no link can lead it astray."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Callable

from engine.staging import rename as exclusive
from engine.staging.rename import Place

OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def open_root(path: str) -> int:
    """A source itself may be a link; the person chose it."""
    return os.open(path, OPEN)


def open_folder(place: Place) -> int:
    """Raises OSError where it is a link or not a folder."""
    return os.open(place.name, OPEN | os.O_NOFOLLOW, dir_fd=place.folder)


def look(place: Place) -> os.stat_result | None:
    """What stands there, a link itself rather than where it leads; None when nothing does."""
    try:
        return os.stat(place.name, dir_fd=place.folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def make_folder(place: Place, mode: int | None = None) -> None:
    """`mode` None: as the system makes folders."""
    with contextlib.suppress(FileExistsError):  # whether it is a folder shows when it is opened
        os.mkdir(place.name, dir_fd=place.folder)
        if mode is not None:
            os.chmod(place.name, mode, dir_fd=place.folder)


def remove_folder(place: Place) -> None:
    """Raises OSError where it is not empty."""
    os.rmdir(place.name, dir_fd=place.folder)


def rename(here: Place, there: Place, reserving: Callable[[], None]) -> None:
    """See `engine.staging.rename`."""
    exclusive.rename(here, there, reserving)


def remove(place: Place) -> None:
    """Take one of two names, or one of two equal copies, away; never the last of anything."""
    os.unlink(place.name, dir_fd=place.folder)


def sync(handle: int) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    full = getattr(fcntl, "F_FULLFSYNC", None)  # on macOS fsync alone only reaches the disk's own cache
    if full is not None:
        with contextlib.suppress(OSError):  # a network disk does not know it
            fcntl.fcntl(handle, full)
            return
    os.fsync(handle)


def sync_folder(handle: int) -> None:
    """Wait until the names in a folder are on the disk; a network disk that cannot say is believed."""
    try:
        sync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise


def append(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def set_times(handle: int, atime_ns: int, mtime_ns: int) -> None:
    os.utime(handle, ns=(atime_ns, mtime_ns))


def names(folder: int) -> list[str]:
    """All names in a folder."""
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries]


def files(folder: int) -> list[str]:
    """The names in a folder that are files, or links to anything."""
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries if entry.is_symlink() or entry.is_file()]
