"""What to ask next, as pages of groups: the clear ones first, those that teach most, close calls and disputes, or
decided ones worth a look.

Asking what teaches most, or what is in doubt, leaves a model blind to what it is wrongly sure of, and says nothing of
how good it is; so every so many groups one of those drawn by chance is asked between.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import apsw
import msgspec

from engine.learning import disputes, state
from engine.learning.disputes import Dispute
from engine.learning.predict import Reason

_WHOLE = 1 - 1e-9  # ten tenths are less than one by a rounding
COLD = 50  # decisions before which chance asks better,
ABLE = 0.7  # and held-out accuracy less its standard error: what a weak model does not know is mostly its own making
Order = Literal["obvious", "informative", "close", "disputed", "doubted"]


class Asked(NamedTuple):
    """A group and what is recommended of it; of a doubted one, what would be kept instead and how likely that is.

    Attributes:
        checked: drawn by chance: the person decides without seeing the recommendation.
        rival: of a close call the runner-up, of a dispute the image that another would keep; 0 for none.
        dispute: over what opinions differ, None where they were not asked for.
    """

    group: str
    image: int
    confidence: float
    information: float
    differs: bool
    checked: bool
    reasons: list[Reason]
    rival: int = 0
    dispute: Dispute | None = None


_OPEN = """
    FROM recommended r JOIN groups g ON g.key = r.group_key
    WHERE NOT EXISTS (SELECT 1 FROM members m JOIN verdicts v ON v.image_id = m.image_id
        WHERE m.group_id = g.id AND v.verdict != 'open')
"""
# Not decided again since, and not decided twice alike: then the person means it.
_DOUBTED = """
    SELECT 1 FROM groups g JOIN members m ON m.group_id = g.id JOIN verdicts v ON v.image_id = m.image_id
    WHERE g.key = ?1 AND m.image_id = ?2 AND v.verdict = 'alternate'
    AND NOT EXISTS (SELECT 1 FROM decisions d
        WHERE d.set_id = ?1 AND d.kind IN ('pick', 'trio') AND d.state = 'done' AND d.seq > ?3)
    AND NOT (SELECT count(*) = 2 AND min(winner) = max(winner) FROM (
        SELECT json_extract(CAST(record AS TEXT), '$.winner') AS winner FROM decisions
        WHERE set_id = ?1 AND kind IN ('pick', 'trio') AND state = 'done' ORDER BY seq DESC LIMIT 2))
"""


def page(
    connection: apsw.Connection, order: Order, offset: int, limit: int, share: float = 0.1,
    least: Mapping[str, float] | None = None,
) -> tuple[int, list[Asked]]:  # fmt: skip
    """How many there are, and some of them in order.

    Args:
        share: of the informative ones, close calls and disputes, how many are drawn by chance, 0 to 1; of the
            informative ones first all of them where the model is not `able`.
        least: from which score on each cue is a doubt, for disputes.
    """
    if order == "doubted":
        return _doubted(connection, offset, limit)
    if order in ("close", "disputed"):
        found = disputes.disputes(connection, least or {}) if order == "disputed" else None
        keys = _between(connection, disputes.close(connection) if found is None else list(found), share, order)
        return len(keys), [_at_odds(connection, key, found) for key in keys[offset : offset + limit]]
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
    if decisions < COLD or accuracy is None:
        return False
    return accuracy - math.sqrt(accuracy * (1 - accuracy) / decisions) >= ABLE


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


def _between(connection: apsw.Connection, first: list[str], share: float, order: Order) -> list[str]:
    """With drawn ones between; among disputes, which are few, no more of them than are their share."""
    drawn = sorted(str(key) for (key,) in connection.execute(f"SELECT r.group_key {_OPEN} AND r.checked"))
    if order == "disputed":
        drawn = drawn[: round(len(first) * share / (1 - share)) if share < 1 else 0]
    return mixed(first, drawn, share)


def _at_odds(connection: apsw.Connection, key: str, found: Mapping[str, Dispute] | None) -> Asked:
    """A close call, or where there are any `found` disputes one of those; of a drawn one nothing is told."""
    asked = _asked(connection, key)
    if asked.checked:
        return asked
    if found is None:
        return asked._replace(rival=disputes.runner_up(connection, key))
    rival = disputes.ruled(connection, key) if found[key].kind == "rule" else 0
    return asked._replace(rival=rival, dispute=found[key])


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
    """Groups decided against what the model and the other decisions say, but for what the person confirmed."""
    told = state.read(connection)
    standing = [d for d in told.doubts if connection.execute(_DOUBTED, (d.group, d.image, told.last)).get]
    some = standing[offset : offset + limit]
    return len(standing), [Asked(d.group, d.image, d.against, 0.0, False, False, []) for d in some]
