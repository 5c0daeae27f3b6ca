"""Which images wait for a crop, in which order, and which are shown without a proposal.

An image waits when a person sent it to crop, or when it stays (kept by the person, or the first choice of a group that
nobody has to look at) and was not answered. Only images that are there and were read. First come those sent to crop,
then the surest proposals (or the others, as the settings say), then those without one.

A trio is a group that needs a person and has two to four images: they are shown at once, to pick and crop in one go.
"""

# ruff: noqa: S608 - every statement is put together from fixed words of this file

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import apsw
import msgspec

from engine.library.settings import Crop

Which = Literal["waiting", "done"]
EVERY = 20  # one in so many is decided without help, where the person lets that be measured
TRIO = (2, 4)  # images of a group that is shown as a trio

_WANTED = """
    WITH wanted(id, asked) AS (
        SELECT image_id, max(asked) FROM (
            SELECT image_id, 1 AS asked FROM to_crop
            UNION ALL SELECT v.image_id, 0 FROM verdicts v WHERE v.verdict = 'keep'
                AND NOT EXISTS (SELECT 1 FROM crop_answers a WHERE a.image_id = v.image_id)
            UNION ALL SELECT m.image_id, 0 FROM members m JOIN groups g ON g.id = m.group_id
                WHERE g.status = 'auto' AND m.decision = 'keeper'
                AND NOT EXISTS (SELECT 1 FROM crop_answers a WHERE a.image_id = m.image_id)
        ) GROUP BY image_id
    )
"""
_PRESENT = """
    JOIN images i ON i.id = w.id JOIN features f ON f.image_id = w.id
    LEFT JOIN crops c ON c.image_id = w.id AND c.content = i.content_hash
    WHERE i.missing_since IS NULL AND i.quarantine IS NULL
"""
_ORDER = {
    "easy": "w.asked DESC, c.confidence IS NULL, c.confidence DESC, w.id",
    "unsure": "w.asked DESC, c.confidence IS NULL, c.confidence, w.id",
}
_DONE = """
    FROM crop_answers a JOIN images i ON i.id = a.image_id
    LEFT JOIN crops c ON c.image_id = i.id AND c.content = i.content_hash
"""
# Groups that need a person, with as many present images as a trio has.
_TRIOS = f"""
    WITH trio(id, confidence, clean, known) AS (
        SELECT g.id, min(c.confidence), min(coalesce(c.clean, 1)), count(c.image_id)
        FROM groups g JOIN members m ON m.group_id = g.id JOIN images i ON i.id = m.image_id
        JOIN features f ON f.image_id = i.id
        LEFT JOIN crops c ON c.image_id = i.id AND c.content = i.content_hash
        WHERE g.status = 'review' AND i.missing_since IS NULL AND i.quarantine IS NULL
        GROUP BY g.id HAVING count(*) BETWEEN {TRIO[0]} AND {TRIO[1]}
    )
"""
_TRIO_ORDER = {
    "easy": "t.confidence IS NULL, t.confidence DESC, g.position",
    "unsure": "t.confidence IS NULL, t.confidence, g.position",
}


class Entry(NamedTuple):
    """One entry: an image, or those of a trio, the proposed keeper first.

    Attributes:
        confidence: of the least sure proposal; 0 where there is none.
        clean: every proposal is a clean one.
        asked: a person sent it to crop.
        unassisted: to be decided without proposals.
    """

    images: list[int]
    group: str
    confidence: float
    clean: bool
    asked: bool
    unassisted: bool


class Counts(NamedTuple):
    """Of the whole queue; `unproposed` images that wait and have no proposal, `copies` crops without a copy."""

    waiting: int
    done: int
    unproposed: int
    copies: int


def is_unassisted(settings: Crop, image: int) -> bool:
    """Whether this image is one of those that measure what help saves: by its number alone, not by how hard it is."""
    if not settings.measure_unassisted:
        return False
    return int.from_bytes(hashlib.blake2b(b"%d" % image, digest_size=4).digest()) % EVERY == 0


