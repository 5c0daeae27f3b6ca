"""CSV that any spreadsheet opens, that no spreadsheet runs, and that reads back unchanged (RFC 4180).

A text cell that begins with = + - @ tab or carriage return would be run as a formula, so it is written with an
apostrophe before it; to keep that lossless, a cell that begins with apostrophes and then one of these gets one more.
Numbers are written as numbers: -3.5 is not a formula.
"""

from __future__ import annotations

import contextlib
import csv
import math
import os
import re
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

from engine.errors import NotFound, WrongUse
from engine.library.text import to_text

Cell = str | int | float | bool | None

LONGEST_CELL = 16 * 1024 * 1024  # characters

_RUNS = re.compile(r"'*[=+\-@\t\r]")
_QUOTED = re.compile(r"'+[=+\-@\t\r]")


def to_cell(value: Cell) -> str:
    """The text of one cell: "" for None and for a number that is not finite, `true` or `false` for a bool."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value) if math.isfinite(value) else ""
    return "'" + value if _RUNS.match(value) else value


def from_cell(text: str) -> str:
    """The text that `to_cell` wrote."""
    return text[1:] if _QUOTED.match(text) else text


def write_csv(path: str | os.PathLike[str], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write the whole file or leave the old one as it was.

    Args:
        path: where to; its folder is made when it is missing.
        header: one name a column, at least one.
        rows: read one at a time, so a generator costs no memory; each as long as the header.

    Raises ValueError for a row of another length and OSError when the disk refuses. A lone surrogate, which UTF-8
    cannot hold, is written as "?": give paths as `engine.library.text.to_text` writes them.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("x", encoding="utf-8", errors="replace", newline="") as file:
            _write_rows(file, header, rows)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _write_rows(file: IO[str], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    if not header:
        raise ValueError("a CSV file needs at least one column")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([to_cell(name) for name in header])
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"a row of {len(row)} cells under a header of {len(header)}")
        writer.writerow([to_cell(value) for value in row])


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read_csv(path: str | os.PathLike[str]) -> tuple[list[str], list[list[str]]]:
    """The header and the rows, every cell as the text that was written; blank lines are passed over.

    Raises NotFound when there is no such file, and WrongUse, naming the line, when it is not UTF-8, has no header, has
    a column twice, a row of another length or a quote that is never closed.
    """
    header, rows = read_csv_lines(path)
    return header, [row for _, row in rows]


def read_csv_lines(
    path: str | os.PathLike[str], most: int | None = None, *, uneven: bool = False
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """As `read_csv`, each row with the number of the line it begins on; WrongUse beyond `most` rows.

    With `uneven`, rows of another length than the header come as they are.
    """
    path = Path(path)
    csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read_rows(file, to_text(path.name), most, uneven=uneven)
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {to_text(path.name)}.", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise WrongUse(f"{to_text(path.name)} is not UTF-8 text.", "Save it as CSV with the encoding UTF-8.") from error
    except OSError as error:
        raise WrongUse(f"{to_text(path.name)} cannot be read: {error.strerror or error}.") from error


def _read_rows(
    file: IO[str], name: str, most: int | None, *, uneven: bool
) -> tuple[list[str], list[tuple[int, list[str]]]]:  # fmt: skip
    reader = csv.reader(file, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        header = [from_cell(cell) for cell in next(reader, [])]
        if not header:
            raise WrongUse(f"{name} has no header line.", "The first line must name the columns.")
        if len(set(header)) < len(header):
            raise WrongUse(f"{name} names a column twice.", "Give each column its own name.")
        line = reader.line_num + 1
        for row in reader:
            if row and len(row) != len(header) and not uneven:
                raise WrongUse(f"{name}, line {line}: {len(row)} cells where the header has {len(header)}.")
            if row and len(rows) == most:
                raise WrongUse(f"{name} has more than {most} rows.", "Split it into several files.")
            if row:
                rows.append((line, [from_cell(cell) for cell in row]))
            line = reader.line_num + 1
    except csv.Error as error:
        raise WrongUse(f"{name}, line {reader.line_num}: {error}.") from error
    return header, rows
