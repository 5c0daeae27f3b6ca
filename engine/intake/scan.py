"""Find the image files under the sources: names, sizes and times, nothing is opened.

Follows symbolic links, but enters every real folder once (by device and inode), real folders before linked ones, so a
loop ends and the real path wins. Skips the library's own folder, hidden folders, and everything that is not a regular
file (a pipe named `a.png` would block a reader for ever). Skips folders called `_review_dupes` or `delete_review`, at
any depth and whoever made them: what lies there was set aside, and by the name alone it stays so when a source is
added, removed or moved. A source that itself has such a name is walked: the person asked for it.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from engine.intake.companions import companions_in, is_crop_mark, is_cropped, is_image_name
from engine.library.paths import DATABASE
from engine.library.text import to_text

SET_ASIDE = frozenset({"_review_dupes", "delete_review"})  # staging folders, as `engine.staging` fills them


class Found(NamedTuple):
    """One image file on disk. Paths are text (`engine.library.text`)."""

    path: str
    source: str
    size_bytes: int
    mtime_ns: int
    companions: tuple[str, ...]  # names in the same folder
    companions_mark: str  # changes when a companion appears, goes or is written; "" without; crop marks do not count

    @property
    def cropped(self) -> bool:
        """It has a crop mark, which says nothing of how the image was made: it is not read again for one."""
        if not self.companions:
            return False
        return is_cropped(os.path.basename(self.path), map(to_text, self.companions))  # noqa: PTH119 - speed


class Scan:
    """One walk over the sources.

    Attributes:
        notices: sentences about folders that could not be read.
        unreachable: sources (text) that are not there, an unplugged disk for instance.
    """

    def __init__(self, sources: Iterable[Path], *, recursive: bool, library: Path) -> None:
        self._sources = list(sources)
        self._recursive = recursive
        self._seen: set[tuple[int, int]] = set()
        self._paths: set[str] = set()
        self.notices: list[str] = []
        self.unreachable: list[str] = []
        try:
            own = library.stat()
            self._seen.add((own.st_dev, own.st_ino))
        except OSError:
            pass  # a library that is not made yet cannot be walked into

    def __iter__(self) -> Iterator[Found]:
        for source in self._sources:
            text = to_text(source)
            if not _is_there(source):
                self.unreachable.append(text)
                self.notices.append(f"The folder {text} cannot be reached; its images are kept and marked missing.")
                continue
            yield from self._walk(os.fspath(source), text)

    def _walk(self, top: str, source: str) -> Iterator[Found]:
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            try:
                here = os.stat(folder)  # noqa: PTH116 - str paths: twice as fast over 100 000 files
                if (here.st_dev, here.st_ino) in self._seen:
                    continue
                self._seen.add((here.st_dev, here.st_ino))
                with os.scandir(folder) as listing:
                    entries = sorted(listing, key=lambda e: e.name)
            except OSError as error:
                self.notices.append(f"The folder {to_text(folder)} cannot be read: {error.strerror}.")
                continue
            if any(entry.name == DATABASE for entry in entries):
                continue  # another library: its thumbnails and exports are not the person's images
            yield from self._files(folder, source, entries)
            if self._recursive:
                waiting += reversed(_folders(entries))

    def _files(self, folder: str, source: str, entries: list[os.DirEntry[str]]) -> Iterator[Found]:
        files = {entry.name: entry for entry in entries if not _is_folder(entry)}
        companions = companions_in(files, is_image_name)
        for name, entry in files.items():
            if not is_image_name(name):
                continue
            try:
                info = entry.stat()
            except OSError:
                continue  # a link that leads nowhere, or a file gone since the listing
            path = to_text(os.path.join(folder, name))  # noqa: PTH118
            if stat.S_ISREG(info.st_mode) and path not in self._paths:
                self._paths.add(path)
                beside = companions.get(name, ())
                mark = _mark(beside, files)
                yield Found(path, source, info.st_size, info.st_mtime_ns, beside, mark)


def _is_there(source: Path) -> bool:
    try:
        return source.is_dir()
    except (OSError, ValueError):  # a name that is too long, a folder above it that may not be entered
        return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _folders(entries: list[os.DirEntry[str]]) -> list[str]:
    """The folders to enter next, real ones first."""
    inside = [e for e in entries if _is_folder(e) and not e.name.startswith(".") and e.name.casefold() not in SET_ASIDE]
    return [e.path for e in sorted(inside, key=lambda e: (e.is_symlink(), e.name))]


def _mark(names: tuple[str, ...], files: dict[str, os.DirEntry[str]]) -> str:
    telling = [name for name in names if not is_crop_mark(name)]
    if not telling:
        return ""
    digest = hashlib.blake2b(digest_size=8)
    for name in telling:
        try:
            info = files[name].stat()
            digest.update(os.fsencode(name) + f"\0{info.st_size}\0{info.st_mtime_ns}\0".encode())
        except OSError:
            digest.update(os.fsencode(name))
    return digest.hexdigest()
