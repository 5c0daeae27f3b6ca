"""What a judge answered, read back as a ranking reads it."""

from __future__ import annotations

import apsw

from engine.ranking.followed import Entry, Followed
from engine.ranking.projection import Told


def entries(connection: apsw.Connection, judge: str = "") -> list[Entry]:
    return Followed(judge).catch_up(connection)[1]


def outcomes(connection: apsw.Connection, judge: str = "") -> list[Told]:
    """Every pick and draw, in the order they were made."""
    return [Told(one.images, one.kind == "draw") for one in entries(connection, judge) if one.kind != "skip"]


def skips(connection: apsw.Connection, judge: str = "") -> list[tuple[int, ...]]:
    return [one.images for one in entries(connection, judge) if one.kind == "skip"]
