"""Two folders side by side: files of one name, and whether they hold the same. Looks only, and needs no library."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from engine.errors import NotFound, WrongUse
from engine.intake.companions import IMAGE_SUFFIXES
from engine.intake.digest import stream_hash
from engine.library.text import to_text
from engine.progress import Progress, Quiet

Content = Literal["equal", "different", "one file", "unreadable"]
_BLOCK = 1 << 20  # bytes read at once


class SameName(msgspec.Struct, frozen=True):
    """A name that both folders have.

    Attributes:
        name: below either folder, text form.
        content: `one file` where both names lead to the very same file by a link, so that removing one may remove all.
        bytes_a, bytes_b: sizes.
    """

    name: str
    content: Content
    bytes_a: int
    bytes_b: int


class Compared(msgspec.Struct, frozen=True):
    """What was found.

    Attributes:
        same: names that both have, sorted.
        only_a, only_b: how many files the other folder has no name for.
        clashes: names that differ in case or in how an accent is written, sorted; some disks take them for one.
        troubles: sentences about what could not be read.
    """

    same: list[SameName]
    only_a: int
    only_b: int
    clashes: list[list[str]]
    troubles: list[str]

    def count(self, content: Content) -> int:
        return sum(one.content == content for one in self.same)


def compare(
    a: Path,
    b: Path,
    extensions: Iterable[str] = (),
    *,
    recursive: bool = False,
    progress: Progress | None = None,
) -> Compared:
    """Compare the files of two folders by name, those of one name by size and then by content.

    Args:
        a, b: folders.
        extensions: `png` or `.png`, upper and lower case alike; none means those of images.
        recursive: compare paths below the folders; linked folders are not entered. Otherwise their top level only.
        progress: told how many names are compared; may raise Cancelled from its `step`.

    Hidden files are passed over. Raises NotFound where a folder is not there, WrongUse where both are one.
    """
    for folder in (a, b):
        _need_folder(folder)
    if a.samefile(b):
        raise WrongUse(f"{to_text(a)} and {to_text(b)} are one folder.", "Name two different folders.")
    suffixes = frozenset("." + one.lower().lstrip(".") for one in extensions) or IMAGE_SUFFIXES
    troubles: list[str] = []
    left, right = (_files(folder, suffixes, troubles, recursive=recursive) for folder in (a, b))
    common = sorted(left.keys() & right.keys(), key=to_text)
    said = progress or Quiet()
    said.phase("compare", len(common))
    same = []
    for number, name in enumerate(common, 1):
        same.append(_same(a, b, name, left[name], right[name], troubles))
        said.step(number, same[-1].name)
    return Compared(same, len(left) - len(common), len(right) - len(common), _clashes(left.keys() | right), troubles)


def _need_folder(folder: Path) -> None:
    try:
        there = folder.is_dir()
    except (OSError, ValueError):
        there = False
    if not there:
        raise NotFound(f"There is no folder {to_text(folder)}.", "Check the path.")


def _files(top: Path, suffixes: frozenset[str], troubles: list[str], *, recursive: bool) -> dict[str, os.stat_result]:
    """Regular files by name below `top`, links to files among them."""
    found: dict[str, os.stat_result] = {}
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            with os.scandir(top / below) as entries:
                listed = [entry for entry in entries if not entry.name.startswith(".")]
        except OSError as error:
            troubles.append(f"{to_text(top / below)} cannot be listed: {error.strerror}.")
            continue
        for entry in listed:
            name = f"{below}/{entry.name}" if below else entry.name
            try:
                if entry.is_dir(follow_symlinks=False):
                    waiting += [name] if recursive else []
                elif Path(entry.name).suffix.lower() in suffixes and stat.S_ISREG((info := entry.stat()).st_mode):
                    found[name] = info
            except OSError as error:  # a link that leads nowhere, a file that went meanwhile
                troubles.append(f"{to_text(entry.path)} cannot be read: {error.strerror}.")
    return found


def _same(a: Path, b: Path, name: str, left: os.stat_result, right: os.stat_result, troubles: list[str]) -> SameName:
    content: Content = "different"
    if os.path.samestat(left, right):
        content = "one file"
    elif left.st_size == right.st_size:
        hashes = [_hash(folder / name, troubles) for folder in (a, b)]
        content = "unreadable" if None in hashes else "equal" if hashes[0] == hashes[1] else "different"
    return SameName(to_text(name), content, left.st_size, right.st_size)


def _hash(path: Path, troubles: list[str]) -> str | None:
    try:
        return stream_hash(_blocks(path))
    except OSError as error:
        troubles.append(f"{to_text(path)} cannot be read: {error.strerror or error}.")
        return None


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _clashes(names: Iterable[str]) -> list[list[str]]:
    alike: dict[str, list[str]] = defaultdict(list)
    for name in map(to_text, names):
        alike[unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())].append(name)
    return sorted(sorted(group) for group in alike.values() if len(group) > 1)
