"""What was seen, as rows of the database: counts an image, and its cues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import apsw
import msgspec

from engine.library.store import set_fact
from engine.library.tags import TAG_OF
from engine.vision.pictures import Picture
from engine.vision.seen import Cue, Look

SIBLINGS = "lost_from_siblings"
_PRESENT = """
    FROM images i LEFT JOIN looked l ON l.image_id = i.id
    WHERE i.missing_since IS NULL AND i.quarantine IS NULL AND i.content_hash IS NOT NULL
"""
_LOST = "SELECT * FROM cues WHERE name = ? ORDER BY image_id, x1, y1, x2, y2, text"


class Counts(NamedTuple):
    """Of all present images that were looked at."""

    images: int
    hands: int
    faces: int
    poses: int
    abstained: int
    flags: dict[str, int]


def unseen(connection: apsw.Connection, version: str) -> list[Picture]:
    """Present images whose content was not looked at by this version, one for each content, by path."""
    sql = (
        f"SELECT i.content_hash, min(i.filepath) {_PRESENT}"
        " AND (l.image_id IS NULL OR l.content != i.content_hash OR l.version != ?)"
        " GROUP BY i.content_hash ORDER BY 2"
    )
    return [Picture(content, path) for content, path in connection.execute(sql, (version,))]


def families(connection: apsw.Connection) -> list[tuple[Picture, ...]]:
    """The present images of each group of two or more, by path."""
    sql = f"SELECT m.group_id, i.content_hash, i.filepath {_with('members')} ORDER BY m.group_id, i.filepath"
    found: dict[int, list[Picture]] = {}
    for group, content, path in connection.execute(sql):
        found.setdefault(group, []).append(Picture(content, path))
    return [tuple(family) for family in found.values() if len({p.content for p in family}) > 1]


def put(connection: apsw.Connection, version: str, content: str, look: Look) -> None:
    """Replace what is known of every image of this content; what its siblings told stays."""
    images = [i for (i,) in connection.execute("SELECT id FROM images WHERE content_hash = ?", (content,))]
    people = look.people
    counts = len(people.hands), len(people.faces), len(people.bodies), len(look.abstained)
    for image in images:
        connection.execute("DELETE FROM cues WHERE image_id = ? AND name != ?", (image, SIBLINGS))
        connection.execute(
            "INSERT OR REPLACE INTO looked VALUES (?, ?, ?, ?, ?, ?, ?)", (image, content, version, *counts)
        )
        _add(connection, image, look.cues)
    _moved_on(connection)


def put_lost(connection: apsw.Connection, found: Sequence[tuple[Picture, list[Cue]]]) -> None:
    """Replace what all images lost beside their siblings; nothing happens where that is what stands already."""
    before = connection.execute(_LOST, (SIBLINGS,)).fetchall()
    connection.execute("DELETE FROM cues WHERE name = ?", (SIBLINGS,))
    for picture, cues in found:
        if cues:
            image = connection.execute("SELECT id FROM images WHERE filepath = ?", (picture.path,)).get
            if image is not None:
                _add(connection, image, cues)
    if connection.execute(_LOST, (SIBLINGS,)).fetchall() != before:
        _moved_on(connection)


def counts(connection: apsw.Connection, least: dict[str, float]) -> Counts:
    """Sums over present images; flags are cues that reach their threshold in `least`."""
    sums = f"SELECT count(*), sum(hands), sum(faces), sum(bodies), sum(abstained) {_PRESENT} AND l.image_id IS NOT NULL"
    images, *rest = connection.execute(sums).fetchone() or (0, 0, 0, 0, 0)
    hands, faces, bodies, abstained = (int(number or 0) for number in rest)
    flags = dict.fromkeys(least, 0)
    for name, score in connection.execute(f"SELECT m.name, m.score {_with('cues')}"):
        if name in least and score >= least[name]:
            flags[name] += 1
    return Counts(int(images), hands, faces, bodies, abstained, flags)


def _with(table: str) -> str:
    """Present images beside their rows `m` of another table."""
    return _PRESENT.replace("WHERE", f"JOIN {table} m ON m.image_id = i.id WHERE")


def _add(connection: apsw.Connection, image: int, cues: Sequence[Cue]) -> None:
    rows = [(image, cue.name, cue.score, *cue.box, cue.text, cue.tag or TAG_OF.get(cue.name, "")) for cue in cues]
    connection.executemany("INSERT INTO cues VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _moved_on(connection: apsw.Connection) -> None:
    """Whoever follows the cues (groups and picks) sees that they changed."""
    serial = int(connection.execute("SELECT value FROM facts WHERE name = 'cue_serial'").get or 0)
    set_fact(connection, "cue_serial", str(serial + 1))


def decoded(data: bytes) -> Look | None:
    """A look out of the cache; None where it is none."""
    try:
        return msgspec.json.decode(data, type=Look)
    except (msgspec.MsgspecError, UnicodeError):
        return None
