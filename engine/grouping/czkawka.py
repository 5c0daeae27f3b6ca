"""Groups of images as Czkawka found them: its result files, as JSON (compact and pretty) or text, versions 5 to 12.

JSON of its similar images is a list of groups; of its duplicates a mapping by size or name. A group is a list of
files, or, where a reference folder was set, `[reference, [others]]`. Of a file only `path` is read: `difference` and
`similarity` count bits of a hash of another kind and size, so distances are measured anew.

Text says `Found 2 images which have similar friends`, then a line a file: `"/p/b.png" - 1024x1536 - 2.38 MiB - High`.
The label is localised, version 6 does not quote the path, versions 7 to 11 escape it in the reference form, and there a
blank line stands before the reference. The number was the wrong one in early versions and is not relied on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from engine.errors import NotFound, WrongUse
from engine.grouping.czkawka_json import read_json
from engine.library.text import to_text

LARGEST_FILE = 256 * 1024 * 1024  # bytes; a million images need about as many
LONGEST_LINE = 64 * 1024  # bytes of one line of text
_HINT = "In Czkawka, save the results of Similar Images again, best as JSON, and give that file."

_GROUP = re.compile(r"Found \d+ images which have similar friends\s*")
_NOTHING = re.compile(r"Not found any similar images\.?\s*")
_FILE = re.compile(
    r'(?:"(?P<quoted>.*)"|(?P<bare>.*)) - \d{1,10}x\d{1,10} - \d[\d.,]{0,20}\s?[A-Za-z]{1,5} - .*', re.DOTALL
)
_ESCAPE = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


class Listed(msgspec.Struct, frozen=True):
    """One group of a result file.

    Attributes:
        paths: as written, in the text form of `engine.library.text`; untrusted, nothing was looked up on disk.
        readings: second readings of paths that may have been written escaped, by their place in `paths`.
        reference: the first path lies in a reference folder: it is to stay.
    """

    paths: tuple[str, ...]
    readings: dict[int, str]
    reference: bool


class Kept(msgspec.Struct, frozen=True):
    """What is left of a group: at least two images of the library, as written; the reference where it is one."""

    images: tuple[int, ...]
    reference: int | None


class Within(msgspec.Struct, frozen=True):
    """Groups of images of the library, and every path that is none, each once, in the order of the file."""

    groups: list[Kept]
    outside: list[str]


def read(path: str | os.PathLike[str]) -> list[Listed]:
    """The groups of one result file, in its order.

    Raises:
        NotFound: there is no such file.
        WrongUse: it cannot be read, is larger than LARGEST_FILE, or is no such result; the sentence says where.
    """
    path = Path(path)
    name = to_text(path.name)
    try:
        if not path.is_file():
            kind = "is no file" if path.exists() else ""
            raise NotFound(f"{name} {kind}." if kind else f"There is no file {name}.", "Check the path.")
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:  # a name with a NUL is a ValueError
        raise WrongUse(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    return parse(raw, name)


def parse(raw: bytes, name: str = "The file") -> list[Listed]:
    """The groups in the bytes of a result file. Raises WrongUse, saying where, for anything that is none."""
    if len(raw) > LARGEST_FILE:
        limit = f"{LARGEST_FILE // (1024 * 1024)} MiB"
        raise WrongUse(f"{name} is larger than {limit}.", f"Let Czkawka search fewer folders at once. {_HINT}")
    raw = _utf8(raw, name)
    if raw.lstrip()[:1] in (b"[", b"{"):
        return [
            Listed(tuple(to_text(path) for path in paths), {}, reference) for paths, reference in read_json(raw, name)
        ]
    return list(_read_text(raw, name))


def within(groups: Sequence[Listed], known: Mapping[str, int]) -> Within:
    """Which images of the library the groups speak of.

    Paths are compared as text, letter by letter: `..`, a link or another spelling of a path is never resolved, so
    nothing outside the library can be reached by a name.

    Args:
        groups: as read.
        known: image ids by path, as the library has them.
    """
    kept: list[Kept] = []
    outside: dict[str, None] = {}
    for group in groups:
        images: dict[int, None] = {}
        reference = None
        for place, path in enumerate(group.paths):
            image = known.get(path, known.get(group.readings.get(place, path)))
            if image is None:
                outside[path] = None
                continue
            images[image] = None
            if place == 0 and group.reference:
                reference = image
        if len(images) > 1:
            kept.append(Kept(tuple(images), reference))
    return Within(kept, list(outside))


def _utf8(raw: bytes, name: str) -> bytes:
    """Without its byte order mark; what a Windows terminal wrote as UTF-16 is turned into UTF-8."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return raw.decode("utf-16").encode()
        except UnicodeError as error:
            raise WrongUse(f"{name} begins as UTF-16 and is none.", _HINT) from error
    return raw.removeprefix(b"\xef\xbb\xbf")


def _read_text(raw: bytes, name: str) -> Iterator[Listed]:
    files: list[str] | None = None  # of the group that is open
    reference = nothing = seen = False
    for number, line in _lines(raw, name):
        found = _FILE.fullmatch(line)
        if _GROUP.fullmatch(line):
            if files:
                yield _listed(files, reference=reference)
            files, reference, seen = [], False, True
        elif not line.strip():
            if files:
                yield _listed(files, reference=reference)
                files = None
            reference = files is not None  # a blank line right after the heading
        elif files is not None and found:
            files.append(found["bare"] if found["quoted"] is None else f'"{found["quoted"]}')
        elif files is not None or found:
            where = "is not `path - WIDTHxHEIGHT - size - label`" if files is not None else "stands in no group"
            raise WrongUse(f"{name}, line {number}: what is written there {where}.", _HINT)
        else:
            nothing = nothing or bool(_NOTHING.fullmatch(line))
    if files:
        yield _listed(files, reference=reference)
    if not seen and not nothing:
        raise WrongUse(f"{name} is no result of Czkawka's Similar Images: no line says `Found … images`.", _HINT)


def _lines(raw: bytes, name: str) -> Iterator[tuple[int, str]]:
    start = number = 0
    while start < len(raw):
        number += 1
        end = raw.find(b"\n", start)
        end = len(raw) if end < 0 else end
        if end - start > LONGEST_LINE:
            raise WrongUse(f"{name}, line {number}: longer than {LONGEST_LINE} bytes.", _HINT)
        # to_text keeps bytes that are not UTF-8, as it does for a file name
        yield number, raw[start:end].removesuffix(b"\r").decode("utf-8", "surrogateescape")
        start = end + 1


def _listed(files: list[str], *, reference: bool) -> Listed:
    """`files` as written, a quoted one still with its first quote."""
    readings = {
        place: to_text(_unescaped(file[1:])) for place, file in enumerate(files) if file[:1] == '"' and "\\" in file
    }
    return Listed(tuple(to_text(file.removeprefix('"')) for file in files), readings, reference)


def _unescaped(text: str) -> str:
    """What Rust's debug form stands for; what it would not write stays as it is."""

    def plain(match: re.Match[str]) -> str:
        point, byte, letter = match.groups()
        if point:
            value = int(point, 16)
            return chr(value) if value < 0xD800 or 0xE000 <= value < 0x110000 else match[0]
        if byte:
            return chr(0xDC00 + int(byte, 16)) if int(byte, 16) >= 0x80 else chr(int(byte, 16))
        return _LETTERS.get(letter, letter if letter in "\\\"'" else match[0])

    # neighbouring bytes may be one character that Rust could not print
    return _ESCAPE.sub(plain, text).encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
