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
_known: WeakKeyDictionary[Library, tuple[object, dict[str, float]]] = WeakKeyDictionary()


def start(settings: Crop) -> dict[str, float]:
    """The settings' weights by term, where taste begins."""
    return {term: float(getattr(settings, term)) for term in TERMS}


def weights(library: Library) -> dict[str, float]:
    """What boxes are scored with now, by term; the answers are read again only where there are others."""
    first = start(library.settings.crop)
    with library.db.read() as connection:
        state = connection.execute(f"SELECT count(*), max(at), sum(image_id) {_SINCE}")
        key = (*(state.fetchone() or ()), tuple(first.values()))
        known = _known.get(library)
        if known is None or known[0] != key:
            from engine.cropping.taste import learned

            known = _known[library] = (key, learned(first, _answers(connection)))
    return dict(known[1])


def _answers(connection: apsw.Connection) -> Iterator[Cropped]:
    """The answers since the last reset, oldest first; one that cannot be read teaches nothing."""
    for (note,) in connection.execute(f"SELECT note {_SINCE} ORDER BY at"):
        try:
            yield msgspec.json.decode(note, type=Cropped)
        except (msgspec.MsgspecError, UnicodeError):
            continue
