"""Undecided groups that are worth asking because opinions differ, or because two images are too close to call.

Spec 4, sections 4 and 7. Close: the margin between the best and the runner-up (Scheffer, Decomain and Wrobel, "Active
Hidden Markov Models for Information Extraction", 2001), here of how much the ranker likes them. Disputed: committees of
unlike judges disagree most about what is worth asking (Seung, Opper and Sompolinsky, "Query by Committee", 1992); the
judges are the ranker, the rule of stages and quality, and the detectors.

Groups that chance drew are no part of either: whether opinions differ on them is not told.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any, Literal, NamedTuple

import apsw
import msgspec

from engine.library.tags import TAG_OF
from engine.vision.learned import state as learned

Kind = Literal["rule", "doubt", "detectors"]

_OPEN = """
    FROM recommended r JOIN groups g ON g.key = r.group_key
    WHERE NOT r.checked AND NOT EXISTS (SELECT 1 FROM members m JOIN verdicts v ON v.image_id = m.image_id
        WHERE m.group_id = g.id AND v.verdict != 'open')
"""
_ROWS = f"SELECT g.key, g.id, r.image_id, r.confidence, r.differs {_OPEN}"
_RIVAL = """
    FROM members m JOIN predictions q ON q.image_id = m.image_id
    WHERE m.group_id = g.id AND m.image_id != r.image_id
"""
_CLOSE = f"""
    SELECT r.group_key, abs((SELECT p.mean FROM predictions p WHERE p.image_id = r.image_id)
        - (SELECT max(q.mean) {_RIVAL})) AS margin {_OPEN} ORDER BY margin IS NULL, margin, r.group_key
"""  # noqa: S608 - our own words
_RUNNER_UP = f"""
    SELECT (SELECT q.image_id {_RIVAL} ORDER BY q.mean DESC LIMIT 1)
    FROM recommended r JOIN groups g ON g.key = r.group_key WHERE r.group_key = ?
"""  # noqa: S608
_RULED = """
    SELECT m.image_id FROM members m JOIN groups g ON g.id = m.group_id
    WHERE g.key = ? AND m.decision IN ('keeper', 'review') ORDER BY m.rank LIMIT 1
"""
# What the detectors that are switched on say of some images, but for what the person has answered.
_CUES = """
    SELECT c.image_id, c.name, c.tag, c.score
    FROM json_each(?) some CROSS JOIN cues c ON c.image_id = some.value
    WHERE c.name IN (SELECT value FROM json_each(?))
        AND NOT EXISTS (SELECT 1 FROM checks k WHERE k.image_id = c.image_id AND k.tag = c.tag)
"""
_MEMBERS = "SELECT group_id, image_id FROM json_each(?) some CROSS JOIN members ON group_id = some.value"


class Dispute(NamedTuple):
    """Who is at odds over a group.

    Attributes:
        kind: `rule`: the rule of stages and quality would keep another than the ranker; `doubt`: the detectors doubt
            the one that the ranker would keep, and not all others; `detectors`: they are at odds over that one
            themselves.
        tag: what the detectors doubt, "" for `rule`.
        strength: 0 to 1, how sure both sides are.
    """

    group: str
    kind: Kind
    tag: str
    strength: float


class _Row(NamedTuple):
    key: str
    group: int
    image: int
    confidence: float
    differs: bool


class _Doubts(NamedTuple):
    """Of images: the strongest doubt of each, and by image and tag what each kind of detector says."""

    strongest: dict[int, tuple[float, str]]
    measured: dict[tuple[int, str], tuple[float, bool]]
    taught: dict[tuple[int, str], tuple[float, bool]]


def close(connection: apsw.Connection) -> list[str]:
    """The keys of undecided groups, the closest call first."""
    return [str(key) for key, _ in connection.execute(_CLOSE)]


def runner_up(connection: apsw.Connection, key: str) -> int:
    """The image of a group that the ranker likes next best; 0 where there is none."""
    return int(connection.execute(_RUNNER_UP, (key,)).get or 0)


def ruled(connection: apsw.Connection, key: str) -> int:
    """The image of a group that the rule of stages and quality would keep; 0 for none."""
    return int(connection.execute(_RULED, (key,)).get or 0)


def disputes(connection: apsw.Connection, least: Mapping[str, float]) -> dict[str, Dispute]:
    """By key, the undecided groups over which opinions differ, the strongest dispute first.

    Args:
        least: from which score on each cue that is switched on is a doubt.
    """
    rows = [_Row(*row) for row in connection.execute(_ROWS)]
    doubts = _doubts(connection, least, [row.image for row in rows])
    # The others of a group are asked for only where the one that the ranker would keep is doubted.
    apart = _apart(connection, least, {row.image: row.group for row in rows if row.image in doubts.strongest})
    tags = {tag for tag in learned.read(connection).on if tag in TAG_OF.values()}
    found = [dispute for row in rows if (dispute := _strongest(row, doubts, apart, tags))]
    return {one.group: one for one in sorted(found, key=lambda one: (-one.strength, one.group))}


def _json(values: Iterable[object]) -> str:
    return msgspec.json.encode(list(values)).decode()


def _doubts(connection: apsw.Connection, least: Mapping[str, float], images: Iterable[int]) -> _Doubts:
    found = _Doubts({}, {}, {})
    rows: Any = connection.execute(_CUES, (_json(images), _json(least)))
    for image, name, tag, score in rows:
        doubt = score >= least[name]
        if doubt:
            found.strongest[image] = max(found.strongest.get(image, (0.0, "")), (score, tag))
        said = found.taught if name == "learned" else found.measured
        said[image, tag] = max(said.get((image, tag), (0.0, False)), (score, doubt))
    return found


def _apart(connection: apsw.Connection, least: Mapping[str, float], doubted: Mapping[int, int]) -> set[int]:
    """Of the groups of these images that the detectors doubt: those with an image that they do not doubt."""
    members: list[Any] = connection.execute(_MEMBERS, (_json(doubted.values()),)).fetchall()
    others = [(group, image) for group, image in members if image not in doubted]
    too = _doubts(connection, least, [image for _, image in others]).strongest
    return {group for group, image in others if image not in too}


def _strongest(row: _Row, doubts: _Doubts, apart: Container[int], tags: set[str]) -> Dispute | None:
    """What is most at odds over a group; None where nobody is. `apart`: groups of which not all images are doubted."""
    found = [Dispute(row.key, "rule", "", row.confidence)] if row.differs else []
    if row.image in doubts.strongest and row.group in apart:
        score, tag = doubts.strongest[row.image]
        found.append(Dispute(row.key, "doubt", tag, row.confidence * score))
    for tag in sorted(tags):
        measured, taught = (said.get((row.image, tag), (0.0, False)) for said in (doubts.measured, doubts.taught))
        if measured[1] != taught[1]:
            found.append(Dispute(row.key, "detectors", tag, abs(measured[0] - taught[0])))
    return max(found, key=lambda one: one.strength, default=None)
