"""Which images wait for a crop, in which order, and which are shown without a proposal.

An image waits when a person sent it to crop, or when it stays (kept by the person, or the first choice of a group that
nobody has to look at) and was not answered. Only images that are there and were read. First come those sent to crop,
then the surest proposals (or the least sure, or those nearest to what counts as sure, as the settings say), then those
without one.

A trio is a group that needs a person and has two to four images: they are shown at once, to pick and crop in one go.
"""

# ruff: noqa: S608 - every statement is put together from fixed words of this file

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import apsw
import msgspec

from engine.cropping.readouts import EASY
from engine.library.settings import Crop

Which = Literal["waiting", "done"]
EVERY = 20  # one in so many is decided without help, where the person lets that be measured
TRIO = (2, 4)  # images of a group that is shown as a trio

_THERE = "i.missing_since IS NULL AND i.quarantine IS NULL AND i.content_hash IS NOT NULL"
_UNANSWERED = (
    "NOT EXISTS (SELECT 1 FROM crop_answers a WHERE a.image_id = {0}) AND {0} NOT IN (SELECT image_id FROM to_crop)"
)
# What stays and was not answered, but for what was sent to crop.
_STAYS = f"""
    WITH stays(id) AS (
        SELECT v.image_id FROM verdicts v WHERE v.verdict = 'keep' AND {_UNANSWERED.format("v.image_id")}
        UNION SELECT m.image_id FROM groups g CROSS JOIN members m ON m.group_id = g.id
        WHERE g.status = 'auto' AND m.decision = 'keeper' AND {_UNANSWERED.format("m.image_id")}
    )
"""
_COUNT = f"""{_STAYS} SELECT count(*), coalesce(sum(c.image_id IS NULL), 0) FROM stays w
    CROSS JOIN images i ON i.id = w.id
    LEFT JOIN crops c ON c.image_id = w.id AND c.content = i.content_hash WHERE {_THERE}
"""
# A page in the order of the index: the first entries are found without reading the others.
_PROPOSED = f"""
    SELECT c.image_id, c.confidence, c.clean
    FROM crops c INDEXED BY idx_crops_order CROSS JOIN images i ON i.id = c.image_id
    WHERE {_UNANSWERED.format("c.image_id")} AND i.content_hash = c.content AND {_THERE}
    AND (EXISTS (SELECT 1 FROM verdicts v WHERE v.image_id = c.image_id AND v.verdict = 'keep')
        OR EXISTS (SELECT 1 FROM members m JOIN groups g ON g.id = m.group_id
            WHERE m.image_id = c.image_id AND m.decision = 'keeper' AND g.status = 'auto'))
"""
_UNPROPOSED = f"""{_STAYS} SELECT w.id, NULL, NULL FROM stays w CROSS JOIN images i ON i.id = w.id
    LEFT JOIN crops c ON c.image_id = w.id AND c.content = i.content_hash
    WHERE c.image_id IS NULL AND {_THERE} ORDER BY w.id
"""
_ASKED = f"""
    SELECT t.image_id, c.confidence, c.clean FROM to_crop t CROSS JOIN images i ON i.id = t.image_id
    LEFT JOIN crops c ON c.image_id = i.id AND c.content = i.content_hash WHERE {_THERE}
"""
_ORDER = {
    "easy": "c.confidence DESC, c.image_id",
    "close": f"abs(c.confidence - {EASY}), c.image_id",
    "unsure": "c.confidence, c.image_id DESC",
}
_PAGE = " LIMIT ? OFFSET ?"
_DONE = """
    SELECT a.image_id, c.confidence, c.clean FROM crop_answers a JOIN images i ON i.id = a.image_id
    LEFT JOIN crops c ON c.image_id = i.id AND c.content = i.content_hash ORDER BY a.at DESC, a.image_id
"""
# Crops without a copy, as `engine.export.crops.run` writes them.
_COPIES = f"""
    SELECT count(*) FROM crop_answers a JOIN images i ON i.id = a.image_id WHERE a.w > 0 AND {_THERE}
    AND NOT EXISTS (SELECT 1 FROM crop_copies k WHERE k.image_id = a.image_id AND k.at >= a.at)
"""
# Groups that need a person, with as many present images as a trio has.
_TRIOS = f"""
    WITH trio(id, confidence, clean, missing) AS (
        SELECT g.id, min(c.confidence), min(coalesce(c.clean, 1)), count(*) - count(c.image_id)
        FROM groups g CROSS JOIN members m ON m.group_id = g.id CROSS JOIN images i ON i.id = m.image_id
        LEFT JOIN crops c ON c.image_id = i.id AND c.content = i.content_hash
        WHERE g.status = 'review' AND {_THERE}
        GROUP BY g.id HAVING count(*) BETWEEN {TRIO[0]} AND {TRIO[1]}
    )
"""
_TRIO_ORDER = {
    "easy": "t.confidence IS NULL, t.confidence DESC, g.position",
    "close": f"t.confidence IS NULL, abs(t.confidence - {EASY}), g.position",
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
    """Of the whole queue; `unproposed` images that wait and have no proposal, `copies` crops that can get a copy."""

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
        done: list[Any] = connection.execute(_DONE + _PAGE, (limit, offset)).fetchall()
        return [_entry(settings, *row, done=True) for row in done]
    if trios:
        return _trios(connection, settings, offset, limit)
    return _singles(connection, settings, offset, limit)


def surest(connection: apsw.Connection, least: float) -> list[tuple[int, float]]:
    """The images that wait and have a clean proposal at least this sure, and how sure; the surest first."""
    rows: Any = connection.execute(f"{_PROPOSED} AND c.clean AND c.confidence >= ? ORDER BY {_ORDER['easy']}", (least,))
    return [(int(image), float(sure)) for image, sure, _ in rows]


def _entry(
    settings: Crop, image: int, sure: float | None, clean: int | None, *, asked: bool = False, done: bool = False
) -> Entry:
    return Entry([image], "", sure or 0.0, clean != 0, asked, not done and is_unassisted(settings, image))


def _singles(connection: apsw.Connection, settings: Crop, offset: int, limit: int) -> list[Entry]:
    """What was sent to crop, then those with a proposal, then those without; read only as far as it is shown."""
    order = _ORDER[settings.order]
    asked: list[Any] = connection.execute(f"{_ASKED} ORDER BY c.confidence IS NULL, {order}, t.image_id").fetchall()
    found = [_entry(settings, *row, asked=True) for row in asked[offset : offset + limit]]
    skip = max(offset - len(asked), 0)
    if len(found) < limit:
        rows = _proposed(connection, settings.order, limit - len(found), skip)
        found += [_entry(settings, *row) for row in rows]
        if not rows and skip:
            stays, bare = connection.execute(_COUNT).get
            skip -= stays - bare
        else:
            skip = 0
    if len(found) < limit:
        bare_ones: list[Any] = connection.execute(_UNPROPOSED + _PAGE, (limit - len(found), max(skip, 0))).fetchall()
        found += [_entry(settings, *row) for row in bare_ones]
    return found


def _proposed(connection: apsw.Connection, order: str, limit: int, skip: int) -> list[Any]:
    """A page of those with a proposal; the close ones from the bound both ways, for which the index is enough too."""
    if order != "close":
        return connection.execute(f"{_PROPOSED} ORDER BY {_ORDER[order]} {_PAGE}", (limit, skip)).fetchall()
    sides = (f"c.confidence >= {EASY} ORDER BY {_ORDER['unsure']}", f"c.confidence < {EASY} ORDER BY {_ORDER['easy']}")
    found: list[Any] = [connection.execute(f"{_PROPOSED} AND {side} {_PAGE}", (limit + skip, 0)) for side in sides]
    return list(heapq.merge(*found, key=lambda row: abs(row[1] - EASY)))[skip : skip + limit]


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
        f" WHERE m.group_id IN (SELECT value FROM json_each(?)) AND {_THERE} ORDER BY m.group_id, m.rank",
        (msgspec.json.encode(list(groups)).decode(),),
    ):
        found[group].append(image)
    return found


