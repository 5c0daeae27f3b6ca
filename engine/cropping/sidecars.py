"""`*.crop_suggestions.json` beside an image: spec 3's form A1, with what Pickwise knows more; other tools' are read.

    {"version": 1, "ratio": "original",
     "candidates": [{"id": "best", "box": [x1, y1, x2, y2], "note": "keeps the head", "score": 2.1, "terms": {}}],
     "keep_out": [{"shape": "hand", "region": [x1, y1, x2, y2], "text": "", "tag": ""}],
     "by": "pickwise", "width": W, "height": H, "ratio_error": 0.0, "clean": true, "why": "", "confidence": 0.8}

Everything behind `keep_out` is ours. A file without `by` is of another tool: its boxes are what is proposed, and it is
never written over. Such files may lack `version` and `id` (spec 3's form B3), and are believed in nothing unchecked.
"""

from __future__ import annotations

import errno
import math
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import msgspec

from engine.cropping import grid
from engine.cropping.model import Box, Id, Proposal
from engine.errors import Unreadable
from engine.library.text import to_text

SUFFIX = ".crop_suggestions.json"
BY = "pickwise"
_LARGEST = 1 << 20  # bytes
_MOST = 1000  # candidates or keep-out regions
_IDS: tuple[Id, ...] = ("best", "alt1", "alt2")
_RATIO = 0.01  # of a side: other tools round otherwise
# A list of numbers over several lines; no string holds a bare line break.
_NUMBERS = re.compile(rb"\[\n\s+((?:[-+\d.eE]+,\n\s+)*[-+\d.eE]+)\n\s+\]")
_BREAK = re.compile(rb",\n\s+")
_Long = Annotated[str, msgspec.Meta(max_length=2000)]
_Four = Annotated[list[float], msgspec.Meta(min_length=4, max_length=4)]


class Suggested(msgspec.Struct, frozen=True, omit_defaults=True):
    """A candidate as another tool wrote it."""

    box: _Four
    id: _Long = ""
    note: _Long = ""


class Region(msgspec.Struct, frozen=True):
    region: _Four
    shape: _Long = "region"


class Suggestions(msgspec.Struct, frozen=True):
    """A file, as far as it is read; more in it does no harm."""

    candidates: Annotated[list[Suggested], msgspec.Meta(min_length=1, max_length=_MOST)]
    keep_out: Annotated[list[Region], msgspec.Meta(max_length=_MOST)] = []
    version: Any = 1
    ratio: _Long = "original"
    by: _Long = ""


class Foreign(msgspec.Struct, frozen=True):
    """What another tool proposes: boxes of lawful sizes, the best first, at most three, and regions to keep out.

    `ids` are those of the candidates, "" of one that has none.
    """

    candidates: list[tuple[Box, str]]
    keep_out: list[tuple[str, Box]]
    ids: list[str] = []


def places(image: Path) -> tuple[Path, Path]:
    """Where the sidecar of an image may be: ours and most tools' (`a.png.…`), and by the stem alone (`a.…`)."""
    return image.with_name(image.name + SUFFIX), image.with_name(image.stem + SUFFIX)


def foreign(image: Path) -> tuple[Path, bytes] | None:
    """The sidecar of another tool beside an image, unread; None where there is none. Raises Unreadable: no file."""
    for file in places(image):
        data = _bytes(file)
        if data is not None and not _is_ours(data):
            return file, data
    return None


def parsed(file: Path, data: bytes, width: int, height: int) -> Foreign:
    """What a sidecar says of an image of these sides.

    Raises:
        Unreadable: it is no such file, or a box does not lie in the image or has another ratio; with the reason.
    """
    try:
        found = msgspec.json.decode(data, type=Suggestions)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        _refuse(file, "is not in the form of crop suggestions" + _why(error))
    if found.version != 1:
        _refuse(file, "is of another version")
    if found.ratio != "original":
        _refuse(file, f"asks for the ratio {found.ratio[:40]!r}, and crops keep the original one")
    ordered = sorted(enumerate(found.candidates), key=lambda one: (_rank(one[1]), one[0]))[: len(_IDS)]
    try:
        return Foreign(
            [(lawful(one.box, width, height), one.note) for _, one in ordered],
            [(one.shape, _inside(one.region, width, height)) for one in found.keep_out],
            [_id(one) for _, one in ordered],
        )
    except ValueError as error:
        _refuse(file, str(error))


