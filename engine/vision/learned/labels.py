"""What the person said of each tag: the labels that its detector learns from.

| an image                                               | label of a tag              |
|--------------------------------------------------------|-----------------------------|
| answered on the Check screen for this tag              | that answer, before all else |
| rejected with tags, this one among them                | yes                         |
| rejected with tags, but not with this one              | no                          |
| kept by the person                                     | no                          |
| kept in bulk, and not looked at since                  | none                        |
| rejected without a tag, alternate, reopened, undecided | none                        |
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import apsw
import msgspec

from engine.library.tags import TAGS

NEEDS = 20  # labels of each kind before a tag's detector is on
MOST = 2000  # labels of each kind that are learned from
_LEAST_NO, _TIMES_YES = 200, 5  # keepers are many and no more than a background: with the answers, so many

_SPEAKS = (
    "(v.verdict IN ('keep', 'reject') AND NOT (v.verdict = 'reject' AND v.tags = '[]')"
    " AND NOT EXISTS (SELECT 1 FROM promoted p WHERE p.image_id = v.image_id AND p.kind = 'winner' AND NOT p.reviewed))"
)
# `instr` only spares most rows the reading of their JSON.
_NAMES = (
    "(v.verdict = 'reject' AND instr(v.tags, {tag})"
    " AND EXISTS (SELECT 1 FROM json_each(v.tags) s WHERE s.value = {tag}))"
)

# Of verdicts by their tags, of which there are few kinds, less what the answers overrule: no row an image and tag.
_COUNTS = f"""
    WITH spoken AS (
        SELECT v.verdict, v.tags, count(*) AS n FROM verdicts v WHERE {_SPEAKS} GROUP BY v.verdict, v.tags
    ), overruled AS (
        SELECT k.tag, v.verdict, v.tags, count(*) AS n FROM checks k JOIN verdicts v ON v.image_id = k.image_id
        WHERE {_SPEAKS} GROUP BY k.tag, v.verdict, v.tags
    ), parts AS (
        SELECT k.tag, sum(k.yes) AS yes, count(*) AS said FROM checks k GROUP BY k.tag
        UNION ALL SELECT t.value, sum(v.n * {_NAMES.format(tag="t.value")}), sum(v.n)
            FROM json_each(:tags) t CROSS JOIN spoken v GROUP BY t.value
        UNION ALL SELECT v.tag, -sum(v.n * {_NAMES.format(tag="v.tag")}), -sum(v.n) FROM overruled v GROUP BY v.tag
    ) SELECT tag, sum(yes), sum(said) - sum(yes) FROM parts GROUP BY tag
"""  # noqa: S608 - our own words

_LABELS = f"""
    SELECT i.content_hash, min(i.filepath), max(l.version), max(f.width), max(f.height), max(said.yes),
        max(said.direct), min(coalesce(m.group_id, -i.id))
    FROM (
        SELECT k.image_id, k.yes, 1 AS direct FROM checks k WHERE k.tag = :tag
        UNION ALL SELECT v.image_id, {_NAMES.format(tag=":tag")}, v.verdict = 'reject' FROM verdicts v
            WHERE {_SPEAKS} AND NOT EXISTS (SELECT 1 FROM checks k WHERE k.image_id = v.image_id AND k.tag = :tag)
    ) said JOIN images i ON i.id = said.image_id
    JOIN features f ON f.image_id = i.id JOIN looked l ON l.image_id = i.id AND l.content = i.content_hash
    LEFT JOIN members m ON m.image_id = i.id GROUP BY i.content_hash
"""  # noqa: S608


class Item(NamedTuple):
    """A content to work with: where its file is, what looked at it, pixels of the original."""

    content: str
    path: str
    version: str
    width: int
    height: int


class Label(NamedTuple):
    """What the person said of one content.

    Attributes:
        direct: answered or tagged; a keeper only says it by the way.
        family: number of its group; none of a group may be held out while others of it are learned from.
    """

    item: Item
    yes: bool
    direct: bool
    family: int


def counts(connection: apsw.Connection) -> dict[str, tuple[int, int]]:
    """Of each tag how many images are labelled (yes, no); a few milliseconds at 100 000 images."""
    found = dict.fromkeys(TAGS, (0, 0))
    for tag, yes, no in connection.execute(_COUNTS, {"tags": msgspec.json.encode(TAGS).decode()}):
        if tag in found:
            found[tag] = int(yes), int(no)
    return found


def ready(numbers: tuple[int, int]) -> bool:
    """Whether there is enough of both kinds."""
    return min(numbers) >= NEEDS


def labels(connection: apsw.Connection, tag: str) -> list[Label]:
    """The labels of a tag to learn from, one a content that was looked at, in an order that hangs on nothing else.

    Copies of which one says yes say yes. Answers and tags come before keepers, of which only as many are taken as a
    background needs; of more than MOST always the same ones.
    """
    found = [
        Label(Item(content, path, version, width, height), bool(yes), bool(direct), family)
        for content, path, version, width, height, yes, direct, family in connection.execute(_LABELS, {"tag": tag})
    ]
    found.sort(key=lambda label: (not label.direct, hashlib.sha256(label.item.content.encode()).digest()))
    yes = [label for label in found if label.yes][:MOST]
    no = [label for label in found if not label.yes]
    enough = max(_LEAST_NO, _TIMES_YES * len(yes), sum(label.direct for label in no))
    return yes + no[: min(enough, MOST)]
