"""What to ask next, as pages of groups: the clear ones first, those that teach most, or decided ones worth a look.

Asking what teaches most leaves a model blind to what it is wrongly sure of, and says nothing of how good it is; so
every so many groups one of those drawn by chance is asked between.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import apsw
import msgspec

from engine.learning import state
from engine.learning.predict import Reason

_WHOLE = 1 - 1e-9  # ten tenths are less than one by a rounding
COLD = 50  # decisions before which chance asks better,
ABLE = 0.75  # and held-out accuracy: what a weak model does not know is mostly its own making
Order = Literal["obvious", "informative", "doubted"]


class Asked(NamedTuple):
    """A group and what is recommended of it; of a doubted one, what would be kept instead and how likely that is.

    Attributes:
        checked: drawn by chance: the person decides without seeing the recommendation.
    """

    group: str
    image: int
    confidence: float
    information: float
    differs: bool
    checked: bool
    reasons: list[Reason]


_OPEN = """
    FROM recommended r JOIN groups g ON g.key = r.group_key
    WHERE NOT EXISTS (SELECT 1 FROM members m JOIN verdicts v ON v.image_id = m.image_id
        WHERE m.group_id = g.id AND v.verdict != 'open')
"""


def page(
    connection: apsw.Connection, order: Order, offset: int, limit: int, share: float = 0.1
) -> tuple[int, list[Asked]]:
    """How many there are, and some of them in order.

    Args:
        share: of the informative ones, how many are drawn by chance, 0 to 1; first all of them
            where the model is not `able`.
    """
    if order == "doubted":
        return _doubted(connection, offset, limit)
    by = "confidence" if order == "obvious" else "information"
    rows: list[Any] = connection.execute(
        f"SELECT r.group_key, r.checked {_OPEN} ORDER BY r.{by} DESC, r.group_key"
    ).fetchall()
    keys = [str(key) for key, _ in rows]
    if order == "informative":
        now = state.read(connection)
        share = share if able(now.decisions, now.accuracy) else 1.0
        keys = mixed([k for k, drawn in rows if not drawn], sorted(k for k, drawn in rows if drawn), share)
    wanted = keys[offset : offset + limit]
    return len(keys), [_asked(connection, key) for key in wanted]


def able(decisions: int, accuracy: float | None) -> bool:
    """Whether a model is good enough to say what teaches it most."""
    return decisions >= COLD and accuracy is not None and accuracy >= ABLE


def mixed(first: Sequence[str], drawn: Sequence[str], share: float) -> list[str]:
    """Both in their order, the drawn ones evenly among the first so that they are `share` of all until either ends."""
    found: list[str] = []
    a, b = iter(first), iter(drawn)
    due = 0.0
    left = len(first) + len(drawn)
    while left:
        due += share
        taken = next(b if due > _WHOLE else a, None)
        if taken is None:
            return [*found, *a, *b]
        due -= due > _WHOLE
        found.append(taken)
        left -= 1
    return found


def _asked(connection: apsw.Connection, key: str) -> Asked:
    row: Any = connection.execute(
        "SELECT image_id, confidence, information, differs, checked, reasons FROM recommended WHERE group_key = ?",
        (key,),
    ).fetchone()
    return Asked(key, int(row[0]), row[1], row[2], bool(row[3]), bool(row[4]), reasons(row[5]))


def reasons(data: bytes) -> list[Reason]:
    """The reasons of a row of `recommended`."""
    try:
        return [Reason(**one) for one in msgspec.json.decode(data, type=list[dict[str, Any]])]
    except (msgspec.MsgspecError, TypeError):
        return []


def _doubted(connection: apsw.Connection, offset: int, limit: int) -> tuple[int, list[Asked]]:
    """Decided groups that are still decided, against what the model and the other decisions say."""
    standing = [
        doubt
        for doubt in state.read(connection).doubts
        if connection.execute(
            "SELECT 1 FROM groups g JOIN members m ON m.group_id = g.id JOIN verdicts v ON v.image_id = m.image_id"
            " WHERE g.key = ? AND m.image_id = ? AND v.verdict = 'alternate'",
            (doubt.group, doubt.image),
        ).get
    ]
    some = standing[offset : offset + limit]
    return len(standing), [Asked(d.group, d.image, d.against, 0.0, False, False, []) for d in some]
