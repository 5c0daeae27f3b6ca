"""What the person's decisions say of taste: this image before that one.

Pairs come from picks in Cull (the winner, and what was kept beside it, before each other member), from matches and
comparisons in Rank, and from batches once they were reviewed. Only decisions that stand count: an undo, a group opened
again, a winner rejected or passed over since takes its pairs back. That goes by the images: groups are formed anew
under other keys, and lines of other tools may have none. A draw is half a pair each way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

import apsw
import msgspec
import numpy as np
import numpy.typing as npt

from engine.library.journal import Record

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Source = Literal["cull", "rank", "import", "batch"]
_STEP = 500  # decisions between two looks at whether to go on
SOURCES: tuple[Source, ...] = ("cull", "rank", "import", "batch")

_CULLED = (
    "SELECT record FROM decisions WHERE state = 'done' AND kind IN ('pick', 'trio', 'reject', 'reopen', 'promote')"
    " ORDER BY seq"
)
_RANKED = (
    "SELECT c.winner_id, c.loser_id, c.was_draw, c.compared_at, c.match_id, d.kind FROM comparisons c"
    " JOIN matches m ON m.id = c.match_id LEFT JOIN decisions d ON d.id = m.decision WHERE m.judge = '' ORDER BY c.id"
)


class Labels(NamedTuple):
    """n pairs, oldest first.

    Attributes:
        winner, loser: (n,) image ids.
        weight: (n,) 1, or 0.5 for a side of a draw.
        choice: (n,) which choice a pair is part of, ascending from 0: its place in time.
        source: (n,) place in SOURCES.
        at: when each choice was made, UTC; subjects: the group it was about, "" for none.
        families: image ids that were shown as one family, a list each, of picks in Cull.
    """

    winner: Ints
    loser: Ints
    weight: Floats
    choice: Ints
    source: Ints
    at: list[str]
    subjects: list[str]
    families: list[list[int]]


class _Choice(NamedTuple):
    at: str
    source: Source
    kept: tuple[int, ...]
    rest: tuple[int, ...]
    draw: bool = False
    subject: str = ""


def read(connection: apsw.Connection, look: Callable[[], object] = lambda: None) -> Labels:
    """Every pair that stands; `look` is called now and then, and what it raises ends the reading."""
    choices = sorted([*_culled(connection, look), *_ranked(connection)], key=lambda choice: choice.at)
    look()
    return _labels(choices)


def _labels(choices: Sequence[_Choice]) -> Labels:
    rows: list[tuple[int, int, float, int, int]] = []
    for place, choice in enumerate(choices):
        source = SOURCES.index(choice.source)
        for winner in choice.kept:
            for loser in choice.rest:
                rows.append((winner, loser, 0.5 if choice.draw else 1.0, place, source))
                if choice.draw:
                    rows.append((loser, winner, 0.5, place, source))
    table = np.array(rows, np.float64).reshape(-1, 5)
    whole = table.astype(np.int64)
    return Labels(
        winner=whole[:, 0], loser=whole[:, 1], weight=table[:, 2].copy(), choice=whole[:, 3], source=whole[:, 4],
        at=[choice.at for choice in choices], subjects=[choice.subject for choice in choices],
        families=[[*c.kept, *c.rest] for c in choices if c.source in ("cull", "batch")],
    )  # fmt: skip


def _culled(connection: apsw.Connection, look: Callable[[], object]) -> list[_Choice]:
    """The choices that stand."""
    finder, standing = Finder(connection), _Standing()
    reviewed = {
        (int(image), str(batch))
        for image, batch in connection.execute(
            "SELECT image_id, batch FROM promoted WHERE kind = 'winner' AND reviewed"
        )
    }
    batches = {batch for _, batch in reviewed}
    for number, (data,) in enumerate(connection.execute(_CULLED)):
        if number % _STEP == 0:
            look()
        record = msgspec.json.decode(data, type=Record)
        if record.kind == "promote" and record.set_id not in batches:
            continue
        images = finder.find(record)
        if record.kind == "reopen":
            standing.open_again(set(images.values()))
        elif record.kind == "reject":
            standing.reject(set(images.values()))
        elif record.kind == "promote":
            for choice in _batch(record, images, reviewed):
                standing.add(choice)
        elif record.winner is not None:
            standing.add(_choice(record, images))
    return [choice for choice in standing.choices if choice.kept and choice.rest]


class _Standing:
    """Choices, oldest first, less what later decisions about the same images took back."""

    def __init__(self) -> None:
        self.choices: list[_Choice] = []
        self._of: dict[int, list[int]] = {}  # the places of the choices that an image is still part of

    def add(self, choice: _Choice) -> None:
        """What is kept no more won nothing; between images that are decided together again, only this counts."""
        lost, all_ = set(choice.rest), {*choice.kept, *choice.rest}
        for place in self._about(all_):
            again = not all_.isdisjoint(self.choices[place].kept)
            self._change(place, lost, all_ if again else set())
        for image in all_:
            self._of.setdefault(image, []).append(len(self.choices))
        self.choices.append(choice)

    def reject(self, images: set[int]) -> None:
        """What was kept and then rejected won nothing."""
        for place in self._about(images):
            self._change(place, images, set())

    def open_again(self, images: set[int]) -> None:
        for place in self._about(images):
            self._change(place, images, images)

    def _about(self, images: set[int]) -> list[int]:
        return sorted({place for image in images for place in self._of.get(image, ())})

    def _change(self, place: int, won: set[int], lost: set[int]) -> None:
        """Take these from what won and from what lost."""
        before = self.choices[place]
        kept = tuple(image for image in before.kept if image not in won)
        rest = tuple(image for image in before.rest if image not in lost) if kept else ()
        self.choices[place] = before._replace(kept=kept, rest=rest)
        for image in {*before.kept, *before.rest}.difference(kept, rest):
            self._of[image].remove(place)


def _choice(record: Record, images: dict[str, int]) -> _Choice:
    kept = dict.fromkeys(images[path] for path in (record.winner or "", *record.also) if path in images)
    rest = dict.fromkeys(image for image in images.values() if image not in kept)
    return _Choice(record.ts, "cull", tuple(kept), tuple(rest), subject=record.set_id)


def _batch(record: Record, images: dict[str, int], reviewed: set[tuple[int, str]]) -> Iterator[_Choice]:
    """Of a batch, only what the person has looked at since."""
    last = len(record.images) - 1
    for part in record.batch or []:
        if part.box is not None or any(not 0 <= place <= last for place in (part.winner, *part.members)):
            continue
        winner = images.get(record.images[part.winner], 0)
        if (winner, record.set_id) in reviewed:
            rest = dict.fromkeys(images.get(record.images[place], 0) for place in part.members)
            others = tuple(image for image in rest if image not in (0, winner))
            yield _Choice(record.ts, "batch", (winner,), others, subject=part.set_id)


def _ranked(connection: apsw.Connection) -> Iterator[_Choice]:
    at, match, kept, rest, drawn, source = "", None, 0, list[int](), False, "rank"
    for winner, loser, draw, time, number, kind in connection.execute(_RANKED):
        if number != match:
            if rest:
                yield _Choice(at, "import" if source == "import" else "rank", (kept,), tuple(rest), drawn)
            rest = []
        at, match, kept, drawn, source = str(time), number, int(winner), bool(draw), str(kind)
        rest.append(int(loser))
    if rest:
        yield _Choice(at, "import" if source == "import" else "rank", (kept,), tuple(rest), drawn)


class Finder:
    """Images of records, as `history.image_ids` finds them, but without writing anything."""

    def __init__(self, connection: apsw.Connection) -> None:
        rows: list[Any] = connection.execute("SELECT filepath, id, coalesce(content_hash, '') FROM images").fetchall()
        self._paths = {path: (int(image), content) for path, image, content in rows}
        self._contents: dict[str, int] = {}
        for _, image, content in rows:
            if content:
                self._contents[content] = min(int(image), self._contents.get(content, int(image)))
        content_of = dict(self._paths.values())
        self._aliases = {
            path: (int(image), content_of.get(int(image), ""))
            for path, image in connection.execute("SELECT filepath, image_id FROM aliases")
        }

    def find(self, record: Record) -> dict[str, int]:
        """The image of each path that is known."""
        hashes = record.hashes + [""] * (len(record.images) - len(record.hashes))
        pairs = zip(record.images, hashes, strict=False)
        return {path: image for path, content in pairs if (image := self._one(path, content))}

    def _one(self, path: str, content: str) -> int:
        here, before = self._paths.get(path), self._aliases.get(path)
        for known in (here, before):
            if known and content and known[1] == content:
                return known[0]
        known = here or before
        return known[0] if known else self._contents.get(content, 0)
