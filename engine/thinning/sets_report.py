"""The report of duplicate sets: CSV for a spreadsheet, Markdown with thumbnails for eyes; names in it are untrusted."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec

from engine.grouping.stage_sets import Match, StageSet
from engine.library.csvfile import Cell, write_csv

COLUMNS = (
    "match", "set", "role", "timestamp", "stage", "filepath", "similarity", "measure", "metadata", "reason", "bytes",
)  # fmt: skip
MOST_SHOWN = 1000  # matches in the Markdown; the CSV has all
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


class Line(msgspec.Struct, frozen=True):
    """One image in the report.

    Attributes:
        path: text form.
        filename: its name alone.
        thumb: its thumbnail, None where there is none.
        bytes: on disk, with its companions.
    """

    path: str
    filename: str
    thumb: Path | None
    bytes: int


def write_sets_csv(file: Path, matches: Sequence[Match], lines: Mapping[int, Line]) -> None:
    """One row an image, those of the set that stays first. Raises OSError when the disk refuses."""
    write_csv(file, COLUMNS, (row for number, match in enumerate(matches, 1) for row in _rows(number, match, lines)))


def _rows(number: int, match: Match, lines: Mapping[int, Line]) -> Iterator[Sequence[Cell]]:
    for role, one in (("stays", match.stays), ("goes", match.goes)):
        for stage, image, alike in zip(one.stages, one.images, match.similarity, strict=True):
            line = lines[image]
            yield (
                number, one.key, role, one.timestamp, stage, line.path, round(alike, 4), match.measure,
                match.metadata, match.reason, line.bytes,
            )  # fmt: skip


def write_sets_markdown(file: Path, matches: Sequence[Match], lines: Mapping[int, Line]) -> None:
    """The same to look at, side by side by stage; the whole file or none. Raises OSError when the disk refuses."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("x", encoding="utf-8", errors="replace", newline="\n") as out:
            out.writelines(part + "\n" for part in _markdown(file.parent, matches, lines))
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _markdown(folder: Path, matches: Sequence[Match], lines: Mapping[int, Line]) -> Iterator[str]:
    yield "# Duplicate sets"
    yield ""
    freed = sum(_bytes(match.goes, lines) for match in matches)
    yield f"{len(matches)} {'set goes' if len(matches) == 1 else 'sets go'}, {freed / 1e6:.1f} MB with companions."
    yield "Nothing was moved by writing this."
    if len(matches) > MOST_SHOWN:
        yield f"The first {MOST_SHOWN} are shown; the CSV beside this file has all."
    for number, match in enumerate(matches[:MOST_SHOWN], 1):
        yield ""
        yield f"## {number}. {match.stays.timestamp} stays, {match.goes.timestamp} goes"
        yield ""
        told = (escaped(match.reason), _METADATA[match.metadata], f"frees {_bytes(match.goes, lines) / 1e6:.1f} MB")
        yield "; ".join(filter(None, told)) + "."
        yield ""
        yield f"| stage | stays | goes | {_MEASURES[match.measure]} |"
        yield "|---|---|---|---|"
        pairs = zip(match.stays.stages, match.stays.images, match.goes.images, match.similarity, strict=True)
        for stage, stays, goes, alike in pairs:
            yield f"| {stage:g} | {_cell(folder, lines[stays])} | {_cell(folder, lines[goes])} | {alike:.3f} |"


_METADATA = {"same": "made the same way", "differs": "made differently", "unknown": "how it was made is not compared"}
_MEASURES = {"cosine": "cosine", "phash": "equal pHash bits"}


def _bytes(one: StageSet, lines: Mapping[int, Line]) -> int:
    return sum(lines[image].bytes for image in one.images)


def _cell(folder: Path, line: Line) -> str:
    name = escaped(line.filename)
    if line.thumb is None:
        return name
    return f"![]({_address(folder, line.thumb)}) {name}"


def _address(folder: Path, thumb: Path) -> str:
    """Where the thumbnail is, seen from the report, so that a library that moves takes its pictures along."""
    try:
        there = Path(os.path.relpath(thumb, folder)).as_posix()
    except ValueError:  # another drive
        return thumb.as_uri()
    return quote(os.fsencode(there), safe="/")


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: no link, no markup, no table border, on one line."""
    plain = "".join(c if c.isprintable() else "�" for c in text)
    return _PUNCTUATION.sub(r"\\\1", plain)


def write_both(reports: Path, matches: Sequence[Match], lines: Mapping[int, Line]) -> tuple[Path, Path]:
    """`sets.csv` and `sets.md` in the library's reports. Raises OSError when the disk refuses."""
    table, page = reports / "sets.csv", reports / "sets.md"
    write_sets_csv(table, matches, lines)
    write_sets_markdown(page, matches, lines)
    return table, page


def images_of(matches: Iterable[Match]) -> list[int]:
    """Every image the report needs a line for, once, in order."""
    return list(dict.fromkeys(image for m in matches for one in (m.stays, m.goes) for image in one.images))
