"""The answers as files for other tools: `crop_decisions.csv`, `trio_choices.csv` and `crops/*.crop.json` in `labels`.

The CSVs are spec 3's forms A2 and A3: one line a decision that stands, in the order they were made; the last line of an
image is its answer. What was accepted in bulk is nobody's choice: it has its `.crop.json` alone. All of it follows the
library: a decision adds its line, an undo takes that line off again, and where a file is not what was left there (a
crash, an editor) it is written anew from the decisions.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import msgspec

from engine.cropping import crop_files
from engine.errors import PickwiseError
from engine.library.csvfile import Cell, to_cell, write_csv
from engine.library.journal import Box, Cropped, Record
from engine.library.store import Library, set_fact

DECISIONS = ("image", "choice", "nudged_box", "reason_tags", "time_ms")
TRIOS = ("group_id", "winner", "loser1", "loser2", "tags", "time_ms")
_FACT = "crop_logs"
_KINDS = "kind IN ('crop', 'crops', 'trio', 'promote')"
_SINCE = f"SELECT seq, record FROM decisions WHERE state = 'done' AND seq > ? AND {_KINDS} ORDER BY seq"  # noqa: S608
_GONE = f"SELECT seq, state, record FROM decisions WHERE state != 'done' AND seq > ? AND seq <= ? AND {_KINDS}"  # noqa: S608
_BEFORE = f"SELECT max(seq) FROM decisions WHERE state = 'done' AND seq < ? AND {_KINDS}"  # noqa: S608


class State(msgspec.Struct, frozen=True):
    """How the CSVs were left: the last decision in them, and their sizes in bytes."""

    seq: int = 0
    sizes: tuple[int, int] = (0, 0)


class Log(NamedTuple):
    """One of the two files."""

    file: Path
    header: tuple[str, ...]


def follow(library: Library, record: Record | None) -> list[str]:
    """Bring the files up to date after a decision, its undo or redo; with None, after a rebuild, all of them.

    Answers with a sentence where the disk refuses: the decision stands, and the files follow with the next one.
    """
    if record is not None and record.kind == "promote" and not any(part.box for part in record.batch or []):
        return []
    try:
        if record is None:
            _write_all(library)
            crop_files.write_all(library)
        else:
            changed = _catch_up(library)
            for one in [*(other for other in changed if other.id != record.id), record]:
                crop_files.write(library, one)
    except (OSError, PickwiseError, apsw.Error) as error:
        return [f"The logs of crops in labels could not be written: {error}. They follow with the next decision."]
    return []


def decision_rows(record: Record) -> list[tuple[Cell, ...]]:
    """The lines of `crop_decisions.csv`: one, of an earlier log one an image; none of a batch."""
    if record.kind == "promote":
        return []
    if record.kind == "crops":
        said = zip(record.images, record.crops or [], strict=True)
        return [_line(path, one.how, one.box, one.tags) for path, one in said]
    how = record.crop or Cropped("nudged" if record.crop_box else "full")
    return [_line(record.winner, how, record.crop_box or None, record.anomaly_tags)]


def _line(path: str | None, how: Cropped, box: Box | None, tags: Sequence[str]) -> tuple[Cell, ...]:
    nudged = f"[{box.x},{box.y},{box.x + box.w},{box.y + box.h}]" if box and how.choice == "nudged" else ""
    return path, how.choice, nudged, ";".join(tags), how.time_ms or ""


def trio_rows(record: Record) -> list[tuple[Cell, ...]]:
    """The lines of `trio_choices.csv`: one, and one more for every further pair of losers (their time is left out)."""
    if record.kind != "trio":
        return []
    losers = [path for path in record.images if path != record.winner]
    pairs = [losers[first : first + 2] for first in range(0, len(losers), 2)] or [[]]
    tags = ";".join(record.anomaly_tags)
    return [
        (record.set_id, record.winner, *pair, *[""] * (2 - len(pair)), tags, "" if place else _time(record))
        for place, pair in enumerate(pairs)
    ]


_ROWS = (decision_rows, trio_rows)


def _time(record: Record) -> Cell:
    return (record.crop.time_ms if record.crop else 0) or ""


def _logs(library: Library) -> tuple[Log, Log]:
    return Log(library.paths.crop_decisions, DECISIONS), Log(library.paths.trio_choices, TRIOS)


def _catch_up(library: Library) -> list[Record]:
    """Add the lines of new decisions, take off that of the one undone; write anew where that does not fit.

    Answers with the decisions that were added or undone: the file of an image may have been left behind.
    """
    state = _state(library)
    logs = _logs(library)
    if state.seq == 0 or state.sizes != tuple(_size(log.file) for log in logs):
        _write_all(library)
        return []
    with library.db.read() as connection:
        last = connection.execute("SELECT state, record FROM decisions WHERE seq = ?", (state.seq,)).fetchone()
        before = int(connection.execute(_BEFORE, (state.seq,)).get or 0) if last and last[0] != "done" else state.seq
        fresh = [(int(seq), _decoded(data)) for seq, data in connection.execute(_SINCE, (before,))]
        taken: list[Any] = connection.execute(_GONE, (before, state.seq)).fetchall()
    changed = [*(_decoded(data) for _, _, data in taken), *(record for _, record in fresh)]
    # what was dropped before the last decision was written is no longer in the files
    gone = [_decoded(data) for seq, how, data in taken if how == "undone" or seq == state.seq]
    if last is None or len(gone) > 1 or (gone and (fresh or not before)):
        _write_all(library)
        return changed
    for log, rows in zip(logs, _ROWS, strict=True):
        if gone and not _take_off(log.file, _lines(rows(gone[0]))):
            _write_all(library)
            return changed
        _append(log.file, b"".join(_lines(rows(record)) for _, record in fresh))
    _remember(library, max([before, *(seq for seq, _ in fresh)]))
    return changed


def _write_all(library: Library) -> None:
    """Both files from the decisions that stand; without any there is no file, unless one was there."""
    with library.db.read() as connection:
        last = int(connection.execute(_BEFORE, (1 << 62,)).get or 0)
        for log, rows in zip(_logs(library), _ROWS, strict=True):
            if last or log.file.exists():
                write_csv(log.file, log.header, (row for record in _standing(connection) for row in rows(record)))
    _remember(library, last)


def _standing(connection: apsw.Connection) -> Iterator[Record]:
    return (_decoded(data) for _, data in connection.execute(_SINCE, (0,)))


def _decoded(data: bytes) -> Record:
    return msgspec.json.decode(data, type=Record)


def _lines(rows: Sequence[Sequence[Cell]]) -> bytes:
    """The bytes that `csvfile.write_csv` writes for these rows."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([to_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _append(file: Path, lines: bytes) -> None:
    if lines:
        with file.open("ab") as stream:
            stream.write(lines)


def _take_off(file: Path, lines: bytes) -> bool:
    """Cut these lines from the end; False where the file does not end with them."""
    with file.open("r+b") as stream:
        start = stream.seek(0, os.SEEK_END) - len(lines)
        if start < 0:
            return False
        stream.seek(start)
        if stream.read() != lines:
            return False
        stream.truncate(start)
    return True


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return -1


def _state(library: Library) -> State:
    try:
        return msgspec.json.decode(library.fact(_FACT) or "{}", type=State)
    except msgspec.MsgspecError:
        return State()


def _remember(library: Library, seq: int) -> None:
    first, second = (_size(log.file) for log in _logs(library))
    library.write(lambda c: set_fact(c, _FACT, msgspec.json.encode(State(seq, (first, second))).decode()))
