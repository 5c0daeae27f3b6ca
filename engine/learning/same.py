"""Same?: pairs of which it is not clear whether they belong together, the most useful first, and what is answered.

Most informative is a pair at even odds (uncertainty sampling: Lewis and Gale, "A Sequential Algorithm for Training Text
Classifiers", 1994), and one between large groups settles more. A pair that earlier answers decide is not asked.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import apsw
import msgspec

from engine.culling import form
from engine.errors import NotFound, WrongUse
from engine.grouping.links import Link, Settled, settle
from engine.learning import same_evidence, same_pool
from engine.learning.same_evidence import Likeness, Scale
from engine.learning.same_find import Pair
from engine.learning.same_pool import Pool
from engine.library.journal import Record
from engine.library.store import Library, describe

_CLEAR = 0.04  # chances within this of 0 or 1 are not asked about
_EACH = 3  # pairs a group

Said = Literal["yes", "no", "unsure"]

_WHERE = """
    SELECT m.image_id, m.group_id, (SELECT count(*) FROM members n WHERE n.group_id = m.group_id)
    FROM members m JOIN images i ON i.id = m.image_id LEFT JOIN verdicts v ON v.image_id = m.image_id
    WHERE m.image_id IN (SELECT value FROM json_each(?)) AND i.missing_since IS NULL AND i.quarantine IS NULL
    AND coalesce(v.verdict, '') != 'reject'
