"""What a proposal was made from, in a short word: where that is the same, it need not be made again.

It holds the search's version, the settings and weights, what the picture was looked at with, its doubts, and what the
person said of them, and another tool's sidecar beside it. The picture's content is kept beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import apsw
import msgspec

from engine.cropping import sidecars
from engine.cropping.rows import Picture
from engine.cropping.weights import weights
from engine.errors import Unreadable
from engine.library.store import Library
from engine.library.text import to_path
from engine.vision import cue_settings

SEARCH = "crop-1"  # changes when the search does: everything is proposed again


def base(library: Library) -> str:
    """Of what all pictures share."""
    crop = library.settings.crop
    rounded = {term: round(weight, 3) for term, weight in weights(library).items()}
    return _short([SEARCH, rounded, crop.margin, crop.smallest, cue_settings.least(library.settings.cues)])


def of(connection: apsw.Connection, common: str, pictures: Sequence[Picture]) -> dict[int, str]:
    """The version that a proposal of each picture would have now; `common` is what `base` gives."""
    about: dict[int, list[object]] = {picture.id: [common, picture.look] for picture in pictures}
    images = msgspec.json.encode(list(about)).decode()
    for table, columns in (("cues", "name, score, x1, y1, x2, y2, tag"), ("checks", "tag, yes")):
        rows = connection.execute(
            f"SELECT image_id, {columns} FROM {table} WHERE image_id IN (SELECT value FROM json_each(?))"  # noqa: S608
            f" ORDER BY image_id, {columns}",
            (images,),
        )
        for image, *values in rows:
            about[image].append(values)
    for picture in pictures:
        if (beside := _beside(picture)) is not None:
            about[picture.id].append(beside)
    return {image: _short(values) for image, values in about.items()}


def _beside(picture: Picture) -> str | None:
    """The content of another tool's sidecar; None where there is none that can be read."""
    try:
        found = sidecars.foreign(to_path(picture.path))
    except Unreadable:
        return None
    return None if found is None else hashlib.blake2b(found[1]).hexdigest()


def _short(values: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(values), digest_size=12).hexdigest()
