"""reports/dupes.csv: every image of every group of copies, as of the last search, or of accepting all since.

Exceptions to the rule are included, and so is what was set aside since the search, by the place it had.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw

from engine.errors import LibraryError
from engine.library.csvfile import Cell, write_csv
from engine.library.text import to_text
from engine.thinning import effects

COLUMNS = ("group_id", "filepath", "keeper", "distance", "similarity", "reason", "bytes")
_THERE = effects.PRESENT.replace(
    "i.missing_since IS NULL", "(i.missing_since IS NULL OR i.id IN (SELECT image_id FROM staged))"
)
_ROWS = f"""
    SELECT key, filepath, stays, rule, distance, similarity, reason, size_bytes, aside FROM (
        SELECT g.key, g.id, c.rank, i.filepath, {effects.STAYS} AS stays, c.stays AS rule, c.distance, c.similarity,
            c.reason, i.size_bytes, i.missing_since IS NOT NULL AS aside, count(*) OVER (PARTITION BY g.id) AS together
        FROM {_THERE}
    ) WHERE together > 1 ORDER BY id, rank
"""  # noqa: S608 - fixed words


def rows(connection: apsw.Connection) -> Iterator[list[Cell]]:
    """Largest group first; `keeper` is true for whatever stays; distance and similarity are to the rule's keeper."""
    for key, path, stays, rule, distance, similarity, reason, size, aside in connection.execute(_ROWS):
        said = reason if stays == rule else "you let it stay" if stays else "you let it go"
        near = None if similarity is None else round(similarity, 4)
        yield [key, path, bool(stays), distance, near, f"set aside: {said}" if aside else said, size]


def write(connection: apsw.Connection, folder: Path) -> Path:
    """Replace the report as a whole, after a search or an acceptance. Raises LibraryError where the disk refuses."""
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
