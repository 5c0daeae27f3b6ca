"""Nothing is set aside unless what stays for it is on the disk, as it was when the two were compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apsw
import msgspec

from engine.library.text import to_path
from engine.thinning import effects
from engine.thinning.sets_decide import standing

_STAYING = f"""
    SELECT g.id, i.filepath, i.size_bytes, i.mtime_ns FROM {effects.PRESENT} AND {effects.STAYS} = 1
        AND g.id IN (SELECT group_id FROM copies WHERE image_id IN (SELECT value FROM json_each(?)))
"""  # noqa: S608 - fixed words
_GROUPS = "SELECT image_id, group_id FROM copies WHERE image_id IN (SELECT value FROM json_each(?))"
_FILES = "SELECT filepath, size_bytes, mtime_ns FROM images WHERE id IN (SELECT value FROM json_each(?))"


def unguarded(connection: apsw.Connection, images: Sequence[int]) -> set[int]:
    """Those of these images for which nothing stays; what is in no group and no set is nobody's copy, so not here."""
    wanted = msgspec.json.encode(list(images)).decode()
    alive: dict[Any, bool] = defaultdict(bool)
    for group, *file in connection.execute(_STAYING, (wanted,)):
        alive[group] = alive[group] or _is_there(*file)
    grouped: Any = connection.execute(_GROUPS, (wanted,))
    answer: dict[int, bool] = {image: alive[group] for image, group in grouped}
    going = set(images)
    for pair in standing(connection):
        if not going.isdisjoint(pair.goes):
            rows = connection.execute(_FILES, (msgspec.json.encode(pair.stays).decode(),))
            there = all(_is_there(*file) for file in rows)
            answer |= {image: there or answer.get(image, False) for image in going.intersection(pair.goes)}
    return {image for image, there in answer.items() if not there}


def _is_there(path: Any, size: Any, mtime_ns: Any) -> bool:
    try:
        info = Path(to_path(path)).stat()
    except (OSError, ValueError):
        return False
    return (info.st_size, info.st_mtime_ns) == (size, mtime_ns)
