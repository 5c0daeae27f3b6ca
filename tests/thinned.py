"""What of a library's images is where, for tests that set them aside."""

from __future__ import annotations

import os
from pathlib import Path

from engine.intake.digest import content_hash
from engine.library.store import Library
from engine.thinning import page


def tree(source: Path) -> dict[str, tuple[str, int, int]]:
    """Every file below the source: content, time, permissions."""
    return {
        os.fspath(file.relative_to(source)): (
            content_hash(file.read_bytes()), file.stat().st_mtime_ns, file.stat().st_mode,
        )
        for file in source.rglob("*") if file.is_file() and not file.name.startswith(".pickwise")
    }  # fmt: skip


def aside(source: Path) -> set[str]:
    return {name for name in tree(source) if name.startswith(("_review_dupes", "delete_review"))}


def present(library: Library) -> set[str]:
    with library.db.read() as connection:
        return {
            name for (name,) in connection.execute("SELECT filename FROM images WHERE missing_since IS NULL")
        }  # fmt: skip


def shown(library: Library) -> list[tuple[int, int]]:
    with library.db.read() as connection:
        items = page.copies(connection, library.paths.thumbs, kept=True, offset=0, limit=9).items
    return [(item.size, item.going) for item in items]


def first(library: Library) -> str:
    with library.db.read() as connection:
        return page.copies(connection, library.paths.thumbs, kept=True, offset=0, limit=1).items[0].id
