"""Same?: pairs of which it is not clear whether they belong together, the most useful first, and what is answered.

Most informative is a pair at even odds (uncertainty sampling: Lewis and Gale, "A Sequential Algorithm for Training Text
Classifiers", 1994), and one between large groups settles more. A pair that earlier answers decide is not asked.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any, NamedTuple

import apsw
import msgspec

from engine.culling.form import links
from engine.errors import NotFound, WrongUse
from engine.grouping.links import Link, Settled, settle
from engine.learning import same_evidence, same_pool
from engine.learning.same_evidence import Likeness, Scale
from engine.learning.same_find import Pair
from engine.library.journal import Record
from engine.library.store import Library, describe

_CLEAR = 0.04  # chances within this of 0 or 1 are not asked about
_EACH = 3  # pairs a group

_WHERE = """
    SELECT m.image_id, m.group_id, (SELECT count(*) FROM members n WHERE n.group_id = m.group_id)
    FROM members m JOIN images i ON i.id = m.image_id LEFT JOIN verdicts v ON v.image_id = m.image_id
    WHERE m.image_id IN (SELECT value FROM json_each(?)) AND i.missing_since IS NULL AND i.quarantine IS NULL
    AND coalesce(v.verdict, '') != 'reject'
"""


class Asked(NamedTuple):
    """One question: two image ids, whether they are in one group now, the chance that they belong together, and why."""

    one: int
    other: int
    together: bool
    chance: float
    why: str


class Queue(NamedTuple):
    """Questions, the most useful first; how many wait in all; how many pairs were answered, unsure ones too."""

    waiting: int
    answered: int
    asked: list[Asked]


def queue(library: Library, limit: int, first: Pair | None = None) -> Queue:
    """What to ask next.

    Args:
        limit: questions, 0 or more.
        first: a pair to begin with, answered or not, where both its images are here.

    Raises:
        LibraryError: the disk refuses.
    """
    pool = same_pool.pool(library)
    with library.db.read() as connection:
        said = links(connection)
        answered = {(one, other) for one, other in connection.execute("SELECT one, other FROM links")}
        wanted = (min(first), max(first)) if first and first[0] != first[1] else None
        places = _places(connection, {image for pair in [*pool.pairs, *([wanted] if wanted else [])] for image in pair})
    scale = _scale(pool.likeness, said)
    settled = settle(said)
    rows: list[tuple[float, Asked]] = []
    for pair in pool.pairs:
        if pair in answered or pair[0] not in places or pair[1] not in places or _decided(settled, pair):
            continue
        chance = scale.chance(pool.likeness[pair].odds)
        if _CLEAR <= chance <= 1 - _CLEAR:
            size = places[pair[0]][1] + places[pair[1]][1]
            rows.append((_worth(chance, size), _asked(pair, places, chance, pool.likeness[pair].why)))
    few = _few([asked for _, asked in sorted(rows, key=lambda row: (-row[0], row[1]))], places)
    waiting = len(few)
    if wanted and wanted[0] in places and wanted[1] in places:
        known = pool.likeness.get(wanted, Likeness(0.0, ""))
        begin = _asked(wanted, places, scale.chance(known.odds), known.why)
        few = [begin, *(asked for asked in few if asked[:2] != wanted)]
    return Queue(waiting, len(answered), few[: max(limit, 0)])


def _places(connection: apsw.Connection, images: set[int]) -> dict[int, tuple[int, int]]:
    """Group and its size of those images that can be asked about."""
    rows = connection.execute(_WHERE, (msgspec.json.encode(sorted(images)).decode(),))
    return {image: (group, size) for image, group, size in rows}


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


def _asked(pair: Pair, places: dict[int, tuple[int, int]], chance: float, why: str) -> Asked:
    return Asked(*pair, places[pair[0]][0] == places[pair[1]][0], round(chance, 4), why)


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
        before = settle(links(connection)).overruled
    if len(rows) != 2:
        raise NotFound("One of these images is no longer in the library.")
    record = Record(
        ts="", set_id="", images=[row[1] for row in rows], hashes=[row[2] for row in rows], kind="same",
        yes=msgspec.UNSET if same is None else same,
    )  # fmt: skip
    label = describe(record)
    library.decide(record, label)
    with library.db.read() as connection:
        lost = [link for link in settle(links(connection)).overruled if link not in before]
        said = [_overruled(connection, link) for link in lost]
    return ". ".join([label, *said[:1]]) + (f", and {len(said) - 1} more." if len(said) > 1 else "." if said else "")


def _overruled(connection: apsw.Connection, link: Link) -> str:
    """That an earlier answer does not hold any more, in words."""
    names = [
        str(connection.execute("SELECT filename FROM images WHERE id = ?", (image,)).get or "") for image in link[:2]
    ]
    meant = "belong together" if link.same else "do not belong together"
    return f"This overrules your earlier answer that {names[0]} and {names[1]} {meant}"
