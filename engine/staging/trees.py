"""The sources, held open folder by folder: what lies below a source is reached without following any link."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections import OrderedDict
from types import TracebackType

from engine.library.text import to_name, to_path
from engine.staging import disk
from engine.staging.rename import Place

MOST_OPEN = 64  # folders held open a source; a process may have 256 files open


class Tree:
    """One source. Paths are text below it, "" being the source itself.

    Raises:
        OSError: the source is not there.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.root = disk.open_root(os.fspath(to_path(source)))
        self.touched: set[str] = set()
        self.modes: dict[str, int] = {}  # of folders that may have to be made again
        self._open: OrderedDict[str, int] = OrderedDict()

    @property
    def ino(self) -> int:
        return os.fstat(self.root).st_ino

    def folder(self, path: str, *, make: bool = False) -> int:
        """The handle of a folder, good until the next `trim`.

        Raises OSError where it is not there (unless it is to be made), is no folder, or lies behind a link.
        """
        if not path:
            return self.root
        handle = self._open.pop(path, None)
        if handle is None:
            above, _, name = path.rpartition("/")
            place = Place(self.folder(above, make=make), to_name(name))
            if make and disk.look(place) is None:
                disk.make_folder(place, self.modes.get(path))
                self.touched.add(above)
            handle = _open_folder(place)
        self._open[path] = handle
        return handle

    def trim(self) -> None:
        """Close the folders that were not asked for lately."""
        while len(self._open) > MOST_OPEN:
            os.close(self._open.popitem(last=False)[1])

    def place(self, path: str, *, make: bool = False) -> Place:
        """Where a file is or is to be."""
        above, _, name = path.rpartition("/")
        return Place(self.folder(above, make=make), to_name(name))

    def look(self, path: str) -> os.stat_result | None:
        """What stands at a path; None when nothing does, or the folder is not there."""
        try:
            return disk.look(self.place(path))
        except FileNotFoundError:
            return None

    def changed(self, *paths: str) -> None:
        """Remember the folders of these files for `sync`."""
        self.touched.update(path.rpartition("/")[0] for path in paths)

    def sync(self) -> None:
        """Wait until all that was changed in folders is on the disk."""
        while self.touched:
            path = min(self.touched)
            self.trim()
            with contextlib.suppress(FileNotFoundError):  # removed since
                disk.sync_folder(self.folder(path))
            self.touched.discard(path)

    def remove_folder(self, path: str) -> None:
        """Remove a folder if it is empty."""
        with contextlib.suppress(OSError):
            place = self.place(path)
            self.forget(path)
            disk.remove_folder(place)
            self.changed(path)

    def forget(self, path: str) -> None:
        """Close a folder and those below it."""
        for name in [n for n in self._open if n == path or n.startswith(path + "/")]:
            os.close(self._open.pop(name))

    def close(self) -> None:
        for handle in self._open.values():
            os.close(handle)
        self._open.clear()
        os.close(self.root)


def _open_folder(place: Place) -> int:
    try:
        return disk.open_folder(place)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            info = disk.look(place)
            if info is not None and stat.S_ISLNK(info.st_mode):
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), place.name) from None
        raise


class Trees:
    """The sources of one operation, each opened at its first use."""

    def __init__(self) -> None:
        self._trees: dict[str, Tree] = {}

    def of(self, source: str) -> Tree:
        tree = self._trees.get(source)
        if tree is None:
            tree = self._trees[source] = Tree(source)
        return tree

    def open_ones(self) -> list[Tree]:
        return list(self._trees.values())

    def sync(self) -> None:
        for tree in self._trees.values():
            tree.sync()

    def __enter__(self) -> Trees:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for tree in self._trees.values():
            tree.close()
