"""Earlier logs of the person's choices: spec 4's `session.jsonl`, spec 3's `trio_choices.csv` and `crop_decisions.csv`.

A CSV becomes one decision in the journal, of comparisons or of crops (`imported_crops`), and a session log one of each
kind that it holds (`imported_session`), so undo takes them back and taking a file over again adds nothing. Images are
found by path, then by a file name that is the only one. What a file says and nothing here has a use for is said.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from engine.errors import WrongUse
from engine.learning import imported_pairs
from engine.learning.imported_pairs import Chosen
from engine.library.csvfile import read_csv_lines
from engine.library.store import Library
from engine.library.text import to_text
from engine.progress import Progress, Quiet
from engine.ranking.comparisons_csv import PassedOver

MOST = 1_000_000  # lines of one file
_TRIO = ("group_id", "winner", "loser1", "loser2")
_CROP = ("image", "choice", "nudged_box", "reason_tags", "time_ms")


class Imported(msgspec.Struct, frozen=True):
    """What became of a file.

    Attributes:
        pairs, crops: new ones; sent: images that wait for a crop now; tags: answers that are new.
        known: of all these, what was here already or was decided here otherwise.
        passed_over: lines of which something could not be used; notices: sentences about the whole file.
    """

    file: str
    pairs: int
    known: int
    passed_over: list[PassedOver]
    crops: int = 0
    sent: int = 0
    tags: int = 0
    notices: list[str] = []


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
        from engine.learning import imported_session  # scoring crops takes long to load

        said = imported_session.load(library, file, progress or Quiet())
        return Imported(
            to_text(file), said.pairs, said.known, said.passed, said.crops, said.sent, said.tags, said.notices
        )
    header, lines = read_csv_lines(file, MOST, uneven=True)
    columns = {name.strip().casefold(): place for place, name in enumerate(header)}
    if len(columns) < len(header):
        raise WrongUse(f"{to_text(file.name)} names a column twice.", "Give each column its own name.")
    if {"group_id", "winner", "loser1"} <= set(columns):
        return _trios(library, file, columns, lines)
    if {"image", "choice"} <= set(columns):
        from engine.learning import imported_crops

        taken = imported_crops.load(library, file, columns, lines, progress or Quiet())
        notices = _unused(columns, lines, _CROP)
        return Imported(to_text(file), 0, taken.known, taken.passed_over, taken.crops, notices=notices)
    raise WrongUse(
        f"{to_text(file.name)} is none of the logs that can be taken over.",
        "They are session.jsonl, trio_choices.csv and crop_decisions.csv.",
    )


def _trios(library: Library, file: Path, columns: dict[str, int], lines: list[tuple[int, list[str]]]) -> Imported:
    """Of the same images of a group only the last line counts."""
    passed: list[PassedOver] = []
    last: dict[tuple[str, frozenset[str]], Chosen] = {}
    for number, cells in lines:
        if len(cells) != len(columns):
            passed.append(PassedOver(number, f"It has {len(cells)} cells where the header has {len(columns)}."))
            continue
        group, winner, *others = (cells[columns[name]] if name in columns else "" for name in _TRIO)
        losers = tuple(name for name in others if name)
        if not winner or not losers:
            passed.append(PassedOver(number, "It has no loser." if winner else "It has no winner."))
            continue
        key = group, frozenset((winner, *losers))
        if earlier := last.pop(key, None):
            passed.append(PassedOver(earlier.line, f"Line {number} decides the same images again."))
        last[key] = Chosen(number, "", winner, losers)
    plan = imported_pairs.plan(library, last.values())
    plan.carry_out(library)
    passed = sorted([*passed, *plan.passed], key=lambda one: one.line)
    return Imported(to_text(file), len(plan.fresh), plan.known, passed, notices=_unused(columns, lines, _TRIO))


def _unused(columns: dict[str, int], lines: list[tuple[int, list[str]]], used: tuple[str, ...]) -> list[str]:
    """A sentence about the columns that say something and are not read."""
    from engine.learning.session_log import named

    filled: Counter[str] = Counter()
    for name, place in columns.items():
        if name not in used:
            filled[name] = sum(place < len(cells) and bool(cells[place].strip()) for _, cells in lines)
    return [f"Columns that mean nothing here were passed over: {named((+filled).items())}."] if +filled else []
