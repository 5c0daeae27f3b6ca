"""What the last batches decided and nobody has looked at since: the doubtful first, then the least sure.

A doubt is what the detectors say now (a cue from its threshold on, unless the person said no) or what the person said
on the Check screen. Whoever decides such an image again has looked at it. At the end stand a few of the person's own
crops, drawn by chance when they were made: looking at them again tells what is left after a crop (`library/trials`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import apsw
import msgspec

from engine.errors import NotFound
from engine.library.journal import Record
from engine.library.store import Library, describe
from engine.library.trials import What

_NOW = 50  # of the person's crops, the last that were drawn: older ones are not asked about any more
# Where the person decided again, they have looked.
_TURNED = """
    CASE p.kind WHEN 'winner' THEN v.image_id IS NULL OR v.decided_at != p.at
        ELSE a.image_id IS NULL OR a.at != p.at OR t.image_id IS NOT NULL END
"""
_OPEN = f"""
    FROM promoted p INDEXED BY idx_promoted_review CROSS JOIN images i ON i.id = p.image_id
    LEFT JOIN verdicts v ON v.image_id = p.image_id LEFT JOIN crop_answers a ON a.image_id = p.image_id
    LEFT JOIN to_crop t ON t.image_id = p.image_id
    WHERE NOT p.reviewed AND i.missing_since IS NULL AND NOT ({_TURNED})
"""
_DOUBT = """
    (EXISTS (SELECT 1 FROM cues c INDEXED BY idx_cues_image JOIN json_each(:least) l ON l.key = c.name
        WHERE c.image_id = p.image_id AND c.score >= l.value AND NOT EXISTS (SELECT 1 FROM checks k
            WHERE k.image_id = c.image_id AND k.tag = c.tag AND NOT k.yes))
    OR EXISTS (SELECT 1 FROM checks k WHERE k.image_id = p.image_id AND k.yes))
"""
_ORDER = (
    f"SELECT p.image_id, p.kind, p.batch, p.confidence {_OPEN} ORDER BY {_DOUBT} DESC, p.confidence, p.image_id, p.kind"
)
_FLAGS = """
    SELECT c.text FROM cues c JOIN json_each(:least) l ON l.key = c.name
    WHERE c.image_id = :image AND c.score >= l.value AND NOT EXISTS (SELECT 1 FROM checks k
        WHERE k.image_id = c.image_id AND k.tag = c.tag AND NOT k.yes) ORDER BY c.score DESC
"""
_SAID = "SELECT tag FROM checks WHERE image_id = ? AND yes ORDER BY tag"
_OWN = """
    SELECT t.image_id FROM trials t JOIN images i ON i.id = t.image_id JOIN crop_answers a ON a.image_id = t.image_id
    WHERE t.kind = 'residual' AND t.place IS NULL AND t.what = 'crop' AND t.batch = '' AND i.missing_since IS NULL
    ORDER BY t.at DESC, t.id DESC LIMIT ?
"""


class Item(NamedTuple):
    """One image to look at; flags are sentences, `batch` is "" for a crop of the person's own."""

    image: int
    kind: Literal["winner", "crop"]
    batch: str
    confidence: float
    flags: list[str]


def count(connection: apsw.Connection) -> int:
    """How many wait."""
    return int(connection.execute(f"SELECT count(*) {_OPEN}").get or 0) + len(_own(connection))


def waiting(connection: apsw.Connection, least: Mapping[str, float], offset: int, limit: int) -> list[Item]:
    """A page; `least` are the thresholds of the cues that are switched on."""
    names = msgspec.json.encode(dict(least)).decode()
    rows: Any = connection.execute(
        f"{_ORDER} LIMIT :limit OFFSET :offset", {"least": names, "limit": limit, "offset": offset}
    )
    found = [
        Item(image, kind, batch, sure, _flags(connection, names, image)) for image, kind, batch, sure in rows.fetchall()
    ]
    if len(found) < limit:
        own = _own(connection)
        before = int(connection.execute(f"SELECT count(*) {_OPEN}").get or 0)
        start = max(0, offset - before)
        found += [
            Item(image, "crop", "", 1.0, _flags(connection, names, image))
            for image in own[start : start + limit - len(found)]
        ]
    return found


def _own(connection: apsw.Connection) -> list[int]:
    return [int(image) for (image,) in connection.execute(_OWN, (_NOW,))]


def _flags(connection: apsw.Connection, least: str, image: int) -> list[str]:
    said = [f"You said: {tag.replace('_', ' ')}." for (tag,) in connection.execute(_SAID, (image,))]
    seen = [str(text) for (text,) in connection.execute(_FLAGS, {"least": least, "image": image})]
    return list(dict.fromkeys([*said, *seen]))


def done(library: Library, winners: Sequence[int], crops: Sequence[int] = ()) -> str:
    """Record that these were looked at and are right: that they are kept, and how they are cropped.

    Answers with a label. Raises NotFound, LibraryError.
    """
    looked: list[tuple[int, What]] = [(image, "winner") for image in dict.fromkeys(winners)]
    looked += [(image, "crop") for image in dict.fromkeys(crops)]
    with library.db.read() as connection:
        rows: Any = connection.execute(
            "SELECT id, filepath, coalesce(content_hash, '') FROM images WHERE id IN (SELECT value FROM json_each(?))",
            (msgspec.json.encode([image for image, _ in looked]).decode(),),
        ).fetchall()
    known = {int(image): (str(path), str(content)) for image, path, content in rows}
    here: list[tuple[str, str, What]] = [(*known[image], what) for image, what in looked if image in known]
    if not here:
        raise NotFound("These images are no longer in the library.")
    record = Record(
        ts="", set_id="", images=[path for path, _, _ in here], hashes=[content for _, content, _ in here],
        kind="reviewed", what=[what for _, _, what in here],
    )  # fmt: skip
    label = describe(record)
    library.decide(record, label)
    return label
