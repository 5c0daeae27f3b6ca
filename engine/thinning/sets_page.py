"""Stage sets side by side, for the screen."""

from __future__ import annotations

from typing import Any

import apsw
import msgspec

from engine.library.store import Library
from engine.thinning.page import BESIDE, VIEW, named, view
from engine.thinning.sets import Told
from engine.thinning.sets_decide import Pair, standing
from engine.thinning.views import SetMatch, SetMatches, SetSide

_IMAGE = f"SELECT {VIEW} FROM images i {BESIDE} WHERE i.id = ?"  # noqa: S608 - fixed words


def last_run(connection: apsw.Connection) -> Told | None:
    text = connection.execute("SELECT value FROM facts WHERE name = 'sets_run'").get
    try:
        return msgspec.json.decode(text, type=Told) if text else None
    except msgspec.MsgspecError:
        return None


def matches(connection: apsw.Connection, library: Library, offset: int, limit: int) -> SetMatches:
    """A page of matches, in the order of the search."""
    pairs, run = standing(connection), last_run(connection)
    return SetMatches(
        total=len(pairs), bytes=sum(_bytes(pair)[1] for pair in pairs), searched=run is not None,
        report=run.report if run else "", note=run.note if run else "", offset=offset,
        items=[_match(connection, library, pair) for pair in pairs[offset : offset + limit]],
    )  # fmt: skip


def _bytes(pair: Pair) -> tuple[int, int]:
    """Of the set that stays and of the one that goes."""
    one, other = pair.about.bytes
    return (other, one) if pair.flipped else (one, other)


def _match(connection: apsw.Connection, library: Library, pair: Pair) -> SetMatch:
    about: Any = pair.about
    turn = -1 if pair.flipped else 1
    sides = [
        SetSide(
            key, time,
            [view(library.paths.thumbs, row) for i in images for row in named(connection.execute(_IMAGE, (i,)))], size,
        )
        for key, time, images, size in zip(
            about.keys[::turn], about.times[::turn], (pair.stays, pair.goes), _bytes(pair), strict=True
        )
    ]  # fmt: skip
    return SetMatch(
        id=pair.id, stages=list(about.stages), similarity=list(about.similarity), measure=about.measure,
        metadata=about.metadata, stays=sides[0], goes=sides[1], reason=about.back if pair.flipped else about.reason,
        flipped=pair.flipped,
    )  # fmt: skip
