"""The Check screen: images that may show what an anomaly tag names, and what the person says of them.

An answer is a decision of its own (`check`): it is undone like any other, teaches the detector of its tag, and keeps or
rejects nothing. Who rejected an image with tags has answered already.
"""

from __future__ import annotations

from typing import NamedTuple

import apsw
import msgspec

from engine.errors import NotFound, WrongUse
from engine.library import history, trials
from engine.library.journal import Record
from engine.library.store import Library, describe
from engine.library.tags import TAGS

LEAST = 0.2  # of a cue's score: below it there is nothing to ask about; the indexes of cues say the same number

_ASKED = f"c.tag != '' AND c.score >= {LEAST} AND c.name IN (SELECT value FROM json_each(:names))"  # noqa: S608
_REJECTED = "verdict = 'reject' AND tags != '[]'"
_OVER = f"""
    SELECT id FROM images WHERE missing_since IS NOT NULL
    UNION SELECT id FROM images WHERE quarantine IS NOT NULL AND missing_since IS NULL
    UNION SELECT image_id FROM verdicts WHERE {_REJECTED}
"""  # noqa: S608 - our own words
# From the strongest down, as the index has them; of each image and tag the strongest cue alone.
_WAITING = f"""
    SELECT c.image_id, c.tag, c.name, c.score, c.x1, c.y1, c.x2, c.y2, c.text, i.filepath, i.content_hash,
        coalesce(f.width, 0), coalesce(f.height, 0), coalesce(f.format, '')
    FROM cues c INDEXED BY idx_cues_strongest CROSS JOIN images i ON i.id = c.image_id
    LEFT JOIN features f ON f.image_id = c.image_id
    WHERE {_ASKED} AND (:tag = '' OR c.tag = :tag) AND i.missing_since IS NULL AND i.quarantine IS NULL
    AND NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.image_id = c.image_id AND {_REJECTED})
    AND NOT EXISTS (SELECT 1 FROM checks k WHERE k.image_id = c.image_id AND k.tag = c.tag)
    AND NOT EXISTS (SELECT 1 FROM cues o WHERE {_ASKED.replace("c.", "o.")} AND o.image_id = c.image_id
        AND o.tag = c.tag AND (o.score, o.rowid) > (c.score, c.rowid))
    ORDER BY c.score DESC, c.image_id, c.tag LIMIT :limit OFFSET :offset
"""  # noqa: S608
# All that could be asked, less the few that need not be: two quick counts beside one slow walk through every row.
_COUNTS = f"""
    SELECT tag, sum(number) FROM (
        SELECT c.tag, count(DISTINCT c.image_id) AS number FROM cues c INDEXED BY idx_cues_asked
            WHERE {_ASKED} GROUP BY c.tag
        UNION ALL SELECT c.tag, -count(DISTINCT c.image_id) FROM ({_OVER}) o
            CROSS JOIN cues c INDEXED BY idx_cues_image ON c.image_id = o.id WHERE {_ASKED} GROUP BY c.tag
        UNION ALL SELECT c.tag, -count(DISTINCT c.image_id) FROM checks k
            CROSS JOIN cues c INDEXED BY idx_cues_asked ON c.tag = k.tag AND c.image_id = k.image_id
            WHERE {_ASKED} AND k.image_id NOT IN ({_OVER}) GROUP BY c.tag
    ) GROUP BY tag
"""  # noqa: S608


class Waiting(NamedTuple):
    """One image to ask about."""

    image: int
    tag: str
    cue: str
    score: float
    box: tuple[float, float, float, float]
    text: str
    path: str
    content: str
    width: int
    height: int
    format: str


@history.handle("check")
def _check(connection: apsw.Connection, record: Record) -> None:
    """A line that says nothing, or of a tag there is not, changes nothing."""
    if record.yes is msgspec.UNSET:
        return
    for image in history.image_ids(connection, record):
        for tag in sorted(set(record.anomaly_tags) & set(TAGS)):
            connection.execute("INSERT OR REPLACE INTO checks VALUES (?, ?, ?, ?)", (image, tag, record.yes, record.ts))
            if record.yes:
                trials.said_wrong(connection, image, tag, record.ts)


def waiting(connection: apsw.Connection, names: str, tag: str, offset: int, limit: int) -> list[Waiting]:
    """A page of what may be asked, strongest first; `names` is a JSON list of the cues that are switched on."""
    rows = connection.execute(_WAITING, {"tag": tag, "names": names, "limit": limit, "offset": offset})
    return [Waiting(i, t, n, s, (a, b, c, d), x, p, h or "", *f) for i, t, n, s, a, b, c, d, x, p, h, *f in rows]


def counts(connection: apsw.Connection, names: str) -> dict[str, int]:
    """How many images wait, by tag."""
    return {str(tag): int(number) for tag, number in connection.execute(_COUNTS, {"names": names})}


def answer(library: Library, image: int, tag: str, *, yes: bool) -> str:
    """Record what the person says; answers with a label. Raises NotFound, WrongUse, LibraryError."""
    if tag not in TAGS:
        raise WrongUse(f"There is no tag {tag}.")
    with library.db.read() as connection:
        row = connection.execute("SELECT filepath, content_hash FROM images WHERE id = ?", (image,)).fetchone()
    if row is None:
        raise NotFound("That image is no longer in the library.")
    record = Record(ts="", set_id="", images=[row[0]], hashes=[row[1] or ""], kind="check", anomaly_tags=[tag], yes=yes)
    label = describe(record)
    library.decide(record, label)
    return label
