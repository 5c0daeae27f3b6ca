"""Answers that several calls share, and what they are made of."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from engine import wire
from engine.culling import queue, status
from engine.library import history
from engine.library.text import to_text

if TYPE_CHECKING:
    from engine.api import Engine

VERSION = "0.1.0"
LONGEST_PAGE = 1000  # rows
EVERYWHERE: list[wire.Screen] = [
    "library",
    "cull",
    "sweep",
    "rank",
    "rankings",
    "crop",
    "duplicates",
    "check",
    "same",
    "insight",
    "export",
]
RANKED: list[wire.Screen] = ["rank", "rankings"]


def library_status(engine: Engine) -> wire.Status:
    library = engine.need()
    held = status.holdings(library)
    with library.db.read() as connection:
        undo, redo = history.labels(connection)
    return wire.Status(
        library=to_text(library.paths.root), name=library.name, read_only=library.read_only, holder=library.holder,
        sources=[wire.Source(s.path, s.images, s.missing, s.reachable) for s in held.sources],
        images=held.images, missing=held.missing, quarantined=held.quarantined, groups=held.groups,
        keepers=held.keepers, needs_you=held.needs_you, decided=held.decided, undo=undo, redo=redo,
        job=engine.jobs.current(), notices=library.notices,
    )  # fmt: skip


def hello(engine: Engine, _: object) -> wire.HelloAnswer:
    library = engine.library
    platform: Any = {"darwin": "darwin", "win32": "windows"}.get(sys.platform, "linux")
    if library is None:
        return wire.HelloAnswer(VERSION, platform, None, None, "dark")
    place = library.fact("place")
    return wire.HelloAnswer(
        version=VERSION,
        platform=platform,
        status=library_status(engine),
        place=msgspec.json.decode(place, type=wire.Place) if place else None,
        theme=library.settings.window.theme,
    )


def changed(
    engine: Engine, label: str, stale: Sequence[wire.Screen], *, group: str = "", image: int = 0,
    match: Sequence[int] = (),
) -> wire.Changed:  # fmt: skip
    """What a mutation answers: which screens it made stale, and where it happened."""
    with engine.need().db.read() as connection:
        undo, redo = history.labels(connection)
        counts = queue.counts(connection)
    return wire.Changed(
        stale=list(stale), label=label, group_id=group, image_id=image, match=list(match), undo=undo, redo=redo,
        needs_you=counts.needs_you, decided=counts.decided,
    )  # fmt: skip


def page(offset: int, limit: int) -> tuple[int, int]:
    """Offset and limit of a page; SQLite would take a negative limit for none."""
    return max(offset, 0), min(max(limit, 0), LONGEST_PAGE)
