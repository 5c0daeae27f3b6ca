"""Which groups are asked blind, to measure by: drawn by chance, once, and for ever by their images.

A group draws its lot when something is recommended of it for the first time, and is asked blind while that is below the
share. Neither another share nor other groups of the same images draw again: who was once told openly cannot be asked
blind any more, so a smaller share lets groups go for good and a larger one finds only new ones. A draw is spent also
where the person answered, undone since or not, as they were told the answer then; and where the model learned from a
comparison of two of its images, as it would be measured by what it was taught.
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
_KEEP = "INSERT INTO draws VALUES (?, ?) ON CONFLICT (image_id) DO UPDATE SET lot = excluded.lot"
TOLD = 1.0  # the lot of who was told: no share is larger


class Draws(NamedTuple):
    """Of each group whether it is asked blind; of images whose lot is another than was known, that lot."""

    blind: list[bool]
    news: list[tuple[int, float]]


def lot(key: str) -> float:
    """What chance gives a new group, 0 to less than 1: the same every time, and nothing of how hard it is."""
    number = int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
    return (number >> 11) / 2**53


def draw(connection: apsw.Connection, groups: Sequence[tuple[str, Sequence[int]]], share: float) -> Draws:
    """Settle which of these groups, keys with their images, are asked blind; `share` of the new ones, 0 to 1."""
    known, news = _known(connection)
    spent = _spent(connection)
    blind: list[bool] = []
    for key, images in groups:
        lots = [known[image] for image in images if image in known]
        told = TOLD in lots or not spent.isdisjoint(images)
        drawn = TOLD if told else min(lots, default=lot(key))
        blind.append(drawn < share)
        then = drawn if blind[-1] else TOLD
        news += [(image, then) for image in images if known.get(image) != then]
    return Draws(blind, news)


def keep(connection: apsw.Connection, news: Sequence[tuple[int, float]]) -> None:
    """Remember this, before anything is told."""
    connection.executemany(_KEEP, news)


def _known(connection: apsw.Connection) -> tuple[dict[int, float], list[tuple[int, float]]]:
    """The lots of images, and what of that is news.

    Where they were lost with the database, any image may have been told of; so each counts as told of.
    """
    if connection.execute(_LOST).get:
        told = {int(image): TOLD for (image,) in connection.execute("SELECT id FROM images")}
        return told, list(told.items())
    rows = connection.execute("SELECT image_id, lot FROM draws")
    return {int(image): float(drawn) for image, drawn in rows}, []


def _spent(connection: apsw.Connection) -> set[int]:
    spent = {int(image) for (image,) in connection.execute(_COMPARED)}
    answered: list[Any] = connection.execute(_ANSWERED).fetchall()
    finder = Finder(connection) if answered else None
    for (data,) in answered:
        record = msgspec.json.decode(data, type=Record)
        if finder is not None and record.proposed:
            spent.update(finder.find(record).values())
    return spent