def page(
    connection: apsw.Connection, settings: Crop, which: Which, offset: int, limit: int, *, trios: bool
) -> list[Entry]:
    """A page of the queue; answered images newest first."""
    if which == "done":
        rows = connection.execute(
            f"SELECT a.image_id, c.confidence, c.clean, 0 {_DONE} ORDER BY a.at DESC, a.image_id LIMIT ? OFFSET ?",
            (limit, offset),
        )
    elif trios:
        return _trios(connection, settings, offset, limit)
    else:
        rows = connection.execute(
            f"{_WANTED} SELECT w.id, c.confidence, c.clean, w.asked FROM wanted w {_PRESENT}"
            f" ORDER BY {_ORDER[settings.order]} LIMIT ? OFFSET ?",
            (limit, offset),
        )
    return [
        Entry([image], "", sure or 0.0, clean != 0, bool(asked), which != "done" and is_unassisted(settings, image))
        for image, sure, clean, asked in rows
    ]


def _trios(connection: apsw.Connection, settings: Crop, offset: int, limit: int) -> list[Entry]:
    rows: list[Any] = connection.execute(
        f"{_TRIOS} SELECT t.id, g.key, t.confidence, t.clean FROM trio t JOIN groups g ON g.id = t.id"
        f" ORDER BY {_TRIO_ORDER[settings.order]} LIMIT ? OFFSET ?",
        (limit, offset),
    ).fetchall()
    members = _members(connection, [group for group, *_ in rows])
    return [Entry(members[group], key, sure or 0.0, bool(clean), False, False) for group, key, sure, clean in rows]


def _members(connection: apsw.Connection, groups: Sequence[int]) -> dict[int, list[int]]:
    """The present images of these groups, in keeper order."""
    found: dict[int, list[int]] = {group: [] for group in groups}
    for group, image in connection.execute(
        "SELECT m.group_id, m.image_id FROM members m JOIN images i ON i.id = m.image_id"
        " JOIN features f ON f.image_id = i.id"
        " WHERE m.group_id IN (SELECT value FROM json_each(?))"
        " AND i.missing_since IS NULL AND i.quarantine IS NULL ORDER BY m.group_id, m.rank",
        (msgspec.json.encode(list(groups)).decode(),),
    ):
        found[group].append(image)
    return found


def counts(connection: apsw.Connection, *, trios: bool) -> Counts:
    """`waiting` and `unproposed` are of images, or of trios and their images."""
    if trios:
        sql = f"{_TRIOS} SELECT count(*), 0 FROM trio"
        missing = len(_unproposed_of_trios(connection))
    else:
        sql = f"{_WANTED} SELECT count(*), sum(c.image_id IS NULL) FROM wanted w {_PRESENT}"
        missing = 0
    waiting, unproposed = connection.execute(sql).fetchone() or (0, 0)
    done = int(connection.execute("SELECT count(*) FROM crop_answers").get or 0)
    copies = connection.execute(
        "SELECT count(*) FROM crop_answers a WHERE a.w > 0"
        " AND NOT EXISTS (SELECT 1 FROM crop_copies k WHERE k.image_id = a.image_id)"
    ).get
    return Counts(int(waiting), done, int(unproposed or 0) + missing, int(copies or 0))


def _unproposed_of_trios(connection: apsw.Connection) -> list[int]:
    return [
        image
        for (image,) in connection.execute(
            f"{_TRIOS} SELECT i.id FROM trio t JOIN members m ON m.group_id = t.id JOIN images i ON i.id = m.image_id"
            " JOIN features f ON f.image_id = i.id"
            " LEFT JOIN crops c ON c.image_id = i.id AND c.content = i.content_hash"
            " WHERE c.image_id IS NULL AND i.missing_since IS NULL AND i.quarantine IS NULL"
        )
    ]


def wanted(connection: apsw.Connection) -> list[int]:
    """Every image that a proposal is made for: those that wait, in the queue's order, then those of trios."""
    singles = connection.execute(f"{_WANTED} SELECT w.id FROM wanted w {_PRESENT} ORDER BY w.asked DESC, w.id")
    trios = connection.execute(
        f"{_TRIOS} SELECT i.id FROM trio t JOIN groups g ON g.id = t.id JOIN members m ON m.group_id = t.id"
        " JOIN images i ON i.id = m.image_id JOIN features f ON f.image_id = i.id"
        " WHERE i.missing_since IS NULL AND i.quarantine IS NULL ORDER BY g.position, m.rank"
    )
    return list(dict.fromkeys([*(image for (image,) in singles), *(image for (image,) in trios)]))
