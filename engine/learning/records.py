"""The records that the gates go by: of checks drawn by chance alone, oldest first, whether each was right.

| kind       | drawn                                                       | right where                               |
|------------|-------------------------------------------------------------|-------------------------------------------|
| `winner`   | groups asked blind; winners of a batch that were looked at  | the person kept the one recommended       |
| `crop`     | images by their number, or decided without help; crops of a | the box is that of the best proposal, and |
|            | batch that were looked at                                   | it was not sent back                      |
| `residual` | what a batch kept or cropped and crops the person made,     | they said of nothing in it that it is     |
|            | each looked at (again)                                      | wrong, and did not send it back           |

Spec 4, section 8. Looked at: marked as reviewed, or decided again since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import apsw
import msgspec

SAME = 0.98  # overlap (intersection over union) from which two boxes are one

Box = tuple[float, float, float, float]  # x1, y1, x2, y2
Check = tuple[str, bool]  # when, and whether it was right

_AGREED = "SELECT at, agreed FROM agreements WHERE kind = 'winner' AND checked ORDER BY at, decision"
# Of a batch: whether it still stands, and whether the person was there.
STANDS = {
    "winner": "v.verdict = 'keep'",
    "crop": "a.choice = 'best' AND t.image_id IS NULL",
}
_BATCHED = """
    SELECT p.at, coalesce({stands}, 0) FROM promoted p INDEXED BY idx_promoted_checked
    LEFT JOIN verdicts v ON v.image_id = p.image_id LEFT JOIN crop_answers a ON a.image_id = p.image_id
    LEFT JOIN to_crop t ON t.image_id = p.image_id
    WHERE p.checked AND p.kind = :kind AND p.batch != '' AND (p.reviewed OR {turned}) ORDER BY p.at, p.image_id
"""
TURNED = {
    "winner": "(v.image_id IS NULL OR v.decided_at != p.at)",
    "crop": "(a.image_id IS NULL OR a.at != p.at OR t.image_id IS NOT NULL)",
}
# What the person said is wrong, unless the crop leaves it out.
_WRONG = """
    EXISTS (SELECT 1 FROM checks k LEFT JOIN crop_answers b ON b.image_id = k.image_id AND b.w > 0
        WHERE k.image_id = p.image_id AND k.yes AND (b.image_id IS NULL
            OR NOT EXISTS (SELECT 1 FROM cues c WHERE c.image_id = k.image_id AND c.tag = k.tag)
            OR EXISTS (SELECT 1 FROM cues c WHERE c.image_id = k.image_id AND c.tag = k.tag
                AND c.x1 < b.x + b.w AND c.x2 > b.x AND c.y1 < b.y + b.h AND c.y2 > b.y)))
"""
_RESIDUAL = f"""
    SELECT p.at, (CASE p.kind WHEN 'winner' THEN coalesce({STANDS["winner"]}, 0)
            ELSE coalesce(a.at <= p.at AND t.image_id IS NULL, 0) END)
        AND coalesce(v.verdict != 'reject', 1) AND NOT {_WRONG}
    FROM promoted p INDEXED BY idx_promoted_checked LEFT JOIN verdicts v ON v.image_id = p.image_id
    LEFT JOIN crop_answers a ON a.image_id = p.image_id LEFT JOIN to_crop t ON t.image_id = p.image_id
    WHERE p.checked AND (p.reviewed OR (p.kind = 'winner' AND {TURNED["winner"]})
        OR (p.kind = 'crop' AND {TURNED["crop"]})) ORDER BY p.at, p.image_id
"""  # noqa: S608 - our own words
_CROPS = """
    SELECT image_id, at, note, x, y, w, h FROM crop_answers ORDER BY at, image_id
"""
_WHOLE = "SELECT 0, 0, width, height FROM features WHERE image_id = ?"


class Note(msgspec.Struct, frozen=True):
    """What is needed of how a crop was decided."""

    choice: str
    unassisted: bool = False
    proposed: list[Box] = []
    time_ms: int = 0
    actions: int = 0
    earlier: bool = False


_DECODE = msgspec.json.Decoder(Note).decode


def note(data: bytes) -> Note | None:
    """None where it cannot be read."""
    try:
        return _DECODE(data)
    except (msgspec.MsgspecError, UnicodeError):
        return None


def drawn(share: float, *names: object) -> bool:
    """Whether chance draws what has these names: the same answer every time, and nothing of how hard it is."""
    key = "\0".join(map(str, names)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest()) < share * 2**64


@lru_cache(maxsize=1 << 17)
def crop_drawn(share: float, image: int) -> bool:
    """Whether an image is one of those by which proposed crops are measured."""
    return drawn(share, "crop", image)


def record(connection: apsw.Connection, kind: str, share: float) -> list[Check]:
    """The checks of a kind of gate, oldest first; `share` of the crops is drawn, 0 to 1."""
    found: dict[str, Callable[[], list[Check]]] = {
        "winner": lambda: _winner(connection),
        "crop": lambda: _crop(connection, share),
        "residual": lambda: _rows(connection.execute(_RESIDUAL)),
    }
    return found[kind]()


def _rows(rows: Any) -> list[Check]:
    return [(str(at), bool(good)) for at, good in rows]


def _batched(connection: apsw.Connection, kind: str) -> list[Check]:
    sql = _BATCHED.format(stands=STANDS[kind], turned=TURNED[kind])
    return _rows(connection.execute(sql, {"kind": kind}))


def _winner(connection: apsw.Connection) -> list[Check]:
    return sorted([*_rows(connection.execute(_AGREED)), *_batched(connection, "winner")], key=_when)


def _crop(connection: apsw.Connection, share: float) -> list[Check]:
    found = []
    rows: Any = connection.execute(_CROPS)
    for image, at, data, x, y, w, h in rows:
        by_chance = crop_drawn(share, image)
        how = note(data) if by_chance or b'"unassisted":true' in data else None
        if how is not None and how.proposed and not how.earlier and (how.unassisted or by_chance):
            whole: Any = None if w else connection.execute(_WHOLE, (image,)).fetchone()
            box = whole or (x, y, x + w, y + h)
            found.append((str(at), overlap(box, how.proposed[0]) >= SAME))
    return sorted([*found, *_batched(connection, "crop")], key=_when)


def _when(check: Check) -> str:
    return check[0]


def overlap(one: Box, other: Box) -> float:
    """Intersection over union, 0 to 1; 0 for boxes without an area."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0.0, wide) * max(0.0, high)
    both = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - shared
    return shared / both if both > 0 else 0.0