def _id(one: Suggested) -> str:
    """The id, or the note where a tool writes the id there (B3); "" where neither is one."""
    return next((name for name in (one.id, one.note) if name in _IDS), "")


def _rank(one: Suggested) -> int:
    """By the id; those without one as they stand."""
    name = _id(one)
    return [*_IDS, ""].index(name)


def lawful(box: Sequence[float], width: int, height: int) -> Box:
    """The box, moved by less than a step of the grid to a size that keeps the ratio exactly.

    Raises:
        ValueError: it does not lie in the picture, or has another ratio; with the end of a sentence.
    """
    x1, y1, x2, y2 = _inside(box, width, height)
    asked = (x2 - x1) * height / width
    if abs((y2 - y1) - asked) > max(2.0, _RATIO * height):
        raise ValueError(f"has a box of {x2 - x1} x {y2 - y1} pixels, which has not the ratio of the picture")
    return grid.snapped(width, height, (x1, y1, x2, y2))


def _inside(box: Sequence[float], width: int, height: int) -> Box:
    if not all(-math.inf < one < math.inf for one in box):  # a whole number may be too large to be a float
        raise ValueError("has a box that is no box")
    x1, y1, x2, y2 = map(round, box)
    if not (0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height):
        raise ValueError(f"has a box that does not lie in the picture of {width} x {height} pixels")
    return x1, y1, x2, y2


def encoded(proposal: Proposal) -> bytes:
    """The file of a proposal, for people as well: indented, one line at its end."""
    plain = msgspec.to_builtins(proposal)
    body = {
        "version": 1,
        "ratio": "original",
        "candidates": [
            {name: one[name] for name in ("id", "box", "note", "score", "terms")} for one in plain["candidates"]
        ],
        "keep_out": [{name: one[name] for name in ("shape", "region", "text", "tag")} for one in plain["keep_out"]],
        "by": BY,
        **{name: plain[name] for name in ("width", "height", "ratio_error", "clean", "why", "confidence")},
    }
    text = msgspec.json.format(msgspec.json.encode(_rounded(body)), indent=2)
    return _NUMBERS.sub(lambda found: b"[" + _BREAK.sub(b", ", found[1]) + b"]", text) + b"\n"


def _rounded(value: Any) -> Any:
    """Floats to four places: more says nothing."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value


def differs(image: Path, data: bytes) -> bool:
    """Whether our sidecar beside an image is missing or says something else. Raises Unreadable."""
    return _bytes(places(image)[0]) != data


def write(image: Path, data: bytes) -> None:
    """Put our sidecar beside an image, as a whole or not at all; the caller knows that no other tool's stands there.

    Raises:
        OSError: the folder cannot be written.
    """
    from engine.intake.thumbs import write_atomic

    write_atomic(places(image)[0], data)


def _is_ours(data: bytes) -> bool:
    class Maker(msgspec.Struct):
        by: str = ""

    try:
        return msgspec.json.decode(data, type=Maker).by == BY
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False


def _bytes(file: Path) -> bytes | None:
    """A regular file's bytes; None where there is none. Raises Unreadable: no file, too large, not to be read."""
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
            return None
        _refuse(file, f"cannot be read: {error.strerror or error}")
    try:
        with open(handle, "rb") as stream:  # noqa: PTH123 - from the handle
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                _refuse(file, "is not a file")
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        _refuse(file, f"cannot be read: {error.strerror or error}")
    if len(data) > _LARGEST:
        _refuse(file, "is too large for crop suggestions")
    return data


def _why(error: Exception) -> str:
    words = "".join(c if c.isprintable() else "?" for c in str(error))[:200]
    return f" ({words})" if words else ""


def _refuse(file: Path, what: str) -> NoReturn:
    raise Unreadable(f"{to_text(file.name)} {what}; it was passed over.", "Correct it or move it away.") from None
