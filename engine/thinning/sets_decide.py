"""The matches of the last search for sets that still stand, and what a person says of them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any, NamedTuple

import apsw
import msgspec

from engine.errors import NotFound
from engine.library.journal import Record
from engine.library.store import Library
from engine.thinning.sets_about import About

Ids = tuple[int, ...]
_ALL = "SELECT id, stays, goes, about FROM set_matches ORDER BY position"
_ONE = "SELECT id, stays, goes, about FROM set_matches WHERE id = ?"
_THESE = "(SELECT value FROM json_each(:images))"
_GONE = f"SELECT id FROM images WHERE missing_since IS NOT NULL AND id IN {_THESE}"  # noqa: S608 - fixed words
_APART = f"SELECT one, other FROM apart WHERE one IN {_THESE} AND other IN {_THESE}"  # noqa: S608 - fixed words
_CHOSEN = f"SELECT image_id, stays FROM choices WHERE image_id IN {_THESE}"  # noqa: S608 - fixed words


class Pair(NamedTuple):
    """Two sets that show the same, as a person has it: `stays` and `goes` are image ids by stage."""

    id: str
    stays: Ids
    goes: Ids
    about: About
    flipped: bool


def standing(connection: apsw.Connection) -> list[Pair]:
    """Matches of which every image is there, and that nobody set apart; in the order of the search."""
    return _pairs(connection, connection.execute(_ALL))


def _pairs(connection: apsw.Connection, rows: Iterable[Any]) -> list[Pair]:
    """Those of some rows of `set_matches` that still stand."""
    decode, about = msgspec.json.Decoder(Ids).decode, msgspec.json.Decoder(About).decode
    found = [(key, decode(stays), decode(goes), what) for key, stays, goes, what in rows]
    these = {"images": msgspec.json.encode(list({i for _, *sets, _ in found for i in chain(*sets)})).decode()}
    gone = {image for (image,) in connection.execute(_GONE, these)}
    apart: set[Any] = set(connection.execute(_APART, these))
    chosen: dict[Any, Any] = dict(connection.execute(_CHOSEN, these))
    answer = []
    for key, one, other, what in found:
        pairs = {(min(pair), max(pair)) for pair in zip(one, other, strict=True)}
        if gone.isdisjoint((*one, *other)) and apart.isdisjoint(pairs):
            flipped = all(chosen.get(image) == 1 for image in other) and all(chosen.get(image) == 0 for image in one)
            answer.append(Pair(key, *((other, one) if flipped else (one, other)), about(what), flipped))
    return answer


def _find(library: Library, key: str) -> Pair:
    with library.db.read() as connection:
        found = _pairs(connection, connection.execute(_ONE, (key,)))
    if found:
        return found[0]
    raise NotFound("These sets no longer stand against each other.", "Go on with the next.")


def _paths(library: Library, images: Ids) -> list[tuple[str, str]]:
    sql = "SELECT filepath, coalesce(content_hash, '') FROM images WHERE id = ?"
    with library.db.read() as connection:
        found: Any = [connection.execute(sql, (image,)).fetchone() for image in images]
    return list(found)


def flip(library: Library, key: str) -> str:
    """Let the other set stay; answers with the label. Raises NotFound."""
    pair = _find(library, key)
    goes, stays = _paths(library, pair.stays), _paths(library, pair.goes)
    record = Record(
        ts="", set_id=key, images=[p for p, _ in (*goes, *stays)], hashes=[c for _, c in (*goes, *stays)], kind="swap",
        also=[p for p, _ in stays],
    )  # fmt: skip
    label = "Let the other set stay"
    library.decide(record, label)
    return label


def apart(library: Library, key: str) -> str:
    """These sets are not duplicates, which is remembered of their first images. Raises NotFound."""
    pair = _find(library, key)
    both = _paths(library, (pair.stays[0], pair.goes[0]))
    label = "Two sets are not duplicates"
    library.decide(
        Record(ts="", set_id=key, images=[p for p, _ in both], hashes=[c for _, c in both], kind="apart"), label
    )
    return label


def going(library: Library, key: str | None = None) -> list[int]:
    """Images of the redundant set of one match, or of all; what stays in any match does not go. Raises NotFound."""
    if key is not None:
        return list(_find(library, key).goes)
    with library.db.read() as connection:
        pairs = standing(connection)
    kept = {image for pair in pairs for image in pair.stays}
    return list(dict.fromkeys(i for pair in pairs if kept.isdisjoint(pair.goes) for i in pair.goes))
