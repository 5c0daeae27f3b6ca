"""What is known of one image: its cues from the database, everything else from the cache; loads no model.

The cache is read without `engine.vision.cache.Cache`, which checks the whole file when it opens it: an image is asked
for many times a minute.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, cast

import apsw

from engine.errors import NotFound
from engine.library.store import Library
from engine.vision import look_rows
from engine.vision.cache import key
from engine.vision.seen import Cue, CueName, Look


class Known(NamedTuple):
    """Of one image.

    Attributes:
        looked: whether it was looked at, as it is now.
        look: all that was seen; None where it was not looked at or the cache does not have it.
        cues: what looks wrong, also beside its siblings; worst first.
    """

    looked: bool
    look: Look | None
    cues: list[Cue]


def known(library: Library, image: int) -> Known:
    """What is known of an image. Raises NotFound where there is none of that number."""
    with library.db.read() as connection:
        row = connection.execute(
            "SELECT i.content_hash, l.version FROM images i"
            " LEFT JOIN looked l ON l.image_id = i.id AND l.content = i.content_hash WHERE i.id = ?", (image,),
        ).fetchone()  # fmt: skip
        cues = _cues(connection, image)
    if row is None:
        raise NotFound(f"There is no image {image}.")
    content, version = row
    if content is None or version is None:
        return Known(looked=False, look=None, cues=[])
    return Known(looked=True, look=cached(library.paths.vectors, version, content), cues=cues)


def _cues(connection: apsw.Connection, image: int) -> list[Cue]:
    rows = connection.execute(
        "SELECT name, score, x1, y1, x2, y2, text FROM cues WHERE image_id = ? ORDER BY score DESC, name, x1", (image,)
    )
    return [Cue(cast("CueName", name), score, (x1, y1, x2, y2), text) for name, score, x1, y1, x2, y2, text in rows]


def cached(file: Path, version: str, content: str) -> Look | None:
    """What was seen in this content by this version; `file` is the library's `vectors.db`.

    None as well where the cache is absent, damaged or in use: it is only a cache.
    """
    if not file.is_file():
        return None
    try:
        connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            connection.set_busy_timeout(1000)
            one = "SELECT value FROM vectors WHERE kind = ? AND content = ?"
            data = connection.execute(one, (f"look/{version}", key(content))).get
        finally:
            connection.close()
    except apsw.Error:
        return None
    return look_rows.decoded(data) if isinstance(data, bytes) else None
