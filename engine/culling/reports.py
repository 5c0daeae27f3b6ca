"""reports/groups.csv and reports/picks.csv, read back from the library's tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import msgspec

from engine.culling.views import DefectView
from engine.intake.names import compile_pattern, parse_name
from engine.library.csvfile import Cell, write_csv
from engine.library.settings import Settings
from engine.progress import Cancelled, Progress

GROUPS = ("group_id", "filepath", "stage", "timestamp", "phash", "width", "height")
PICKS = ("group_id", "filepath", "stage", "defects", "quality", "score", "decision", "reason")

_SELECT = """
    FROM members m JOIN groups g ON g.id = m.group_id JOIN images i ON i.id = m.image_id
    JOIN features f ON f.image_id = m.image_id ORDER BY g.position, m.rank
"""


def write_reports(
    connection: apsw.Connection, folder: Path, settings: Settings, progress: Progress
) -> tuple[Path, Path]:
    """Write both reports, each replaced as a whole; answers with their paths. Raises OSError, Cancelled."""
    groups, picks = folder / "groups.csv", folder / "picks.csv"
    write_csv(groups, GROUPS, _heard(_groups(connection, settings), progress))
    write_csv(picks, PICKS, _heard(_picks(connection), progress))
    return groups, picks


def _heard(rows: Iterator[list[Cell]], progress: Progress) -> Iterator[list[Cell]]:
    for number, row in enumerate(rows):
        if number % 1024 == 0 and progress.cancelled():
            raise Cancelled
        yield row


def _groups(connection: apsw.Connection, settings: Settings) -> Iterator[list[Cell]]:
    """`timestamp` is the name's, else EXIF's; `phash` 16 hex digits."""
    pattern = compile_pattern(settings.stages.pattern)
    rows = connection.execute(
        "SELECT g.key, i.filepath, m.stage, i.filename, f.taken_at, f.phash, f.width, f.height" + _SELECT
    )
    for key, path, stage, filename, taken, phash, width, height in rows:
        stamp = parse_name(filename, pattern).timestamp or taken
        yield [key, path, _stage(stage), stamp, f"{phash & (1 << 64) - 1:016x}", width, height]


def _picks(connection: apsw.Connection) -> Iterator[list[Cell]]:
    """`defects` are the contract's words, joined by semicolons."""
    rows = connection.execute(
        "SELECT g.key, i.filepath, m.stage, m.defects, m.quality, m.score, m.decision, m.reason, m.rank, g.reason"
        + _SELECT
    )
    decode = msgspec.json.Decoder(list[DefectView]).decode
    for key, path, stage, defects, quality, score, decision, reason, rank, why in rows:
        names = ";".join(d.name for d in decode(defects))
        said = why if decision == "review" and rank == 0 else reason
        yield [key, path, _stage(stage), names, round(quality, 4), round(score, 4), decision, said]


def _stage(stage: float | None) -> Cell:
    """3 rather than 3.0, and 1.5 as it is."""
    return int(stage) if stage is not None and stage == int(stage) else stage
