"""The Check screen: images that may show what an anomaly tag names, and what the person says of them.

An answer is a decision of its own (`check`): it is undone like any other, teaches the detector of its tag, and keeps or
rejects nothing. Who rejected an image with tags has answered already.
"""

from __future__ import annotations

from typing import NamedTuple

import apsw

from engine.errors import NotFound, WrongUse
from engine.library import history
from engine.library.journal import Record
from engine.library.store import Library, describe
from engine.library.tags import TAGS

LEAST = 0.2  # of a cue's score: below it there is nothing to ask about

# Of each image and tag the strongest cue; SQLite takes the bare columns from the row of the maximum.
_WAITING = """
    FROM (SELECT image_id, tag, name, max(score) AS score, x1, y1, x2, y2, text FROM cues
        WHERE tag != '' AND score >= :least AND (:tag = '' OR tag = :tag)
        AND name IN (SELECT value FROM json_each(:names)) GROUP BY image_id, tag) c
    JOIN images i ON i.id = c.image_id
    WHERE i.missing_since IS NULL AND i.quarantine IS NULL
    AND NOT EXISTS (SELECT 1 FROM checks k WHERE k.image_id = c.image_id AND k.tag = c.tag)
    AND NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.image_id = c.image_id AND v.verdict = 'reject' AND v.tags != '[]')
"""


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


@history.handle("check")
def _check(connection: apsw.Connection, record: Record) -> None:
    for image in history.image_ids(connection, record):
        for tag in record.anomaly_tags:
            connection.execute(
                "INSERT OR REPLACE INTO checks VALUES (?, ?, ?, ?)", (image, tag, record.yes is True, record.ts)
            )


def waiting(connection: apsw.Connection, names: str, tag: str, offset: int, limit: int) -> list[Waiting]:
    """A page of what may be asked, strongest first; `names` is a JSON list of the cues that are switched on."""
    rows = connection.execute(
        "SELECT c.image_id, c.tag, c.name, c.score, c.x1, c.y1, c.x2, c.y2, c.text, i.filepath, i.content_hash"
        f"{_WAITING} ORDER BY c.score DESC, c.image_id, c.tag LIMIT :limit OFFSET :offset",
        {"least": LEAST, "tag": tag, "names": names, "limit": limit, "offset": offset},
    )
    return [Waiting(i, t, n, s, (a, b, c, d), x, p, h or "") for i, t, n, s, a, b, c, d, x, p, h in rows]


def counts(connection: apsw.Connection, names: str) -> dict[str, int]:
    """How many images wait, by tag."""
    sql = f"SELECT c.tag, count(*) {_WAITING} GROUP BY c.tag"
    values = {"least": LEAST, "tag": "", "names": names}
    return {str(tag): int(number) for tag, number in connection.execute(sql, values)}


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