def counts(connection: apsw.Connection, *, trios: bool) -> Counts:
    """`waiting` and `unproposed` are of images, or of trios and their images."""
    if trios:
        waiting, bare = connection.execute(f"{_TRIOS} SELECT count(*), coalesce(sum(missing), 0) FROM trio").get
    else:
        stays, without = connection.execute(_COUNT).get
        asked = connection.execute(_ASKED).fetchall()
        waiting, bare = stays + len(asked), without + sum(sure is None for _, sure, _ in asked)
    done = connection.execute("SELECT count(*) FROM crop_answers").get
    return Counts(waiting, done, bare, connection.execute(_COPIES).get)


def wanted(connection: apsw.Connection) -> list[int]:
    """Every image that a proposal is made for: those sent to crop, the others that wait, then those of trios."""
    asked = connection.execute(f"{_ASKED} ORDER BY t.image_id")
    stays = connection.execute(
        f"{_STAYS} SELECT w.id FROM stays w CROSS JOIN images i ON i.id = w.id WHERE {_THERE} ORDER BY 1"
    )
    trios = connection.execute(
        f"{_TRIOS} SELECT i.id FROM trio t JOIN groups g ON g.id = t.id JOIN members m ON m.group_id = t.id"
        f" JOIN images i ON i.id = m.image_id WHERE {_THERE} ORDER BY g.position, m.rank"
    )
    return list(dict.fromkeys(row[0] for part in (asked, stays, trios) for row in part))
