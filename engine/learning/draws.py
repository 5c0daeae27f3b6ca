"""Which groups are asked blind, to measure by: drawn by chance, once, and for ever by their images.

A group is drawn when something is recommended of it for the first time. Afterwards neither another share nor other
groups of the same images draw again: who was once told openly cannot be asked blind, and who was drawn is not told. A
draw is spent where the person answered, undone since or not, as they were told the answer then; and where the model
learned from a comparison of two of its images, as it would be measured by what it was taught.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import apsw
import msgspec

from engine.learning.labels import Finder
from engine.library.journal import Record

# Comparisons between two members of one group.
_COMPARED = """
    SELECT DISTINCT c.winner_id FROM comparisons c JOIN matches m ON m.id = c.match_id
    JOIN members a ON a.image_id = c.winner_id JOIN members b ON b.image_id = c.loser_id
    WHERE m.judge = '' AND a.group_id = b.group_id
"""
_ANSWERED = "SELECT record FROM decisions WHERE instr(record, CAST('\"proposed\":{' AS BLOB))"
# Decisions beside a recommendation, or in bulk by them, though nothing is known of any draw.
_LOST = """
    SELECT NOT EXISTS (SELECT 1 FROM draws)
        AND (EXISTS (SELECT 1 FROM agreements) OR EXISTS (SELECT 1 FROM promoted WHERE batch != ''))
"""
_KEEP = "INSERT INTO draws VALUES (?, ?) ON CONFLICT (image_id) DO UPDATE SET blind = excluded.blind"


class Draws(NamedTuple):
    """Of each group whether it is asked blind; of each image that was not known so, whether its group is."""

    blind: list[bool]
    news: list[tuple[int, bool]]


def drawn(key: str, share: float) -> bool:
    """Whether chance draws a new group; a larger share holds a smaller."""
    number = int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
    return number < share * 2**64


def draw(connection: apsw.Connection, groups: Sequence[tuple[str, Sequence[int]]], share: float) -> Draws:
    """Settle which of these groups, keys with their images, are asked blind.

    Args:
        share: of the groups that nothing was recommended of before, 0 to 1.
    """
    known, news = _known(connection)
    spent = _spent(connection)
    blind: list[bool] = []
    for key, images in groups:
        before = {known.get(image) for image in images}
        told = False in before or not spent.isdisjoint(images)
        blind.append(not told and (True in before or drawn(key, share)))
        news += [(image, blind[-1]) for image in images if known.get(image) is not blind[-1]]
    return Draws(blind, news)


def keep(connection: apsw.Connection, news: Sequence[tuple[int, bool]]) -> None:
    """Remember this, before anything is told."""
    connection.executemany(_KEEP, news)


def _known(connection: apsw.Connection) -> tuple[dict[int, bool], list[tuple[int, bool]]]:
    """What was settled of images, and what of that is news.

    Where it was lost with the database, any image may have been told of; so each counts as told of.
    """
    if connection.execute(_LOST).get:
        told = {int(image): False for (image,) in connection.execute("SELECT id FROM images")}
        return told, list(told.items())
    rows = connection.execute("SELECT image_id, blind FROM draws")
    return {int(image): bool(blind) for image, blind in rows}, []


def _spent(connection: apsw.Connection) -> set[int]:
    spent = {int(image) for (image,) in connection.execute(_COMPARED)}
    answered: list[Any] = connection.execute(_ANSWERED).fetchall()
    finder = Finder(connection) if answered else None
    for (data,) in answered:
        record = msgspec.json.decode(data, type=Record)
        if finder is not None and record.proposed:
            spent.update(finder.find(record).values())
    return spent
