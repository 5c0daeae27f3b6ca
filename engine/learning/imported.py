"""Earlier logs of the person's choices: spec 4's `session.jsonl`, spec 3's `trio_choices.csv` and `crop_decisions.csv`.

Each file becomes one decision in the journal, the first two of comparisons and the third of crops (`imported_crops`),
so one undo takes it back and taking it over again adds nothing. Images are found by path, then by a file name that is
the only one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from engine.errors import NotFound, WrongUse
from engine.library.csvfile import read_csv_lines
from engine.library.journal import now
from engine.library.store import Library
from engine.library.text import to_text
from engine.progress import Progress, Quiet
from engine.ranking import comparisons_csv
from engine.ranking.comparisons_csv import PassedOver

MOST = 1_000_000  # lines of one file
_LONGEST = 1_000_000  # bytes of a line
_TRIOS = ("group_id", "winner", "loser1", "loser2")


class Imported(msgspec.Struct, frozen=True):
    """What became of a file: `pairs` and `crops` are new, `known` were here already."""

    file: str
    pairs: int
    known: int
    passed_over: list[PassedOver]
    crops: int = 0


class _Said(NamedTuple):
    """A choice of a file: the line it stands on, when, the winner, and who lost; `problem` where it says nothing."""

    line: int
    ts: str
    winner: str
    losers: tuple[str, ...]
    problem: str = ""


class _Line(msgspec.Struct):
    """What is wanted of a line of `session.jsonl`; Pickwise's own have more."""

    ts: str = ""
    images: list[str] = []
    winner: str | None = None
    kind: str = "pick"
    id: str = ""
    of: str = ""
    also: list[str] = []


def load(library: Library, file: Path, progress: Progress | None = None) -> Imported:
    """Take over one file.

    Raises:
        Cancelled: nothing was taken over.
        NotFound: there is no such file.
        WrongUse: it is none of the three.
        LibraryHeld, LibraryError: as every decision.
    """
    library.need_write()
    if file.suffix.casefold() in (".jsonl", ".ndjson", ".json"):
        return _pairs(library, file, _session(file))
    header, lines = read_csv_lines(file, MOST, uneven=True)
    columns = {name.strip().casefold(): place for place, name in enumerate(header)}
    if len(columns) < len(header):
        raise WrongUse(f"{to_text(file.name)} names a column twice.", "Give each column its own name.")
    if {"group_id", "winner", "loser1"} <= set(columns):
        return _pairs(library, file, [_trio(columns, number, cells) for number, cells in lines])
    if {"image", "choice"} <= set(columns):
        from engine.learning import imported_crops  # scoring crops takes long to load

        taken = imported_crops.load(library, file, columns, lines, progress or Quiet())
        return Imported(to_text(file), 0, taken.known, taken.passed_over, taken.crops)
    raise WrongUse(
        f"{to_text(file.name)} is none of the logs that can be taken over.",
        "They are session.jsonl, trio_choices.csv and crop_decisions.csv.",
    )


def _pairs(library: Library, file: Path, said: list[_Said]) -> Imported:
    with library.db.read() as connection:
        finder = comparisons_csv._Finder(connection)
        known = comparisons_csv._known(connection, "")
    passed: list[PassedOver] = []
    fresh: list[tuple[str, int, int, bool]] = []
    already, moment = 0, now()
    for one in said:
        if one.problem:
            passed.append(PassedOver(one.line, one.problem))
            continue
        for winner, loser in _found(finder, one, passed):
            already += _taken(known, fresh, (one.ts or moment, winner, loser, False), dated=bool(one.ts))
    if fresh:
        comparisons_csv._decide(library, finder, sorted(fresh, key=lambda pair: pair[0]), "")
    return Imported(to_text(file), len(fresh), already, passed)


def _taken(
    known: Counter[tuple[int, int, bool, str]], fresh: list[tuple[str, int, int, bool]],
    pair: tuple[str, int, int, bool], *, dated: bool,
) -> int:  # fmt: skip
    """Add a pair where it is new; answers with 1 where it is not. Without a time any equal pair is the same."""
    ts, winner, loser, _ = pair
    same = [key for key in known if key[:3] == (winner, loser, False)] if not dated else [(winner, loser, False, ts)]
    for key in same:
        if known[key] > 0:
            known[key] -= 1
            return 1
    fresh.append(pair)
    return 0


def _found(finder: comparisons_csv._Finder, one: _Said, passed: list[PassedOver]) -> Iterator[tuple[int, int]]:
    """The pairs whose images are here; a sentence for each that is not."""
    try:
        winner = finder.find(one.winner)
    except NotFound as error:
        passed.append(PassedOver(one.line, error.message))
        return
    for name in one.losers:
        try:
            loser = finder.find(name)
        except NotFound as error:
            passed.append(PassedOver(one.line, error.message))
            continue
        if loser != winner:
            yield winner, loser


def _session(file: Path) -> list[_Said]:
    """The picks of a session log that stand; undone ones are left out."""
    decoder, found, undone = msgspec.json.Decoder(_Line), list[tuple[str, _Said]](), set[str]()
    for number, raw in enumerate(_raw(file), 1):
        if not raw.strip():
            continue
        try:
            line = decoder.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            found.append(("", _Said(number, "", "", (), "This line is not a line of a session log.")))
            continue
        if line.kind in ("undo", "redo"):
            (undone.add if line.kind == "undo" else undone.discard)(line.of)
        elif line.kind in ("pick", "trio") and line.winner is not None:
            found.append((line.id, _chosen(number, line)))
    if not found:
        raise WrongUse(f"{to_text(file.name)} holds no picks.", "A session log has one JSON object a line.")
    return [said for name, said in found if not (name and name in undone)]


def _chosen(number: int, line: _Line) -> _Said:
    time = comparisons_csv._time(line.ts.strip())
    if time is None:
        return _Said(number, "", "", (), "Its time is no time (ISO 8601).")
    losers = tuple(name for name in dict.fromkeys(line.images) if name not in (line.winner, *line.also))
    return _Said(number, time, line.winner or "", losers)


def _raw(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as stream:
            for number, line in enumerate(iter(lambda: stream.readline(_LONGEST + 1), b""), 1):
                if number > MOST or len(line) > _LONGEST:
                    raise WrongUse(f"{to_text(file.name)} is too large, or a line of it is.", "Split it.")
                yield line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
    except FileNotFoundError:
        raise NotFound(f"There is no file {to_text(file)}.") from None
    except OSError as error:
        raise WrongUse(f"{to_text(file)} cannot be read: {error.strerror or error}.") from None


def _trio(columns: dict[str, int], number: int, cells: list[str]) -> _Said:
    if len(cells) != len(columns):
        return _Said(number, "", "", (), f"It has {len(cells)} cells where the header has {len(columns)}.")
    _, winner, *losers = (cells[columns[name]] if name in columns else "" for name in _TRIOS)
    if not winner:
        return _Said(number, "", "", (), "It has no winner.")
    return _Said(number, "", winner, tuple(name for name in losers if name))
