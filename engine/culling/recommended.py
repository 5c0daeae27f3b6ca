"""What the ranker recommends of a group, as it is shown and as it is measured (spec 4, sections 4, 7 and 8).

Groups that are drawn for a check are asked blind: what is recommended of them is not told before the person decided.
One group is measured once, by the first decision on it: who takes it back after they saw the answer and decides again
leaves that first answer standing, though by then it is not asked blind any more.
"""

from __future__ import annotations

from typing import Any

import apsw
import msgspec

from engine.culling.views import Reason, RecommendedView
from engine.library.journal import Proposed, Record

_ROW = "SELECT image_id, confidence, checked, model, reasons FROM recommended WHERE group_key = ?"
_SAID = """
    SELECT max(v.verdict IN ('keep', 'alternate', 'open')) FROM groups g JOIN members m ON m.group_id = g.id
    JOIN verdicts v ON v.image_id = m.image_id WHERE g.key = ?
"""


def proposed(connection: apsw.Connection, key: str) -> Proposed | msgspec.UnsetType:
    """What is recommended of a group that is about to be decided for the first time.

    Unset where nothing is, where its image is gone or lies elsewhere, and where the group was decided before: the model
    may have learned from that.
    """
    row: Any = connection.execute(_ROW, (key,)).fetchone()
    if row is None or connection.execute(_SAID, (key,)).get:
        return msgspec.UNSET
    image, confidence, checked, model, _ = row
    path = connection.execute(
        "SELECT i.filepath FROM members m JOIN groups g ON g.id = m.group_id JOIN images i ON i.id = m.image_id"
        " WHERE g.key = ? AND i.id = ? AND i.missing_since IS NULL",
        (key, image),
    ).get
    if path is None:
        return msgspec.UNSET
    return _asked_before(connection, key) or Proposed(str(path), confidence, model, bool(checked))


def _asked_before(connection: apsw.Connection, key: str) -> Proposed | None:
    """What the first blind decision on this group said, which was taken back since."""
    for (data,) in connection.execute(
        "SELECT record FROM decisions WHERE set_id = ? AND kind IN ('pick', 'trio', 'reject') ORDER BY seq", (key,)
    ):
        record = msgspec.json.decode(data, type=Record)
        said = record.proposed
        if said and said.checked:
            agreed = said.winner in {record.winner, *record.also} if said.agreed is msgspec.UNSET else said.agreed
            return msgspec.structs.replace(said, agreed=agreed)
    return None


def view(connection: apsw.Connection, key: str, open_images: set[int], *, decided: bool) -> RecommendedView | None:
    """What a screen may show of it now; None where nothing is recommended, or an image that is no choice any more.

    Args:
        decided: somebody keeps an image of the group.
        open_images: members that are neither rejected nor missing.
    """
    row: Any = connection.execute(_ROW, (key,)).fetchone()
    if decided:
        return _afterwards(connection, key, row[0] if row and row[0] in open_images else None)
    if row is None:
        return None
    image, confidence, checked, _, reasons = row
    if checked:
        return RecommendedView(None, 0.0, checked=True, agreed=None, reasons=[])
    if image not in open_images:
        return None
    return RecommendedView(image, confidence, checked=False, agreed=None, reasons=reasons_of(reasons))


def _afterwards(connection: apsw.Connection, key: str, image: int | None) -> RecommendedView | None:
    """Whether the person agreed; `image` while it is known which one was recommended."""
    said: Any = connection.execute(
        "SELECT agreed, confidence, checked FROM agreements WHERE subject = ? AND kind = 'winner'"
        " ORDER BY at DESC LIMIT 1",
        (key,),
    ).fetchone()
    if said is None:
        return None
    return RecommendedView(image, said[1], checked=bool(said[2]), agreed=bool(said[0]), reasons=[])


def reasons_of(data: bytes | str) -> list[Reason]:
    """The reasons of a row of `recommended`; none where they cannot be read."""
    try:
        return msgspec.json.decode(data, type=list[Reason])
    except msgspec.MsgspecError:
        return []
