"""What the Duplicates screen shows of the last search, read from the library."""

from __future__ import annotations

import datetime as dt
import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import apsw
import msgspec

from engine.culling.queue import DISPLAYABLE, thumb_url
from engine.culling.views import DefectView
from engine.intake.model import Quality
from engine.library import history
from engine.library.journal import Record
from engine.library.store import Library, set_fact
from engine.library.text import file_url, to_path
from engine.thinning import effects, found
from engine.thinning.views import Copies, CopiesItem, CopiesView, CopyView

SECONDS = 1.0  # a scan changes what is there twice as often, and counting keeps the writer from it
_counted: WeakKeyDictionary[Library, float] = WeakKeyDictionary()  # when each library's groups were counted last

_OPEN = "present > 1 AND (going > 0 OR :kept)"
_PAGE = f"""
    SELECT g.key, g.present, g.going, g.bytes, i.content_hash FROM copy_groups g JOIN images i ON i.id = g.keeper
    WHERE {_OPEN} ORDER BY g.id LIMIT :limit OFFSET :offset
"""  # noqa: S608 - fixed words
# What goes is what accepting all sets aside: nothing of a group of which nothing would stay.
TOTALS = f"""
    SELECT count(*), coalesce(sum(going) FILTER (WHERE going < present), 0),
        coalesce(sum(bytes) FILTER (WHERE going < present), 0)
    FROM copy_groups WHERE {_OPEN}
"""  # noqa: S608 - fixed words
VIEW = """
    i.id, i.filepath, i.filename, coalesce(so.path, '') AS source, i.content_hash, f.format, i.cropped, f.width,
    f.height, i.size_bytes, m.stage, i.mtime_ns, m.quality, f.quality AS measures, m.defects,
    i.mu - 3 * i.sigma AS score, i.comparison_count AS comparisons,
    coalesce(ge.prompt, '') AS prompt, coalesce(ge.seed, '') AS seed
"""
BESIDE = """
    LEFT JOIN features f ON f.image_id = i.id LEFT JOIN members m ON m.image_id = i.id
    LEFT JOIN sources so ON so.id = i.source_id LEFT JOIN generations ge ON ge.image_id = i.id
"""
_MEMBERS = f"""
    SELECT {VIEW}, c.distance, c.similarity, c.reason, c.stays AS rule, {effects.STAYS} AS stays
    FROM {effects.PRESENT.replace("WHERE", BESIDE + "WHERE")} AND g.key = ? ORDER BY c.rank
"""  # noqa: S608 - fixed words


def refresh(connection: apsw.Connection) -> None:
    """Count all groups anew."""
    effects.refresh_all_copies(connection)
    serial = connection.execute("SELECT value FROM facts WHERE name = 'intake_serial'").get
    set_fact(connection, "copies_serial", str(serial or ""))


def recount(library: Library, *, scanning: bool = False) -> None:
    """Count all groups anew where a scan has changed what is there; while one does, at most once in SECONDS."""
    with library.db.read() as connection:
        stale = _stale(connection)
    if not stale or (scanning and time.monotonic() - _counted.get(library, -math.inf) < SECONDS):
        return
    library.write(refresh)
    _counted[library] = time.monotonic()


def _stale(connection: apsw.Connection) -> bool:
    return bool(
        connection.execute(
            "SELECT (SELECT value FROM facts WHERE name = 'intake_serial')"
            " IS NOT (SELECT value FROM facts WHERE name = 'copies_serial')"
        ).get
    )


def group_of(connection: apsw.Connection, record: Record) -> tuple[str, int]:
    """The group a decision was about, as it is called now, and its first image."""
    image = next(iter(history.image_ids(connection, record)), 0)
    sql = "SELECT g.key FROM copies c JOIN copy_groups g ON g.id = c.group_id WHERE c.image_id = ?"
    return str(connection.execute(sql, (image,)).get or ""), image


def copies(connection: apsw.Connection, thumbs: Path, *, kept: bool, offset: int, limit: int) -> Copies:
    """A page of groups, largest first."""
    total, going, size = connection.execute(TOTALS, {"kept": kept}).fetchone() or (0, 0, 0)
    rows = connection.execute(_PAGE, {"kept": kept, "limit": limit, "offset": offset})
    items = [
        CopiesItem(key, "open" if out else "kept", count, out, bytes_, thumb_url(thumbs, content))
        for key, count, out, bytes_, content in rows
    ]
    return Copies(found.last_run(connection), total, going, size, offset, items)


def groups(connection: apsw.Connection, thumbs: Path, keys: Sequence[str]) -> list[CopiesView]:
    """Whole groups in the order asked for; without those of which fewer than two images are left."""
    answer = []
    for key in keys:
        cursor = connection.execute(_MEMBERS, (key,))
        members = [view(thumbs, row) for row in named(cursor)]
        if len(members) > 1:
            gone = [m for m in members if not m.stays]
            answer.append(CopiesView(key, "open" if gone else "kept", sum(m.size_bytes for m in gone), members))
    return answer


def named(cursor: apsw.Cursor) -> list[dict[str, Any]]:
    """Rows by the names of their columns."""
    return [{column[0]: value for column, value in zip(cursor.get_description(), row, strict=True)} for row in cursor]


def view(thumbs: Path, row: dict[str, Any]) -> CopyView:
    """One image; what only a group knows of it may be absent from the row."""
    path = to_path(row["filepath"])
    parent, source = os.path.dirname(row["filepath"]), row["source"]  # noqa: PTH120 - text, not a path
    blur = msgspec.json.decode(row["measures"], type=Quality).blur_px if row["measures"] else 0.0
    stays = bool(row.get("stays", True))
    return CopyView(
        id=row["id"], path=row["filepath"], filename=row["filename"],
        folder=parent[len(source) :].strip("/\\") if source and parent.startswith(source) else parent,
        url=file_url(path), thumb_url=thumb_url(thumbs, row["content_hash"]),
        displayable=row["format"] in DISPLAYABLE, cropped=bool(row["cropped"]), width=row["width"] or 0,
        height=row["height"] or 0, size_bytes=row["size_bytes"], format=row["format"] or "", stage=row["stage"],
        modified_at=_iso(row["mtime_ns"]), quality=row["quality"] or 0.0, blur_px=blur,
        defects=[d.name for d in msgspec.json.decode(row["defects"] or b"[]", type=list[DefectView])],
        score=row["score"], comparisons=row["comparisons"], distance=row.get("distance"),
        similarity=row.get("similarity"), stays=stays, flipped=bool(row.get("rule", stays)) != stays,
        reason=row.get("reason", ""), prompt=row["prompt"], seed=row["seed"],
    )  # fmt: skip


def _iso(nanoseconds: int) -> str:
    try:
        return dt.datetime.fromtimestamp(nanoseconds // 10**9, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return ""
