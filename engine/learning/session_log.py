"""Spec 4's `session.jsonl`, of another tool or of another library of Pickwise: what it says, and what of that stands.

Lines are read in their order. A later line about a set takes the place of the earlier one, a set that is opened again
says nothing, and what was undone is as if it had never been there. Lines that are decisions of this very library are
left out, for it knows them. Whatever cannot be used is said: of single lines, or of many in one sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from engine.learning.imported_pairs import Chosen
from engine.learning.session_lines import NULL, Line, Lines, about, sides
from engine.library.tags import TAGS
from engine.ranking import comparisons_csv
from engine.ranking.comparisons_csv import PassedOver

_SHOWN = 8  # names in one sentence


class Crop(NamedTuple):
    """How an image was cropped, in the cells of `crop_decisions.csv`; `choice` is "" where that was taken back."""

    line: int
    image: str
    choice: str = ""
    box: str = ""
    tags: str = ""
    time_ms: str = ""


class Sent(NamedTuple):
    """An image that is to be cropped, or no longer."""

    line: int
    image: str
    on: bool


class Tagged(NamedTuple):
    """Whether an image shows what a tag names."""

    line: int
    image: str
    tag: str
    yes: bool


class Session(NamedTuple):
    """What stands, oldest first, and what is `replaced` by later lines.

    Attributes:
        passed: lines that cannot be used; ours: pairs of lines that are decisions of this library; notices: sentences.
    """

    picks: list[Chosen]
    replaced: list[Chosen]
    crops: list[Crop]
    sent: list[Sent]
    tagged: list[Tagged]
    passed: list[PassedOver]
    ours: int
    notices: list[str]


class _Box(msgspec.Struct):
    x: float
    y: float
    w: float
    h: float


class _How(msgspec.Struct):
    time_ms: float = 0


def read(file: Path, ours: Container[str]) -> Session:
    """Read a log; `ours` are the ids of this library's decisions.

    Raises:
        NotFound: there is no such file.
        WrongUse: no line of it is one of a session log, or it has too many.
    """
    lines, read_, undone = Lines(file), list[tuple[int, str, Line]](), set[str]()
    turned: Counter[str] = Counter()
    for number, name, line in lines:
        if line.kind in ("undo", "redo"):
            (undone.add if line.kind == "undo" else undone.discard)(line.of)
            turned[line.of] += 1
        else:
            read_.append((number, name, line))
    here = {name for _, name, _ in read_}
    reader = _Reader(lines, sum(count for of, count in turned.items() if of not in here and of not in ours))
    for number, name, line in read_:
        if name in ours:
            reader.known(line)
        elif name in undone:
            reader.take_back(number, line)
        else:
            reader.add(number, line)
    return reader.told()


class _Reader:
    """Adds up lines; each thing that is said remembers its line, so that it can be dropped with it."""

    def __init__(self, lines: Lines, elsewhere: int) -> None:
        self._elsewhere = elsewhere  # lines that undo or redo what is not in this file
        self._dropped: set[int] = set()
        self._said: list[Chosen | Crop | Sent | Tagged] = []
        self._sets: dict[str | frozenset[str], tuple[int, str]] = {}  # the line that decides a set, and its winner
        self._passed, self._fields = lines.passed, lines.fields
        self._kinds: Counter[str] = Counter()
        self._tags: Counter[str] = Counter()
        self._unclear: set[int] = set()  # lines whose tags are of nobody knows which image
        self._deleted: set[int] = set()
        self._ours = self._ours_pairs = 0

    def _pass_over(self, number: int, why: str) -> None:
        self._passed.append(PassedOver(number, why))

    def known(self, line: Line) -> None:
        self._ours += 1
        kept, losers = sides(line)
        if line.kind in ("pick", "trio", "match") and line.winner:
            self._ours_pairs += len(kept) * len(losers)

    def take_back(self, number: int, line: Line) -> None:
        """A line that was undone."""
        self._dropped.add(number)
        if line.kind in ("pick", "trio", "match") and line.winner in line.images and not line.delete:
            self._picked(number, line)

    def add(self, number: int, line: Line) -> None:
        kinds: dict[str, Callable[[int, Line], None]] = {
            "pick": self._decided, "trio": self._decided, "reject": self._rejected, "reopen": self._reopened,
            "crop": self._cropped, "uncrop": self._uncropped, "to_crop": self._sent, "check": self._checked,
        }  # fmt: skip
        if line.kind == "match" and not line.judge:
            self._picked(number, line)
        elif line.kind in kinds:
            kinds[line.kind](number, line)
        else:
            self._kinds[line.kind] += 1

    def _drop(self, line: Line) -> None:
        """What was said of a set does not stand any more."""
        if (key := about(line)) in self._sets:
            self._dropped.add(self._sets.pop(key)[0])

    def _decided(self, number: int, line: Line) -> None:
        """A pick, or a set that was deleted."""
        if line.delete:
            if line.winner and not self._won(number, line):
                return
            self._drop(line)
            self._sets[about(line)] = number, ""
            one = len(line.images) == 1
            self._deleted.add(number)
            self._say(number, line, [line.winner] if line.winner else line.images if one else [], yes=True)
        elif self._picked(number, line):
            self._drop(line)
            self._sets[about(line)] = number, line.winner or ""
            self._sized(number, line)

    def _won(self, number: int, line: Line) -> bool:
        """Whether it has a winner."""
        if line.winner and line.winner in line.images:
            return True
        self._pass_over(number, "Its winner is not among its images." if line.winner else "It names no winner.")
        return False

    def _picked(self, number: int, line: Line) -> bool:
        """The winner, and what was kept beside it, before each other; False where that cannot be said."""
        if not self._won(number, line):
            return False
        time = comparisons_csv._time((line.ts or "").strip())
        if time is None:
            self._pass_over(number, "Its time is no time (ISO 8601).")
            return False
        kept, losers = sides(line)
        self._said += [Chosen(number, time, winner, losers) for winner in kept if losers]
        if not losers and line.crop_box == NULL and not line.needs_crop:
            self._pass_over(number, "It names no other image that lost.")
        return True

    def _sized(self, number: int, line: Line) -> None:
        """The crop of a pick, or that it is to have one."""
        if line.crop_box != NULL or line.kind == "trio":
            self._cropped(number, line)
        elif line.needs_crop:
            self._said.append(Sent(number, line.winner or "", on=True))
            self._say(number, line, [line.winner or ""], yes=True)
        elif line.anomaly_tags:
            self._unclear.add(number)

    def _rejected(self, number: int, line: Line) -> None:
        """What was kept and then rejected won nothing."""
        if self._sets.get(about(line), (0, ""))[1] in line.images:
            self._drop(line)
        self._deleted.add(number)
        self._say(number, line, line.images, yes=True)

    def _reopened(self, _: int, line: Line) -> None:
        self._drop(line)

    def _cropped(self, number: int, line: Line) -> None:
        image = line.winner or (line.images[0] if len(line.images) == 1 else "")
        if not image:
            self._pass_over(number, "It does not say which image was cropped.")
            return
        box = ""
        if line.crop_box != NULL:
            try:
                x, y, w, h = msgspec.structs.astuple(msgspec.json.decode(line.crop_box, type=_Box))
            except (msgspec.MsgspecError, RecursionError):
                self._pass_over(number, 'Its crop_box is no box; {"x","y","w","h"} would be one.')
                return
            box = msgspec.json.encode([x, y, x + w, y + h]).decode()
        tags = ";".join(self._known_tags(line))
        self._said.append(Crop(number, image, "nudged" if box else "full", box, tags, _time(line.crop)))

    def _uncropped(self, number: int, line: Line) -> None:
        self._said += [Crop(number, image) for image in line.images]

    def _sent(self, number: int, line: Line) -> None:
        self._said += [Sent(number, image, bool(line.needs_crop)) for image in line.images]

    def _checked(self, number: int, line: Line) -> None:
        if line.yes is not None:
            self._say(number, line, line.images, yes=line.yes)

    def _say(self, number: int, line: Line, images: list[str], *, yes: bool) -> None:
        """The tags of these images; where none is named, nobody knows of which of them."""
        tags = self._known_tags(line)
        if tags and not images:
            self._unclear.add(number)
        self._said += [Tagged(number, image, tag, yes) for image in images for tag in tags]

    def _known_tags(self, line: Line) -> list[str]:
        tags = dict.fromkeys(tag.strip().casefold() for tag in line.anomaly_tags or [])
        self._tags.update(tag for tag in tags if tag not in TAGS)
        return [tag for tag in tags if tag in TAGS]

    def told(self) -> Session:
        stands = [one for one in self._said if one.line not in self._dropped]
        return Session(
            [one for one in stands if isinstance(one, Chosen)],
            [one for one in self._said if isinstance(one, Chosen) and one.line in self._dropped],
            [one for one in stands if isinstance(one, Crop)],
            [one for one in stands if isinstance(one, Sent)],
            [one for one in stands if isinstance(one, Tagged)],
            self._passed, self._ours_pairs, list(self._notices()),
        )  # fmt: skip

    def _notices(self) -> Iterator[str]:
        if ours := self._ours:
            yield f"{_lines_are(ours)} decided in this library, which knows {'them' if ours != 1 else 'it'}."
        if back := len(self._dropped):
            what = "them back or decides their set" if back != 1 else "it back or decides its set"
            yield f"{_lines_are(back)} passed over, because a later line takes {what} again."
        if self._elsewhere:
            yield _of_another(self._elsewhere)
        if deleted := len(self._deleted - self._dropped):
            yield f"{_lines_are(deleted)} about deleted images; a log rejects, moves or deletes nothing here."
        if unclear := len(self._unclear - self._dropped):
            yield f"{_lines_are(unclear)} tagged without saying which image; these tags were passed over."
        for what, names in (("Fields", self._fields), ("Tags", self._tags), ("Kinds of decision", self._kinds)):
            if names:
                yield f"{what} that mean nothing here were passed over: {named(names.items())}."


def named(counted: Iterable[tuple[str, int]]) -> str:
    """Names and on how many lines they stand, as a sentence has them."""
    found = sorted(counted, key=lambda one: (-one[1], one[0]))
    words = [f"{comparisons_csv._short(name)} ({n:,})" for name, n in found[:_SHOWN]]
    return ", ".join(words) + (f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else "")


def _lines_are(count: int) -> str:
    return f"{count:,} lines are" if count != 1 else "1 line is"


def _of_another(count: int) -> str:
    """A journal has a file a day, so that what one takes back may stand in the one before."""
    join = "join the files into one, oldest first, and take that over"
    if count == 1:
        return f"1 line undoes or redoes a decision that was not found in this file; if it is in another, {join}."
    return f"{count:,} lines undo or redo decisions that were not found in this file; if they are in others, {join}."


def _time(how: msgspec.Raw) -> str:
    """Milliseconds in the cell of a table; "" where that is not said."""
    try:
        found = msgspec.json.decode(how, type=_How | None)
    except (msgspec.MsgspecError, RecursionError):
        return ""
    return str(found.time_ms) if found else ""
