"""reports/dupes.csv: every image of every group of copies, as the screen has it, exceptions included."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw

from engine.errors import LibraryError
from engine.library.csvfile import Cell, write_csv
from engine.library.text import to_text
from engine.thinning import effects

COLUMNS = ("group_id", "filepath", "keeper", "distance", "similarity", "reason", "bytes")
_ROWS = f"""
    SELECT g.key, i.filepath, {effects.STAYS}, c.stays, c.distance, c.similarity, c.reason, i.size_bytes
    FROM {effects.PRESENT} AND g.present > 1 ORDER BY g.id, c.rank
"""  # noqa: S608 - fixed words


def rows(connection: apsw.Connection) -> Iterator[list[Cell]]:
    """Largest group first; `keeper` is true for whatever stays; distance and similarity are to the rule's keeper."""
    for key, path, stays, rule, distance, similarity, reason, size in connection.execute(_ROWS):
        said = reason if stays == rule else "you let it stay" if stays else "you let it go"
        near = None if similarity is None else round(similarity, 4)
        yield [key, path, bool(stays), distance, near, said, size]


def write(connection: apsw.Connection, folder: Path) -> Path:
    """Replace the report as a whole. Raises LibraryError where the disk refuses."""
    file = folder / "dupes.csv"
    try:
        write_csv(file, COLUMNS, rows(connection))
    except OSError as error:
        raise LibraryError(
            f"{to_text(file)} could not be written: {error.strerror or error}.",
            "The groups are kept. Close the file elsewhere, or free space, then search again.",
        ) from None
    return file


def told(connection: apsw.Connection) -> list[dict[str, object]]:
    """The same for `--json`: id, keeper and members of each group."""
    groups: dict[str, list[dict[str, object]]] = {}
    for key, path, stays, distance, similarity, reason, _ in rows(connection):
        member: dict[str, object] = {
            "filepath": path,
            "distance": distance,
            "similarity": similarity,
            "keep": stays,
            "reason": reason,
        }
        groups.setdefault(str(key), []).append(member)
    return [
        {"id": key, "keeper": next((m["filepath"] for m in members if m["keep"]), None), "members": members}
        for key, members in groups.items()
    ]
