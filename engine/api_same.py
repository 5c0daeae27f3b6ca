"""The calls of the Same? screen: pairs in doubt, and the answers that bind the groups at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import apsw
import msgspec

from engine import answers, following, wire
from engine.culling import queue
from engine.library import history
from engine.library.journal import Record
from engine.library.store import Library
from engine.library.text import file_url, to_path
from engine.progress import Cancelled, Progress
from engine.wire import learn

if TYPE_CHECKING:
    from engine.api import Engine

MOST_PAIRS = 500
_IMAGES = """
    SELECT i.id, i.filename, i.filepath, i.content_hash, f.width, f.height, f.format,
        coalesce((SELECT g.key FROM members m JOIN groups g ON g.id = m.group_id WHERE m.image_id = i.id), '')
    FROM json_each(?) j JOIN images i ON i.id = j.value JOIN features f ON f.image_id = i.id
"""

_deepened: WeakKeyDictionary[Library, bool] = WeakKeyDictionary()


def _pairs(engine: Engine, request: learn.GetSame) -> learn.SamePairs:
    from engine.learning import same, same_pool

    library = engine.need()
    found = same.queue(library, min(request.limit, MOST_PAIRS), request.first, request.held[:MOST_PAIRS])
    if same_pool.pool(library).shallow:
        _deepen(engine, library)
    shown = [*found.asked, *found.held]
    with library.db.read() as connection:
        images = _images(connection, library, {image for asked in shown for image in asked[:2]})

    def views(some: list[same.Asked]) -> list[learn.SamePair]:
        return [
            learn.SamePair(images[a.one], images[a.other], *a[2:])
            for a in some
            if a.one in images and a.other in images
        ]  # fmt: skip

    return learn.SamePairs(found.waiting, found.answered, views(found.asked), views(found.held))


def _images(connection: apsw.Connection, library: Library, ids: set[int]) -> dict[int, learn.SameImage]:
    thumbs = library.paths.thumbs
    return {
        image: learn.SameImage(
            id=image, filename=name, url=file_url(to_path(path)), thumb_url=queue.thumb_url(thumbs, content),
            displayable=format_ in queue.DISPLAYABLE, width=width, height=height, group_id=key,
        )
        for image, name, path, content, width, height, format_, key in connection.execute(
            _IMAGES, (msgspec.json.encode(sorted(ids)).decode(),)
        )
    }  # fmt: skip


def _answer(engine: Engine, request: learn.AnswerSame) -> wire.Changed:
    from engine.learning import same

    label = same.answer(engine.need(), request.one, request.other, same=request.same)
    return _changed(engine, label, [request.one, request.other])


def _changed(engine: Engine, label: str, pair: list[int]) -> wire.Changed:
    others = answers.EVERYWHERE if following.follow(engine) else []
    stale: list[wire.Screen] = ["same", *(screen for screen in others if screen != "same")]
    return answers.changed(engine, label, stale, image=pair[0], match=pair)


def turned(engine: Engine, record: Record, label: str) -> wire.Changed:
    """What undoing or redoing an answer gives: `match` is the pair it was about."""
    with engine.need().db.read() as connection:
        pair = history.image_ids(connection, record)
    return _changed(engine, label, pair)


def _deepen(engine: Engine, library: Library) -> None:
    """Look into the first pairs in the background, once a library and only where nothing else runs."""
    from engine.vision import embedders

    current = engine.jobs.current()
    if library.read_only or library in _deepened or (current is not None and current.state == "running"):
        return
    if not embedders.installed(embedders.LITE0):
        return
    _deepened[library] = True

    def work(progress: Progress) -> str:
        from engine.learning import same_pool

        try:
            return same_pool.deepen(library, progress)
        except Cancelled:
            _deepened.pop(library, None)  # another time
            raise

    engine.jobs.start("learn", work, ["same"])


HANDLERS: dict[type[wire.Request], Callable[[Engine, Any], object]] = {
    learn.GetSame: _pairs,
    learn.AnswerSame: _answer,
}
