"""Plain comparisons as CSV, for other tools and other libraries: `winner,loser,draw,ts`, one pair a row.

A pick of one from n is n - 1 rows (the winner before each other), a draw of n is n - 1 rows with `draw` true (the
first beside each other), all with the match's time; skips are not exported. What is lost is that such rows were one
match: an import rates every row as a match of two, in the order of `ts` (rows of one time as they stand, rows without
a time last), after everything that is in the library already. So matches of two come back with the same ratings; the
winner of a larger one gains more, because it then wins several times.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import msgspec

from engine.errors import ExportError, NotFound, WrongUse
from engine.library.csvfile import read_csv_lines, write_csv
from engine.library.journal import Pair, Record, now
from engine.library.store import Library, describe
from engine.library.text import to_text
from engine.ranking import judges

HEADER = ("winner", "loser", "draw", "ts")
MOST = 1_000_000  # rows of one import
_TRUTHS = {"": False, "false": False, "0": False, "no": False, "true": True, "1": True, "yes": True}


class PassedOver(msgspec.Struct, frozen=True):
    """A row that was not imported, by the line it begins on, and why."""

    line: int
    reason: str


class Imported(msgspec.Struct, frozen=True):
    """What became of a file: `imported` rows are new, `known` were here already; `label` is what undo shows."""

    judge: str
    imported: int
    known: int
    passed_over: list[PassedOver]
    label: str  # "" where nothing was new


class _Row(NamedTuple):
    line: int
    winner: str
    loser: str
    draw: bool
    ts: str  # "" where the file has none


def export(library: Library, file: Path, judge: str = "") -> int:
    """Write a judge's comparisons that stand, oldest first; answers with their number.

    A file of comparisons that is there already is replaced, any other file is left alone.

    Raises WrongUse (another file is there), NotFound (no such judge), ExportError (the disk refused).
    """
    judge = judges.check(judge)
    _only_ours(file)
    with library.db.read() as connection:
        if judge not in judges.names(connection):
            raise NotFound(f"No judge called {judge} has ranked here.", "Nothing was written.")
        rows = connection.execute(
            "SELECT w.filepath, l.filepath, c.was_draw, c.compared_at FROM comparisons c"
            " JOIN matches m ON m.id = c.match_id JOIN images w ON w.id = c.winner_id"
            " JOIN images l ON l.id = c.loser_id WHERE m.judge = ? ORDER BY c.id",
            (judge,),
        ).fetchall()
    try:
        write_csv(file, HEADER, [(winner, loser, bool(draw), ts) for winner, loser, draw, ts in rows])
    except OSError as error:
        raise ExportError(
            f"{to_text(file)} could not be written: {error.strerror or error}.", "Choose another place."
        ) from None
    return len(rows)


def _only_ours(file: Path) -> None:
    """A wrong name must not cost a picture."""
    try:
        with file.open("rb") as stream:
            ours = not (start := stream.read(64)) or start.removeprefix(b"\xef\xbb\xbf").startswith(b"winner,loser")
    except FileNotFoundError:
        return
    except OSError as error:
        raise ExportError(f"{to_text(file)} could not be written: {error.strerror or error}.") from None
    if not ours:
        raise WrongUse(
            f"{to_text(file)} is there already and holds no comparisons.", "Choose another name; nothing was changed."
        )


def load(library: Library, file: Path, judge: str = "") -> Imported:
    """Import a file as one decision, so that one undo takes it back.

    An image is the one at that path, now or earlier, else the only one with that file name. A row that is in the
    library already (same images, result and time) is not counted twice, so importing a file again changes nothing as
    long as its rows have times.

    Raises:
        NotFound: there is no such file.
        WrongUse: it is not UTF-8 CSV with the columns `winner` and `loser`, or a cell makes no sense (with its line).
        LibraryHeld, LibraryError: as every decision.
    """
    library.need_write()
    judge = judges.check(judge)
    rows = _read(file)
    with library.db.read() as connection:
        finder = _Finder(connection)
        known = _known(connection, judge)
    passed_over: list[PassedOver] = []
    fresh: list[tuple[str, int, int, bool]] = []
    moment = now()
    for row in rows:
        try:
            winner, loser = finder.find(row.winner), finder.find(row.loser)
        except NotFound as error:
            passed_over.append(PassedOver(row.line, error.message))
            continue
        key = _key(winner, loser, row.draw, row.ts)
        if winner == loser:
            passed_over.append(PassedOver(row.line, f"{_short(row.winner)} cannot meet itself."))
        elif known[key] > 0:
            known[key] -= 1
        else:
            fresh.append((row.ts or moment, winner, loser, row.draw))
    label = _decide(library, finder, sorted(fresh, key=lambda pair: pair[0]), judge) if fresh else ""
    already = len(rows) - len(fresh) - len(passed_over)
    return Imported(judge, len(fresh), already, passed_over, label)


def _decide(library: Library, finder: _Finder, fresh: list[tuple[str, int, int, bool]], judge: str) -> str:
    place = {image: n for n, image in enumerate(dict.fromkeys(i for _, w, x, _ in fresh for i in (w, x)))}
    made = Record(
        ts="", set_id="", images=[finder.paths[i] for i in place], hashes=[finder.hashes[i] for i in place],
        kind="import", judge=judge, pairs=[Pair(place[w], place[x], draw, ts) for ts, w, x, draw in fresh],
    )  # fmt: skip
    label = describe(made)
    library.decide(made, label)
    return label


def _read(file: Path) -> list[_Row]:
    header, lines = read_csv_lines(file, MOST)
    columns = {name.strip().casefold(): place for place, name in enumerate(header)}
    if not {"winner", "loser"} <= set(columns):
        raise WrongUse(
            f"{to_text(file.name)} has no columns winner and loser.", f"The header must be {','.join(HEADER)}."
        )
    return list(_rows(to_text(file.name), columns, lines))


def _rows(name: str, columns: dict[str, int], lines: list[tuple[int, list[str]]]) -> Iterator[_Row]:
    for line, cells in lines:
        winner, loser, draw, ts = (cells[columns[column]] if column in columns else "" for column in HEADER)
        truth, time = _TRUTHS.get(draw.strip().casefold()), _time(ts.strip())
        for wrong, what in (
            (not winner or not loser, "winner or loser is empty"),
            (truth is None, f"draw is {_short(draw)}, neither true nor false"),
            (time is None, f"{_short(ts)} is no time (ISO 8601)"),
        ):
            if wrong:
                raise WrongUse(f"{name}, line {line}: {what}.", "Nothing was imported.")
        yield _Row(line, winner, loser, bool(truth), time or "")


def _time(text: str) -> str | None:
    """A time as the journal writes it; one without a zone is UTC. None where it is none."""
    if not text:
        return ""
    try:
        moment = dt.datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def _known(connection: apsw.Connection, judge: str) -> Counter[tuple[int, int, bool, str]]:
    return Counter(
        _key(*row)
        for row in connection.execute(
            "SELECT winner_id, loser_id, was_draw, compared_at FROM comparisons c"
            " JOIN matches m ON m.id = c.match_id WHERE m.judge = ?",
            (judge,),
        )
    )


def _key(winner: int, loser: int, draw: int, ts: str) -> tuple[int, int, bool, str]:
    """What makes two rows the same; a draw has no sides."""
    first, second = sorted((winner, loser)) if draw else (winner, loser)
    return first, second, bool(draw), ts


class _Finder:
    """The library's images by path and by file name."""

    def __init__(self, connection: apsw.Connection) -> None:
        self.paths: dict[int, str] = {}
        self.hashes: dict[int, str] = {}
        aliases: Any = connection.execute("SELECT filepath, image_id FROM aliases")
        self._by_path: dict[str, int] = dict(aliases)
        self._by_name: dict[str, int | None] = {}
        self._unfit: set[str] = set()
        for image, path, name, content, fit in connection.execute(
            "SELECT id, filepath, filename, content_hash, content_hash IS NOT NULL AND quarantine IS NULL FROM images"
        ):
            if fit:
                self.paths[image], self.hashes[image] = path, content
                self._by_path[path] = image
                plain = unicodedata.normalize("NFC", name)
                self._by_name[plain] = None if plain in self._by_name else image
            else:
                self._unfit.add(path)

    def find(self, path: str, wish: str = "ranked") -> int:
        """The image's id; `wish` is what is to be done with it. Raises NotFound, saying why."""
        image = self._by_path.get(path)
        if image in self.paths:
            return image
        if path in self._unfit:
            raise NotFound(f"{_short(path)} has not been read, so it cannot be {wish}.")
        for name in (path.rpartition("/")[2], path.replace("\\", "/").rpartition("/")[2]):
            found = self._by_name.get(unicodedata.normalize("NFC", name), 0)
            if found is None:
                raise NotFound(f"{_short(path)} is not in the library, and several images have its name.")
            if found:
                return found
        raise NotFound(f"{_short(path)} is not in the library.")


def _short(text: str) -> str:
    """A cell as it can be said in a sentence; in quotes where its ends are blank, so that they are seen."""
    plain = "".join(c if c.isprintable() else "?" for c in text)
    plain = plain if len(plain) <= 200 else f"…{plain[-199:]}"
    return plain if plain and plain == plain.strip() else f"“{plain}”"
