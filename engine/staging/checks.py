"""What may be moved at all: plain files below their source, in its real folders, outside the library."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from engine.intake.scan import SET_ASIDE
from engine.library.text import to_path
from engine.staging import disk
from engine.staging.batch import is_inside
from engine.staging.model import Unit
from engine.staging.rename import Place
from engine.staging.trees import Tree, Trees
from engine.staging.words import Refused


class Checks:
    """The checks of one plan. `library` is the library's own folder."""

    def __init__(self, trees: Trees, library: Path) -> None:
        self._trees = trees
        self._library = os.path.realpath(library)
        self._sources: dict[str, OSError | None] = {}

    def where(self, unit: Unit) -> tuple[Tree, str]:
        """The source of a unit, and its image as text below it. Raises OSError where it must be left alone."""
        self._source(unit.source)
        below = f"{unit.source.rstrip('/')}/"
        path = unit.image.removeprefix(below)
        if path == unit.image or not is_inside(path):
            raise Refused("It is not below its source folder.")
        if any(part.casefold() in SET_ASIDE for part in path.split("/")[:-1]):
            raise Refused("It is in a staging folder already.")
        return self._trees.of(unit.source), path

    def folder(self, folder: str) -> None:
        """Raises OSError where a folder (whole path) belongs to the library, which may lie inside a source."""
        if self._is_library(os.path.realpath(to_path(folder))):
            raise Refused("It belongs to the library.")

    def _is_library(self, real: str) -> bool:
        return real == self._library or real.startswith(self._library + os.sep)

    def _source(self, source: str) -> None:
        if source not in self._sources:
            self._sources[source] = self._fault(source)
        fault = self._sources[source]
        if fault is not None:
            raise fault

    def _fault(self, source: str) -> OSError | None:
        if not source.startswith("/") or not is_inside(source.strip("/") or "."):
            return Refused("Its source is not the whole path of a folder.")
        try:
            real = os.path.realpath(to_path(source))
            self._trees.of(source)
        except OSError:
            return Refused("Its source folder cannot be reached.")
        if real == "/":
            return Refused("Its source is the whole disk.")
        if self._is_library(real):
            return Refused("Its source is the library itself.")
        return None


def plain(place: Place, unit: Unit | None = None) -> os.stat_result:
    """What stands there. Raises OSError where it is no plain file, or not what the unit was judged by."""
    info = disk.look(place)
    if info is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), place.name)
    if stat.S_ISLNK(info.st_mode):
        raise Refused("It is a link.")
    if not stat.S_ISREG(info.st_mode):
        raise Refused("It is not a plain file.")
    if unit is not None and (unit.size not in (-1, info.st_size) or unit.mtime_ns not in (-1, info.st_mtime_ns)):
        raise Refused("It was changed since it was looked at.")
    return info
