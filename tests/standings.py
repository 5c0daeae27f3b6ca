"""Standings by decree for tests and benchmarks: libraries whose images are rows or tiny files, and their order."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import apsw
import numpy as np

from engine.intake.records import VERSION
from engine.library.store import Library
from engine.library.text import to_path, to_text
from engine.ranking.live import Standing


class Row(NamedTuple):
    """One image of a library of rows; `path` as the library keeps it."""

    path: str
    prompt: str = ""
    stage: float | None = None
    added: str = "2026-01-01T00:00:00.000000Z"
    missing: bool = False


def add(library: Library, images: Sequence[Row]) -> list[int]:
    """Write rows as a scan and a grouping would; answers with their ids."""

    def work(connection: apsw.Connection) -> list[int]:
        made = [_insert(connection, row) for row in images]
        connection.execute(
            "INSERT INTO facts VALUES ('intake_serial', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"
        )
        return made

    return library.write(work)


def _insert(connection: apsw.Connection, row: Row) -> int:
    connection.execute(
        "INSERT INTO images (filepath, filename, added_at, missing_since, content_hash) VALUES (?, ?, ?, ?, ?)",
        (
            row.path,
            row.path.rpartition("/")[2],
            row.added,
            row.added if row.missing else None,
            f"{zlib.crc32(row.path.encode()):032x}",
        ),
    )
    image = connection.last_insert_rowid()
    connection.execute(
        "INSERT INTO features VALUES (?, ?, 'PNG', 640, 480, 0, 0, '', x'')",
        (image, VERSION),
    )
    connection.execute("INSERT INTO members VALUES (?, ?, 0, 0, ?, 'keeper', 0, 0, x'', '')", (image, image, row.stage))
    if row.prompt:
        connection.execute(
            "INSERT INTO generations VALUES (?, '', ?, '', '', '', '', '', '', 0, 0, '')", (image, row.prompt)
        )
    return image


def standing(ids: Sequence[int], *, field: int | None = None, top: int = 100) -> Standing:
    """Best first, two after each other equally strong; the first `field` of them (default: all) are in the field."""
    count = len(ids)
    strength = np.arange(count, 0, -1) // 2 / 10 - 1.0
    inside = np.arange(count) < (count if field is None else field)
    return Standing(np.array(ids, np.int64), strength, np.linspace(1, 0, count), inside, top)


def add_files(library: Library, files: Sequence[Path]) -> list[int]:
    """The library knows these files, as if it had scanned them."""
    return add(library, [Row(to_text(file)) for file in files])


def rate(library: Library, image: int, mu: float, sigma: float = 1.0, matches: int = 3) -> None:
    """Give an image a rating of the person here."""
    library.write(
        lambda c: c.execute(
            "UPDATE images SET mu = ?, sigma = ?, comparison_count = ?, last_compared_at = ? WHERE id = ?",
            (mu, sigma, matches, "2026-02-03T04:05:06.789012Z", image),
        )
    )


def paths_of(library: Library) -> dict[int, Path]:
    with library.db.read() as connection:
        return {image: to_path(path) for image, path in connection.execute("SELECT id, filepath FROM images")}
