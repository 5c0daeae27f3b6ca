"""The calls for what to ask next: groups in an order that was learned, and pages of them accepted at once.

Spec 4, section 7, and spec 3, part C: unsure ones first to learn from, clear ones first to be quick. What contradicts
the rest is found by `engine.learning.qa`, which is loaded when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw

from engine import answers, wire
from engine.culling import asking, decide, queue, recommended
from engine.library.text import file_url, to_path
from engine.wire import learn

if TYPE_CHECKING:
    from engine.api import Engine

CULLED: list[wire.Screen] = ["library", "cull", "sweep", "crop", *answers.RANKED]
MOST = 200  # groups a page


def _ask(engine: Engine, request: learn.GetAsk) -> learn.Ask:
    library = engine.need()
    part = answers.page(request.offset, request.limit)
    with library.db.read() as connection:
        model = asking.model(connection)
        if not model:
            return learn.Ask(0, 0, "", _missing(connection), [])
        if request.order == "doubted":
            return learn.Ask(0, 0, model, _nothing(request), [])
        total, rows = asking.groups(connection, request.order, request.least, *part)
        items = [_item(connection, library.paths.thumbs, row) for row in rows]
    return learn.Ask(total, part[0], model, "" if total else _nothing(request), items)


def _missing(connection: apsw.Connection) -> str:
    decided = queue.counts(connection).decided
    return f"Nothing was learned yet. You have decided {decided:,} group{'s' * (decided != 1)} so far."


def _nothing(request: learn.GetAsk) -> str:
    if request.order == "obvious":
        return (
            f"No undecided group is at least {request.least:.0%} sure." if request.least else "No group is undecided."
        )
    return "No group is undecided." if request.order == "informative" else "Nothing you decided is in doubt."


def _item(connection: apsw.Connection, thumbs: Path, row: asking.Row) -> learn.AskItem:
    group = queue.queue_item(connection, thumbs, *row.group)
    if row.checked:
        return learn.AskItem(group, 0, "", "", "", 0.0, row.information, differs=False, reasons=[])
    path, content = connection.execute("SELECT filepath, content_hash FROM images WHERE id = ?", (row.image,)).get or (
        "",
        None,
    )
    return learn.AskItem(
        group=group, image=row.image, url=file_url(to_path(path)), thumb_url=queue.thumb_url(thumbs, content),
        filename=to_path(path).name, confidence=row.confidence, information=row.information, differs=row.differs,
        reasons=recommended.reasons_of(row.reasons),
    )  # fmt: skip


def _accept(engine: Engine, request: learn.AcceptRecommended) -> wire.Changed:
    label, groups = decide.accept_recommended(engine.need(), request.group_ids[:MOST])
    return answers.changed(engine, label, CULLED, group=groups[0])


HANDLERS: dict[type[wire.Request], Callable[[Engine, Any], object]] = {
    learn.GetAsk: _ask,
    learn.AcceptRecommended: _accept,
}