"""


class Asked(NamedTuple):
    """One question.

    Attributes:
        one, other: image ids; together: they are in one group now.
        chance: that they belong together, 0 to 1, None where nothing tells; why: what tells, in words.
        said: what was answered; overruled: newer answers contradict that.
        waits: it is not answered, and other answers do not decide it.
    """

    one: int
    other: int
    together: bool
    chance: float | None
    why: str
    said: Said | None = None
    overruled: bool = False
    waits: bool = True


class Queue(NamedTuple):
    """Questions, the most useful first; how many wait in all; how many pairs were answered, unsure ones too.

    `held`: what is to be said now of pairs that are on the page already.
    """

    waiting: int
    answered: int
    asked: list[Asked]
    held: list[Asked]


def queue(library: Library, limit: int, first: Pair | None = None, held: Sequence[Pair] = ()) -> Queue:
    """What to ask next.

    Args:
        limit: questions, 0 or more.
        first: a pair to begin with, answered or not, where both its images are here.
        held: pairs that are shown already.

    Raises:
        LibraryError: the disk refuses.
    """
    pool = same_pool.pool(library)
    wanted = [pair for pair in [_ordered(first)] if pair] if first else []
    shown = [pair for pair in map(_ordered, held) if pair]
    with library.db.read() as connection:
        desk = _Desk(connection, pool, {image for pair in [*pool.pairs, *wanted, *shown] for image in pair})
    rows: list[tuple[float, Asked]] = []
    for pair in pool.pairs:
        if not desk.waits(pair):
            continue
        asked = desk.asked(pair)
        if asked.chance is not None and _CLEAR <= asked.chance <= 1 - _CLEAR:
            rows.append((_worth(asked.chance, sum(desk.places[image][1] for image in pair)), asked))
    few = _few([asked for _, asked in sorted(rows, key=lambda row: (-row[0], row[1][:2]))], desk.places)
    waiting = len(few)
    begin = [desk.asked(pair) for pair in wanted if all(image in desk.places for image in pair)]
    few = [*begin, *(asked for asked in few if asked[:2] not in wanted)]
    kept = [desk.asked(pair) for pair in shown if all(image in desk.homes for image in pair)]
    return Queue(waiting, len(desk.said), few[: max(limit, 0)], kept)


def _ordered(pair: Pair) -> Pair | None:
    return (min(pair), max(pair)) if pair[0] != pair[1] else None


class _Desk:
    """All that is known when questions are put: groups, answers, and what a likeness is worth by them."""

    def __init__(self, connection: apsw.Connection, pool: Pool, images: set[int]) -> None:
        links = form.links(connection)
        self.pool = pool
        self.said: dict[Pair, Said] = {
            (one, other): "unsure" if same is None else "yes" if same else "no"
            for one, other, same in connection.execute("SELECT one, other, same FROM links")
        }
        self.places = _places(connection, images)
        self.homes = _homes(connection, images)
        self.settled = settle(links)
        self.overruled = {link[:2] for link in self.settled.overruled}
        self.scale = _scale(pool.likeness, links)

    def waits(self, pair: Pair) -> bool:
        here = pair[0] in self.places and pair[1] in self.places
        return here and pair not in self.said and not _decided(self.settled, pair)

    def asked(self, pair: Pair) -> Asked:
        known = self.pool.likeness.get(pair)
        chance = None if known is None else round(self.scale.chance(known.odds), 4)
        together = self.homes[pair[0]] == self.homes[pair[1]]
        said, over = self.said.get(pair), pair in self.overruled
        return Asked(*pair, together, chance, known.why if known else "", said, over, self.waits(pair))


def _places(connection: apsw.Connection, images: set[int]) -> dict[int, tuple[int, int]]:
    """Group and its size of those images that can be asked about."""
    rows = connection.execute(_WHERE, (msgspec.json.encode(sorted(images)).decode(),))
    return {image: (group, size) for image, group, size in rows}


def _homes(connection: apsw.Connection, images: set[int]) -> dict[int, int]:
    """Group of every image that is in one."""
    rows: Any = connection.execute(
        "SELECT image_id, group_id FROM members WHERE image_id IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(sorted(images)).decode(),),
    )
    return {int(image): int(group) for image, group in rows}


def _scale(known: dict[Pair, Likeness], said: list[Link]) -> Scale:
    told = [(known[link[:2]].odds, link.same) for link in said if link[:2] in known]
    return same_evidence.learned([odds for odds, _ in told], [same for _, same in told])


def _decided(said: Settled, pair: Pair) -> bool:
    one, other = said.bundle.get(pair[0]), said.bundle.get(pair[1])
    return one is not None and other is not None and (one == other or other in said.apart.get(one, ()))


def _worth(chance: float, size: int) -> float:
    """Bits that the answer is expected to tell, a little more for large groups."""
    bits = -chance * math.log2(chance) - (1 - chance) * math.log2(1 - chance)
    return bits * (1 + 0.05 * math.log2(max(size, 2)))


def _few(asked: list[Asked], places: dict[int, tuple[int, int]]) -> list[Asked]:
    """No more than a few pairs of any group: their answers tell much of the others."""
    seen: Counter[int] = Counter()
    kept: list[Asked] = []
    for one in asked:
        groups = {places[one.one][0], places[one.other][0]}
        if all(seen[group] < _EACH for group in groups):
            seen.update(groups)
            kept.append(one)
    return kept


def answer(library: Library, one: int, other: int, *, same: bool | None) -> str:
    """Record what the person says of a pair; answers with a label, and what that overrules.

    Raises:
        NotFound: an image is not in the library.
        WrongUse: they are one image.
        LibraryHeld, LibraryError.
    """
    if one == other:
        raise WrongUse("A pair is two images.")
    with library.db.read() as connection:
        rows: list[Any] = connection.execute(
            "SELECT id, filepath, coalesce(content_hash, '') FROM images WHERE id IN (?, ?)", (one, other)
        ).fetchall()
        before = settle(form.links(connection)).overruled
    if len(rows) != 2:
        raise NotFound("One of these images is no longer in the library.")
    record = Record(
        ts="", set_id="", images=[row[1] for row in rows], hashes=[row[2] for row in rows], kind="same",
        yes=msgspec.UNSET if same is None else same,
    )  # fmt: skip
    label = describe(record)
    library.decide(record, label)
    with library.db.read() as connection:
        lost = [link for link in settle(form.links(connection)).overruled if link not in before]
        said = [_overruled(connection, link) for link in lost]
    return ". ".join([label, *said[:1]]) + (f", and {len(said) - 1} more." if len(said) > 1 else "." if said else "")


def _overruled(connection: apsw.Connection, link: Link) -> str:
    """That an earlier answer does not hold any more, in words."""
    names = [
        str(connection.execute("SELECT filename FROM images WHERE id = ?", (image,)).get or "") for image in link[:2]
    ]
    meant = "belong together" if link.same else "do not belong together"
    return f"This overrules your earlier answer that {names[0]} and {names[1]} {meant}"
