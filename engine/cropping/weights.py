"""The weights of a library's crops: those of its settings, and what the person's answers taught since."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

import apsw
import msgspec

from engine.cropping.model import TERMS
from engine.library.journal import Cropped
from engine.library.settings import Crop
from engine.library.store import Library

_SINCE = "FROM crop_answers WHERE at > coalesce((SELECT max(at) FROM taste_resets), '')"
_REMEMBERED = 64  # states: an undo comes back to one of them
Key = tuple[int, str, int, tuple[float, ...]]  # how many answers, the time of the last, the sum of their images, start
_known: WeakKeyDictionary[Library, dict[Key, dict[str, float]]] = WeakKeyDictionary()


def start(settings: Crop) -> dict[str, float]:
    """The settings' weights by term, where taste begins."""
    return {term: float(getattr(settings, term)) for term in TERMS}


def weights(library: Library) -> dict[str, float]:
    """What boxes are scored with now, by term; of answers that were read before only the new one is read."""
    first = start(library.settings.crop)
    known = _known.setdefault(library, {})
    with library.db.read() as connection:
        number, at, images = connection.execute(f"SELECT count(*), max(at), sum(image_id) {_SINCE}").get
        key = number, at or "", images or 0, tuple(first.values())
        found = known.get(key)
        if found is None:
            found = known[key] = _learned(connection, first, key, known)
            for old in list(known)[:-_REMEMBERED]:
                known.pop(old, None)
    return dict(found)


def taught(library: Library) -> int:
    """How many answers the weights were learned from: those since they were last forgotten."""
    with library.db.read() as connection:
        return int(connection.execute(f"SELECT count(*) {_SINCE}").get)


def _learned(
    connection: apsw.Connection, first: dict[str, float], key: Key, known: dict[Key, dict[str, float]]
) -> dict[str, float]:
    """The weights of a new state: one answer further than a known one, or from the beginning."""
    from engine.cropping.taste import learned

    newest = connection.execute(f"SELECT image_id, at {_SINCE} ORDER BY at DESC LIMIT 2").fetchall()
    if len(newest) == 2:
        (image, _), (_, before) = newest
        earlier = known.get((key[0] - 1, str(before), key[2] - int(image or 0), key[3]))
        if earlier is not None:
            return learned(first, _answers(connection, "ORDER BY at DESC LIMIT 1"), earlier)
    return learned(first, _answers(connection, "ORDER BY at"))


def _answers(connection: apsw.Connection, order: str) -> Iterator[Cropped]:
    """The answers since the last reset in some order; one that cannot be read teaches nothing."""
    for (note,) in connection.execute(f"SELECT note {_SINCE} {order}"):
        try:
            yield msgspec.json.decode(note, type=Cropped)
        except (msgspec.MsgspecError, UnicodeError):
            continue
