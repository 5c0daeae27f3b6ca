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
VERSION = "2.pillow13"
FULL = VERSION + ".full"  # of a JPEG that was decoded in full, which serves whatever the setting says


def version_of(image_format: str, *, full_jpeg: bool) -> str:
    """What stands beside a measurement made now."""
    return FULL if full_jpeg and image_format == "JPEG" else VERSION


def is_current(known: Known, *, full_jpeg: bool) -> bool:
    """True where an image need not be measured again as long as its file is the same."""
    return known.version == version_of(known.format, full_jpeg=full_jpeg) or known.version == FULL


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
    format: str
    cropped: bool
    staged: bool  # set aside by Pickwise: not there, and not to be found again elsewhere


def load_known(connection: apsw.Connection) -> dict[str, Known]:
    """Every image by path."""
    rows = connection.execute(
        "SELECT i.id, i.filepath, i.size_bytes, i.mtime_ns, i.companions, coalesce(i.content_hash, ''),"
        " i.missing_since IS NOT NULL,"
        " CASE WHEN i.quarantine IS NULL THEN coalesce(f.version, '') ELSE 'quarantined' END, coalesce(f.format, ''),"
        " i.cropped, EXISTS (SELECT 1 FROM staged WHERE image_id = i.id)"
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
            "INSERT INTO images (filepath, filename, source_id, added_at, cropped) VALUES (?, ?, ?, ?, ?)",
            (file.path, _name(file.path), sources[file.source], now(), file.cropped),
        )
        ids[file.path] = connection.last_insert_rowid()
    return ids


_SET_ASIDE = "SELECT count(*) FROM staged JOIN images ON id = image_id WHERE missing_since IS NOT NULL"


def counts(connection: apsw.Connection) -> tuple[int, int, int]:
    """How many images can be read, are missing, and are on disk but quarantined. Each is answered from an index.

    Those that Pickwise has set aside are none of these.
    """
    staged = connection.execute(_SET_ASIDE).get
    total = connection.execute("SELECT count(*) FROM images").get - staged
    missing = connection.execute("SELECT count(*) FROM images WHERE missing_since IS NOT NULL").get - staged
    refused = connection.execute(
        "SELECT count(*) FROM images WHERE quarantine IS NOT NULL AND missing_since IS NULL"
    ).get
    return total - missing - refused, missing, refused


def mark_missing(connection: apsw.Connection, images: Iterable[int]) -> None:
    connection.executemany(
        "UPDATE images SET missing_since = ? WHERE id = ? AND missing_since IS NULL", [(now(), i) for i in images]
    )


def mark_present(connection: apsw.Connection, images: Iterable[int]) -> None:
    connection.executemany("UPDATE images SET missing_since = NULL WHERE id = ?", [(i,) for i in images])


def mark_cropped(connection: apsw.Connection, images: Iterable[tuple[int, bool]]) -> None:
    """Whether images have a crop mark beside them."""
    connection.executemany("UPDATE images SET cropped = ? WHERE id = ?", [(flag, image) for image, flag in images])


def touch(connection: apsw.Connection, image: int, file: Found) -> None:
    """The file's times changed, its content did not."""
    connection.execute(
        "UPDATE images SET size_bytes = ?, mtime_ns = ?, companions = ?, cropped = ?, missing_since = NULL"
        " WHERE id = ?",
        (file.size_bytes, file.mtime_ns, file.companions_mark, file.cropped, image),
    )


def move(connection: apsw.Connection, image: int, placeholder: int, file: Found) -> None:
    """The image `image` was found again at a new path, where `placeholder` stood for it: history stays with it."""
    old = connection.execute("SELECT filepath FROM images WHERE id = ?", (image,)).get
    connection.execute("DELETE FROM flags WHERE image_id = ?", (placeholder,))
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


def is_staged(connection: apsw.Connection, image: int) -> bool:
    """Whether its file was set aside, also since the scan began."""
    return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM staged WHERE image_id = ?)", (image,)).get)


