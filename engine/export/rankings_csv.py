"""The rankings as CSV: every image of the table, best first, with OpenSkill figures of one judge or of all merged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from engine.errors import ExportError
from engine.export.files import refuse_sources
from engine.library.csvfile import write_csv
from engine.library.store import Library
from engine.library.text import to_text
from engine.progress import Progress
from engine.ranking import judges
from engine.ranking.ratings import MU, SIGMA, stored

if TYPE_CHECKING:
    from engine.ranking.live import Standing

_AT_ONCE = 500  # rows
_LINES = f"""
    SELECT j.key, i.filepath, i.filename, i.added_at, i.mu, i.sigma, i.comparison_count, i.last_compared_at
    FROM json_each(:ids) j CROSS JOIN images i ON i.id = j.value WHERE :judge = ''
    UNION ALL
    SELECT j.key, i.filepath, i.filename, i.added_at, coalesce(r.mu, {MU}), coalesce(r.sigma, {SIGMA}),
        coalesce(r.comparison_count, 0), r.last_compared_at
    FROM json_each(:ids) j CROSS JOIN images i ON i.id = j.value
    LEFT JOIN ratings r ON r.image_id = i.id AND r.judge = :judge WHERE :judge != ''
    ORDER BY 1
"""  # noqa: S608 - two numbers


class Line(NamedTuple):
    """One line of the file; its fields are the columns."""

    rank: int
    filepath: str
    filename: str
    mu: float
    sigma: float
    score: float
    comparisons: int
    added_at: str
    last_compared_at: str


def export_csv(
    library: Library, standing: Standing, to: Path | None, progress: Progress, last: int | None = None
) -> tuple[Path, int]:
    """Write the whole file or leave the old one as it was; answers with where it is and how many rows it has.

    Args:
        library: an open one; only read.
        standing: who stands where.
        to: the file; None is reports/rankings.csv of the library.
        progress: one step some hundred rows.
        last: only the best so many.

    Raises:
        ExportError: the file is inside a source folder, or cannot be written there.
        Cancelled: the old file stands.
    """
    file = to or library.paths.reports / "rankings.csv"
    if library.paths.reports.resolve() not in file.resolve().parents:
        refuse_sources(library, file)
    count = 0

    def told() -> Iterator[Line]:
        nonlocal count
        for line in lines(library, standing, last):
            count += 1
            if count % _AT_ONCE == 0:
                progress.step(count, line.filepath)
            yield line

    progress.phase("export", len(standing.ids[:last]))
    try:
        write_csv(file, Line._fields, told())
    except OSError as error:
        raise ExportError(
            f"{to_text(file)} could not be written: {error.strerror or error}.", "Choose another place for it."
        ) from None
    return file, count


def lines(library: Library, standing: Standing, last: int | None = None) -> Iterator[Line]:
    """The table, best first; as many lines as `last` says. All of them are of one moment."""
    from engine.ranking.columns import iso  # numpy

    ids, judge = standing.ids[:last], standing.judge(library)
    with library.db.read() as connection:
        for first in range(0, len(ids), _AT_ONCE):
            images = ids[first : first + _AT_ONCE].tolist()
            merged = judges.together(connection, images) if judge is None else None
            wanted = msgspec.json.encode(images).decode()
            found: Any = connection.execute(_LINES, {"ids": wanted, "judge": judge or ""})
            for place, path, name, added, *own in found:
                mu, sigma, count, compared = own if merged is None else merged.get(images[place], judges.UNCOMPARED)
                rating = stored(mu, sigma, count)
                yield Line(
                    first + place + 1, path, name, *rating, rating.score, count, iso(added), iso(compared)
                )  # fmt: skip
