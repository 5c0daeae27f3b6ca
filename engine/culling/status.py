"""What a library holds, in numbers."""

from __future__ import annotations

from typing import Any

import apsw
import msgspec

from engine.culling import queue
from engine.intake import records
from engine.library.store import Library
from engine.library.text import to_path


class SourceCount(msgspec.Struct, frozen=True):
    path: str
    images: int
    missing: int
    reachable: bool


class Holdings(msgspec.Struct, frozen=True):
    """Counts of a library; `images` can be read, `missing` and `quarantined` come on top."""

    images: int
    missing: int
    quarantined: int
    groups: int
    keepers: int
    needs_you: int
    decided: int
    sources: list[SourceCount]


def holdings(library: Library) -> Holdings:
    with library.db.read() as connection:
        status = queue.counts(connection)
        images, missing, quarantined = records.counts(connection)
        return Holdings(
            images=images,
            missing=missing,
            quarantined=quarantined,
            groups=status.total,
            keepers=queue.keeper_count(connection),
            needs_you=status.needs_you,
            decided=status.decided,
            sources=_sources(connection, library.settings.scan.sources),
        )


def _sources(connection: apsw.Connection, paths: list[str]) -> list[SourceCount]:
    rows = connection.execute(
        "SELECT s.path, count(*), count(i.missing_since) FROM sources s CROSS JOIN images i ON i.source_id = s.id"
        " GROUP BY s.id"
    )
    counted = {path: (total, missing) for path, total, missing in rows}
    return [SourceCount(path, *counted.get(path, (0, 0)), to_path(path).is_dir()) for path in paths]


def quarantined(connection: apsw.Connection, offset: int, limit: int) -> list[tuple[int, str, str, str, str]]:
    """Files that could not be decoded: id, path, name, reason, hint, by path."""
    rows: list[Any] = connection.execute(
        "SELECT id, filepath, filename, quarantine, coalesce(quarantine_hint, '') FROM images"
        " WHERE quarantine IS NOT NULL AND missing_since IS NULL ORDER BY filepath LIMIT ? OFFSET ?",
        (limit, offset),
    ).fetchall()
    return rows
