"""The rankings as CSV: every image of the table, best first, with one judge's OpenSkill figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import ExportError
from engine.library.csvfile import Cell, write_csv
from engine.library.store import Library
from engine.library.text import to_text
from engine.progress import Progress

if TYPE_CHECKING:
    from engine.ranking.live import Standing
    from engine.ranking.views import RankingRow

HEADER = (
    "rank", "filepath", "filename", "mu", "sigma", "score", "comparisons", "added_at", "last_compared_at",
)  # fmt: skip
_AT_ONCE = 500  # rows


def export_csv(library: Library, standing: Standing, to: Path | None, progress: Progress) -> tuple[Path, int]:
    """Write the whole file or leave the old one as it was; answers with where it is and how many rows it has.

    Args:
        library: an open one; only read.
        standing: who stands where.
        to: the file; None is reports/rankings.csv of the library.
        progress: one step some hundred rows.

    Raises:
        ExportError: the file cannot be written there.
        Cancelled: the old file stands.
    """
    file = to or library.paths.reports / "rankings.csv"
    count = 0

    def lines() -> Iterator[list[Cell]]:
        nonlocal count
        for row in rows(library, standing):
            count += 1
            if count % _AT_ONCE == 0:
                progress.step(count, row.path)
            yield [getattr(row, name) for name in ATTRIBUTES]

    progress.phase("export", len(standing.ids))
    try:
        write_csv(file, HEADER, lines())
    except OSError as error:
        raise ExportError(
            f"{to_text(file)} could not be written: {error.strerror or error}.", "Choose another place for it."
        ) from None
    return file, count


ATTRIBUTES = tuple({"filepath": "path"}.get(name, name) for name in HEADER)  # of a RankingRow


def rows(library: Library, standing: Standing, last: int | None = None) -> Iterator[RankingRow]:
    """The rows of the table, best first; as many as `last` says. All of them are of one moment."""
    from engine.ranking.table import rows as read

    judge, places = library.settings.ranking.judge, range(len(standing.ids))[:last]
    with library.db.read() as connection:
        for first in places[::_AT_ONCE]:
            some = places[first : first + _AT_ONCE]
            yield from read(connection, library.paths.thumbs, standing, judge, some)
