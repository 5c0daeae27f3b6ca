"""The contradictions of the last run that still stand: circles of answers, and comparisons the others speak against.

What the person answers between two runs is heard at once: a comparison taken back is gone, and a later match of the
same images settles it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import apsw
import msgspec

from engine.learning import ask, state

_COMPARED = """
    SELECT EXISTS (SELECT 1 FROM comparisons c JOIN matches m ON m.id = c.match_id
        WHERE c.winner_id = :winner AND c.loser_id = :loser AND NOT c.was_draw AND m.judge = '')
"""
_PICKED = """
    SELECT EXISTS (SELECT 1 FROM members a JOIN members b ON b.group_id = a.group_id
        JOIN verdicts v ON v.image_id = a.image_id JOIN verdicts w ON w.image_id = b.image_id
        WHERE a.image_id = :winner AND b.image_id = :loser AND v.verdict = 'keep'
        AND w.verdict IN ('alternate', 'reject'))
"""
_SINCE = """
    SELECT m.shown FROM matches m JOIN decisions d ON d.id = m.decision
    WHERE d.seq > ? AND d.state = 'done' AND m.judge = '' AND m.kind != 'skip'
"""
COLUMNS = ("kind", "number", "winner", "loser", "against")
_SHOWN = msgspec.json.Decoder(list[int]).decode


class Contradiction(NamedTuple):
    """Answers that do not go together.

    Attributes:
        kind: `circle`: each image came before the next, and the last before the first; `match`: the first was chosen
            over the second, and the other decisions say otherwise.
        against: of a match, the chance of the other answer, 0.5 to 1; else 0.
    """

    kind: Literal["circle", "match"]
    images: list[int]
    against: float


def standing(connection: apsw.Connection) -> list[Contradiction]:
    """Circles first, the shortest first, then comparisons, the most doubted first."""
    told = state.read(connection)
    if not told.cycles and not any(doubt.over for doubt in told.doubts):
        return []
    since = [set(_SHOWN(shown)) for (shown,) in connection.execute(_SINCE, (told.last,))]
    circles = [circle for circle in told.cycles if len(circle) > 1 and _stands(connection, circle, since)]
    shown = {pair for circle in circles for pair in _pairs(circle)}
    single = [
        Contradiction("match", [doubt.over, doubt.image], doubt.against)
        for doubt in told.doubts
        if doubt.over and (doubt.over, doubt.image) not in shown and _compared(connection, doubt.over, doubt.image)
        if not any({doubt.over, doubt.image} <= images for images in since)
    ]
    return [*(Contradiction("circle", circle, 0.0) for circle in circles), *single]


def count(connection: apsw.Connection) -> int:
    """All contradictions: these, and decided groups that the others contradict."""
    return len(standing(connection)) + groups(connection)


def groups(connection: apsw.Connection) -> int:
    """Decided groups that the others contradict: Cull offers them again."""
    return ask.page(connection, "doubted", 0, 0)[0]


def rows(connection: apsw.Connection) -> list[tuple[str, int, str, str, float | None]]:
    """For a CSV, by COLUMNS: a row a pair; those of one contradiction have one number, images are paths."""
    found: list[tuple[str, int, str, str, float | None]] = []
    for number, one in enumerate(standing(connection), 1):
        pairs = _pairs(one.images) if one.kind == "circle" else [(one.images[0], one.images[1])]
        for winner, loser in pairs:
            names = (_path(connection, winner), _path(connection, loser))
            found.append((one.kind, number, *names, one.against or None))
    return found


def _pairs(circle: Sequence[int]) -> list[tuple[int, int]]:
    return list(pairwise([*circle, circle[0]]))


def _stands(connection: apsw.Connection, circle: Sequence[int], since: Sequence[set[int]]) -> bool:
    """Whether every answer of a circle stands, and nobody was asked about all of it since."""
    if any(images.issuperset(circle) for images in since):
        return False
    return all(_compared(connection, *pair) or _picked(connection, *pair) for pair in _pairs(circle))


def _compared(connection: apsw.Connection, winner: int, loser: int) -> bool:
    return bool(connection.execute(_COMPARED, {"winner": winner, "loser": loser}).get)


def _picked(connection: apsw.Connection, winner: int, loser: int) -> bool:
    return bool(connection.execute(_PICKED, {"winner": winner, "loser": loser}).get)


def _path(connection: apsw.Connection, image: int) -> str:
    found: Any = connection.execute("SELECT filepath FROM images WHERE id = ?", (image,)).get
    return str(found or "")