def has_history(connection: apsw.Connection, image: int) -> bool:
    """Whether a person decided something about this image: its row must stay."""
    return bool(
        connection.execute(
            "SELECT EXISTS (SELECT 1 FROM verdicts WHERE image_id = :image)"
            " OR EXISTS (SELECT 1 FROM ratings WHERE image_id = :image)"
            " OR EXISTS (SELECT 1 FROM comparisons WHERE winner_id = :image)"
            " OR EXISTS (SELECT 1 FROM comparisons WHERE loser_id = :image)"
            " OR EXISTS (SELECT 1 FROM choices WHERE image_id = :image)"
            " OR EXISTS (SELECT 1 FROM staged WHERE image_id = :image)"
            " OR EXISTS (SELECT 1 FROM apart WHERE one = :image OR other = :image)"
            " OR EXISTS (SELECT 1 FROM checks WHERE image_id = :image)"
            " OR EXISTS (SELECT 1 FROM to_crop WHERE image_id = :image)"
            " OR EXISTS (SELECT 1 FROM crop_answers WHERE image_id = :image)"
            " OR EXISTS (SELECT 1 FROM crop_copies WHERE image_id = :image)"
            " OR EXISTS (SELECT 1 FROM promoted WHERE image_id = :image)"
            " OR EXISTS (SELECT 1 FROM trials WHERE image_id = :image)"
            " OR EXISTS (SELECT 1 FROM links WHERE one = :image OR other = :image)",
            {"image": image},
        ).get
    )


def store(connection: apsw.Connection, image: int, file: Found, measured: Measured, *, full_jpeg: bool) -> None:
    """Write everything one pass learned."""
    quality = msgspec.json.encode(measured.quality)
    connection.execute(
        "INSERT OR REPLACE INTO features VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            image, version_of(measured.format, full_jpeg=full_jpeg), measured.format, measured.width, measured.height,
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


def copy_measured(connection: apsw.Connection, image: int, content_hash: str) -> None:
    """One of several copies of a vanished image: the image itself is claimed already, so copy what was measured."""
    twin = connection.execute(
        "SELECT i.id FROM images i JOIN features f ON f.image_id = i.id"
        " WHERE i.content_hash = ? AND i.id != ? AND i.quarantine IS NULL ORDER BY i.id LIMIT 1",
        (content_hash, image),
    ).get
    for table, columns in (
        ("features", "version, format, width, height, phash, dhash, taken_at, quality"),
        ("generations", "tool, prompt, negative, seed, model, sampler, steps, cfg, width, height, origin"),
    ):
        connection.execute(
            f"INSERT OR REPLACE INTO {table} SELECT ?, {columns} FROM {table} WHERE image_id = ?",  # noqa: S608
            (image, twin),
        )
    connection.execute("UPDATE images SET content_hash = ? WHERE id = ?", (content_hash, image))


def quarantine(connection: apsw.Connection, image: int, file: Found, reason: str, hint: str, *, passing: bool) -> bool:
    """Keep a file that cannot be decoded in the library, with its reason, out of groups and rankings.

    Args:
        passing: the fault may not be the file's own (no permission, a full disk): the next scan tries again.

    Returns:
        True where this is news.
    """
    before = connection.execute("SELECT quarantine, missing_since FROM images WHERE id = ?", (image,)).fetchone()
    connection.execute("DELETE FROM features WHERE image_id = ?", (image,))
    connection.execute("DELETE FROM members WHERE image_id = ?", (image,))
    connection.execute(
        "UPDATE images SET size_bytes = ?, mtime_ns = ?, companions = ?, missing_since = NULL,"
        " quarantine = ?, quarantine_hint = ? WHERE id = ?",
        (file.size_bytes, -1 if passing else file.mtime_ns, file.companions_mark, reason, hint, image),
    )
    return bool(before != (reason, None))


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2] if "\\" in path and ":" in path[:3] else path.rpartition("/")[2]


def signed(value: int) -> int:
    """64 unsigned bits as SQLite's signed integer."""
    return value - (1 << 64) if value >= 1 << 63 else value


def unsigned(value: int) -> int:
    """SQLite's signed integer as 64 unsigned bits."""
    return value + (1 << 64) if value < 0 else value
