"""What was seen, as rows of the database: counts an image, and its cues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import apsw
import msgspec

from engine.library.store import set_fact
from engine.library.tags import TAG_OF
from engine.vision.pictures import Picture
from engine.vision.seen import Cue, CueName, Look

SIBLINGS: CueName = "lost_from_siblings"
LEARNED: CueName = "learned"
_PRESENT = """
    FROM images i LEFT JOIN looked l ON l.image_id = i.id
    WHERE i.missing_since IS NULL AND i.quarantine IS NULL AND i.content_hash IS NOT NULL
"""
_NAMED = "SELECT * FROM cues WHERE name = ? ORDER BY image_id, x1, y1, x2, y2, tag, text"
# What a look at an image gives; what was learned of it goes with its content.
_OWN = f"""
    DELETE FROM cues WHERE image_id = :image AND name != '{SIBLINGS}' AND NOT (name = '{LEARNED}'
    AND EXISTS (SELECT 1 FROM looked l WHERE l.image_id = :image AND l.content = :content))
"""  # noqa: S608 - our own words


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
    size = "(SELECT width FROM features WHERE image_id = i.id), (SELECT height FROM features WHERE image_id = i.id)"
    what = f"m.group_id, i.content_hash, i.filepath, {size}"
    sql = f"SELECT {what} {_with('members')} ORDER BY m.group_id, i.filepath"
    found: dict[int, list[Picture]] = {}
    for group, *picture in connection.execute(sql):
        found.setdefault(group, []).append(Picture(*picture))
    return [tuple(family) for family in found.values() if len({p.content for p in family}) > 1]


def put(connection: apsw.Connection, version: str, content: str, look: Look) -> None:
    """Replace what is known of every image of this content; what its siblings told and the person taught stays."""
    images = [i for (i,) in connection.execute("SELECT id FROM images WHERE content_hash = ?", (content,))]
    people = look.people
    counts = len(people.hands), len(people.faces), len(people.bodies), len(look.abstained)
    for image in images:
        connection.execute(_OWN, {"image": image, "content": content})
        connection.execute(
            "INSERT OR REPLACE INTO looked VALUES (?, ?, ?, ?, ?, ?, ?)", (image, content, version, *counts)
        )
        _add(connection, image, look.cues)
    _moved_on(connection)


def put_lost(connection: apsw.Connection, found: Sequence[tuple[Picture, list[Cue]]]) -> None:
    """Replace what all images lost beside their siblings; nothing happens where that is what stands already."""
    rows: list[tuple[int, Cue]] = []
    for picture, cues in found:
        image = connection.execute("SELECT id FROM images WHERE filepath = ?", (picture.path,)).get if cues else None
        rows += [(image, cue) for cue in cues if isinstance(image, int)]
    _replace(connection, SIBLINGS, rows)


def put_learned(connection: apsw.Connection, found: Mapping[str, Sequence[Cue]]) -> bool:
    """Replace what the person's tags taught of all images, by content; answers whether it is something else now."""
    rows = []
    for content, cues in found.items():
        images = [i for (i,) in connection.execute("SELECT id FROM images WHERE content_hash = ?", (content,))]
        rows += [(image, cue) for image in images for cue in cues]
    return _replace(connection, LEARNED, rows)


def _replace(connection: apsw.Connection, name: CueName, rows: Sequence[tuple[int, Cue]]) -> bool:
    """Replace all cues of a name; nobody hears of it where they are those of before."""
    before = connection.execute(_NAMED, (name,)).fetchall()
    connection.execute("DELETE FROM cues WHERE name = ?", (name,))
    for image, cue in rows:
        _add(connection, image, [cue])
    if connection.execute(_NAMED, (name,)).fetchall() == before:
        return False
    _moved_on(connection)
    return True


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
