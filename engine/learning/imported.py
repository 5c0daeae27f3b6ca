"""Earlier logs of the person's choices: spec 4's `session.jsonl`, spec 3's `trio_choices.csv` and `crop_decisions.csv`.

A CSV becomes one decision in the journal, of comparisons or of crops (`imported_crops`), and a session log one of each
kind that it holds (`imported_session`), so undo takes them back and taking a file over again adds nothing. Images are
found by path, then by a file name that is the only one. What a file says and nothing here has a use for is said.
"""

from __future__ import annotations

from collections import Counter, defaultdict
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
        known: of all these, what was here already, was decided here otherwise, or is left to the person here.
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
    """Those that stand become pairs."""
    threes = _Threes()
    passed = threes.passed
    for number, cells in lines:
        if len(cells) != len(columns):
            passed.append(PassedOver(number, f"It has {len(cells)} cells where the header has {len(columns)}."))
            continue
        group, winner, *others = (cells[columns[name]] if name in columns else "" for name in _TRIO)
        losers = tuple(name for name in others if name)
        if not winner or not losers:
            passed.append(PassedOver(number, "It has no loser." if winner else "It has no winner."))
            continue
        threes.add(group, Chosen(number, "", winner, losers))
    plan = imported_pairs.plan(library, threes.stand.values())
    plan.carry_out(library)
    passed = sorted([*passed, *plan.passed], key=lambda one: one.line)
    return Imported(to_text(file), len(plan.fresh), plan.known, passed, notices=_unused(columns, lines, _TRIO))


class _Threes:
    """Lines of a table of threes, of which a later one may decide the same images of a group again.

    Only the last counts then. Where it has another winner, the lines between to which the earlier one led count no more
    either: those that show its winner, and those that show the winner of one of them. A choice from more than three has
    several lines one after the other; one against it among other images takes the place of them all. Without a group,
    nothing is known of what led to what.

    Attributes:
        stand: the lines that count, by their group and images; passed: those that do not.
    """

    def __init__(self) -> None:
        self.stand: dict[tuple[str, frozenset[str]], Chosen] = {}
        self.passed: list[PassedOver] = []
        self._showing: defaultdict[tuple[str, str], list[Chosen]] = defaultdict(list)  # by group and image
        self._choices: dict[str, list[Chosen]] = {}  # the lines of the last choice of each group
        self._beaten: dict[tuple[str, str, str], list[Chosen]] = {}  # the choice by group, winner and loser

    def add(self, group: str, one: Chosen) -> None:
        images = frozenset((one.winner, *one.losers))
        if earlier := self.stand.pop((group, images), None):
            self.passed.append(PassedOver(earlier.line, f"Line {one.line} decides the same images again."))
            if group and earlier.winner != one.winner:
                self._drop_after(group, earlier, one.line)
        for loser in one.losers if group else ():
            against = self._beaten.pop((group, loser, one.winner), [])
            self._drop(group, against, f"Line {one.line} decides otherwise.")
            against.clear()  # or each line against it would walk through it
        self.stand[group, images] = one
        for image in images:
            self._showing[group, image].append(one)
        choice = self._choices.get(group, [])
        if not choice or choice[0].winner != one.winner:
            choice = self._choices[group] = []
        choice.append(one)
        self._beaten.update({(group, one.winner, loser): choice for loser in one.losers})

    def _drop_after(self, group: str, earlier: Chosen, again: int) -> None:
        why = f"It rests on line {earlier.line}, which line {again} decides again."
        led = [earlier]
        while led:
            before = led.pop()
            showing = self._showing[group, before.winner]
            while showing and showing[-1].line > before.line:
                led += self._drop(group, [showing.pop()], why)

    def _drop(self, group: str, lines: list[Chosen], why: str) -> list[Chosen]:
        """Answers with those of the lines that counted until now."""
        dropped = [one for one in lines if self.stand.get((group, frozenset((one.winner, *one.losers)))) is one]
        for one in dropped:
            del self.stand[group, frozenset((one.winner, *one.losers))]
            self.passed.append(PassedOver(one.line, why))
        return dropped


def _unused(columns: dict[str, int], lines: list[tuple[int, list[str]]], used: tuple[str, ...]) -> list[str]:
    """A sentence about the columns that say something and are not read."""
    from engine.learning.session_log import named

    filled: Counter[str] = Counter()
    for name, place in columns.items():
        if name not in used:
            filled[name] = sum(place < len(cells) and bool(cells[place].strip()) for _, cells in lines)
    return [f"Columns that mean nothing here were passed over: {named((+filled).items())}."] if +filled else []
