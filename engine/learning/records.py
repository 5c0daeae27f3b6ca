"""The records that the gates go by: of checks drawn by chance alone, in the order they were answered, whether right.

Spec 4, section 8. What is drawn, and what counts as right, is told in `library/trials.py`, which gathers it as people
decide. What the person said is wrong in an image counts unless the crop leaves it out, by what the detectors say now.
"""

from __future__ import annotations

from typing import Any

import apsw

from engine.library.trials import Kind

Check = tuple[str, bool]  # when, and whether it was right

_RECORD = "SELECT at, good FROM trials WHERE kind = ? AND good IS NOT NULL ORDER BY place"
# The crop is the one that stands, or the one that was judged where none does. Before anybody looked at it again, an
# image counts only where something was said to be wrong.
_RESIDUAL = """
    SELECT at, coalesce(good, 1) AND NOT wrong FROM (
        SELECT t.at, t.good, t.place, EXISTS (SELECT 1 FROM json_each(t.tags) k WHERE coalesce(a.w, t.w) = 0
            OR NOT EXISTS (SELECT 1 FROM cues c WHERE c.image_id = t.image_id AND c.tag = k.value)
            OR EXISTS (SELECT 1 FROM cues c WHERE c.image_id = t.image_id AND c.tag = k.value
                AND c.x1 < coalesce(a.x + a.w, t.x + t.w) AND c.x2 > coalesce(a.x, t.x)
                AND c.y1 < coalesce(a.y + a.h, t.y + t.h) AND c.y2 > coalesce(a.y, t.y))) AS wrong
        FROM trials t LEFT JOIN crop_answers a ON a.image_id = t.image_id
        WHERE t.kind = 'residual' AND t.place IS NOT NULL
    ) WHERE good IS NOT NULL OR wrong ORDER BY place
"""


def record(connection: apsw.Connection, kind: Kind) -> list[Check]:
    """The checks of a kind of gate, the first answered first."""
    rows: Any = connection.execute(_RESIDUAL) if kind == "residual" else connection.execute(_RECORD, (kind,))
    return [(str(at), bool(good)) for at, good in rows]
