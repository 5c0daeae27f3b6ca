"""Intake's rows: what is known of each file, and what a pass over one file writes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import apsw
import msgspec

from engine.intake.model import Generation, Measured
from engine.intake.scan import Found
from engine.library.journal import now

# Names the code and the decoder that measured: when it changes, everything is measured again on the next scan.
VERSION = "1.pillow13"


class Known(NamedTuple):
    """One image as the database has it."""

    id: int
    path: str
    size_bytes: int
    mtime_ns: int
    companions: str
    content_hash: str
    missing: bool
    version: str  # "" where it was never measured; "quarantined" where it was refused


def load_known(connection: apsw.Connection) -> dict[str, Known]:
    """Every image by path."""
    rows = connection.execute(
        "SELECT i.id, i.filepath, i.size_bytes, i.mtime_ns, i.companions, coalesce(i.content_hash, ''),"
        " i.missing_since IS NOT NULL,"
        " CASE WHEN i.quarantine IS NULL THEN coalesce(f.version, '') ELSE 'quarantined' END"
        " FROM images i LEFT JOIN features f ON f.image_id = i.id"
    )
    return {row[1]: Known(*row) for row in rows}


def add(connection: apsw.Connection, found: Iterable[Found]) -> dict[str, int]:
    """Insert rows for files never seen, not yet measured; answers with their ids by path."""
    sources: dict[str, int] = {}
    ids = {}
    for file in found:
        if file.source not in sources:
            connection.execute("INSERT OR IGNORE INTO sources (path) VALUES (?)", (file.source,))
            sources[file.source] = connection.execute("SELECT id FROM sources WHERE path = ?", (file.source,)).get
        connection.execute(
            "INSERT INTO images (filepath, filename, source_id, added_at) VALUES (?, ?, ?, ?)",
            (file.path, _name(file.path), sources[file.source], now()),
        )
        ids[file.path] = connection.last_insert_rowid()
    return ids


def mark_missing(connection: apsw.Connection, images: Iterable[int]) -> None:
    connection.executemany("UPDATE images SET missing_since = ? WHERE id = ?", [(now(), i) for i in images])


def mark_present(connection: apsw.Connection, images: Iterable[int]) -> None:
    connection.executemany("UPDATE images SET missing_since = NULL WHERE id = ?", [(i,) for i in images])


def touch(connection: apsw.Connection, image: int, file: Found) -> None:
    """The file's times changed, its content did not."""
    connection.execute(
        "UPDATE images SET size_bytes = ?, mtime_ns = ?, companions = ?, missing_since = NULL WHERE id = ?",
        (file.size_bytes, file.mtime_ns, file.companions_mark, image),
    )


def move(connection: apsw.Connection, image: int, placeholder: int, file: Found) -> None:
    """The image `image` was found again at a new path, where `placeholder` stood for it: history stays with it."""
    old = connection.execute("SELECT filepath FROM images WHERE id = ?", (image,)).get
    connection.execute("DELETE FROM images WHERE id = ?", (placeholder,))
    connection.execute("DELETE FROM aliases WHERE filepath = ?", (file.path,))
    connection.execute(
        "INSERT INTO aliases VALUES (?, ?) ON CONFLICT (filepath) DO UPDATE SET image_id = excluded.image_id",
        (old, image),
    )
    connection.execute("INSERT OR IGNORE INTO sources (path) VALUES (?)", (file.source,))
    connection.execute(
        "UPDATE images SET filepath = ?, filename = ?, source_id = (SELECT id FROM sources WHERE path = ?)"
        " WHERE id = ?",
        (file.path, _name(file.path), file.source, image),
    )
    touch(connection, image, file)


def store(connection: apsw.Connection, image: int, file: Found, measured: Measured) -> None:
    """Write everything one pass learned."""
    quality = msgspec.json.encode(measured.quality)
    connection.execute(
        "INSERT OR REPLACE INTO features VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            image, VERSION, measured.format, measured.width, measured.height,
            signed(measured.phash), signed(measured.dhash), measured.taken_at, quality,
        ),
    )  # fmt: skip
    connection.execute("DELETE FROM generations WHERE image_id = ?", (image,))
    made = measured.generation
    if made != Generation():
        connection.execute(
            "INSERT INTO generations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                image, made.tool, made.prompt, made.negative, made.seed, made.model, made.sampler,
                made.steps, made.cfg, made.width, made.height, made.origin,
            ),
        )  # fmt: skip
    connection.execute(
        "UPDATE images SET size_bytes = ?, mtime_ns = ?, companions = ?, content_hash = ?, missing_since = NULL,"
        " quarantine = NULL, quarantine_hint = NULL WHERE id = ?",
        (measured.size_bytes, measured.mtime_ns, file.companions_mark, measured.content_hash, image),
    )


def quarantine(connection: apsw.Connection, image: int, file: Found, reason: str, hint: str) -> None:
    """Keep a file that cannot be decoded in the library, with its reason, out of groups and rankings."""
    connection.execute("DELETE FROM features WHERE image_id = ?", (image,))
    connection.execute("DELETE FROM members WHERE image_id = ?", (image,))
    connection.execute(
        "UPDATE images SET size_bytes = ?, mtime_ns = ?, companions = ?, missing_since = NULL,"
        " quarantine = ?, quarantine_hint = ? WHERE id = ?",
        (file.size_bytes, file.mtime_ns, file.companions_mark, reason, hint, image),
    )


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2] if "\\" in path and ":" in path[:3] else path.rpartition("/")[2]


def signed(value: int) -> int:
    """64 unsigned bits as SQLite's signed integer."""
    return value - (1 << 64) if value >= 1 << 63 else value


def unsigned(value: int) -> int:
    """SQLite's signed integer as 64 unsigned bits."""
    return value + (1 << 64) if value < 0 else value
