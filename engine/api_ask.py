"""The calls for what to ask next: groups in an order that was learned, pages of them accepted at once, contradictions.

Spec 4, section 7, and spec 3, part C: unsure ones first to learn from, close calls and disputes, clear ones first to be
quick, and decided ones that contradict the rest. What orders them brings NumPy with it, so it is loaded when somebody
asks.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw

from engine import answers, wire
from engine.culling import decide, queue
from engine.culling.views import Reason
from engine.errors import WrongUse
from engine.library.text import file_url, to_path, to_text
from engine.wire import learn

if TYPE_CHECKING:
    from engine.api import Engine
    from engine.culling import asking
    from engine.learning.ask import Asked
    from engine.library.settings import Settings

CULLED: list[wire.Screen] = ["library", "cull", "sweep", "crop", *answers.RANKED]
MOST = 200  # groups a page


def _ask(engine: Engine, request: learn.GetAsk) -> learn.Ask:
    from engine.culling import asking
    from engine.learning import state

    library = engine.need()
    offset, limit = answers.page(request.offset, request.limit)
    with library.db.read() as connection:
        told = state.read(connection)
        model = told.model or asking.model(connection)
        if not model:
            why = f"{told.why} {_so_far(connection)}" if told == state.State() else told.why
            return learn.Ask(0, offset, "", why, [])
        total, found = _found(connection, request, library.settings, offset, limit)
        groups = {row[1]: row for row in asking.rows(connection, [asked.group for asked in found])}
        items = [_item(connection, library.paths.thumbs, groups[a.group], a) for a in found if a.group in groups]
    return learn.Ask(total, offset, model, "" if total else _nothing(request), items)


def _found(
    connection: apsw.Connection, request: learn.GetAsk, settings: Settings, offset: int, limit: int
) -> tuple[int, list[Asked]]:
    """A page of the order. The clear ones come from the bound on, without those that are drawn for a check."""
    from engine.culling import asking
    from engine.learning import ask
    from engine.vision import cue_settings

    if request.order == "obvious":
        total, clear = asking.clear(connection, request.least, offset, limit)
        return total, [ask.Asked(*c[:5], checked=False, reasons=ask.reasons(c.reasons)) for c in clear]
    least = cue_settings.least(settings.cues)
    return ask.page(connection, request.order, offset, limit, settings.learning.random_share, least)


def _so_far(connection: apsw.Connection) -> str:
    decided = queue.counts(connection).decided
    return f"You have decided {decided:,} group{'s' * (decided != 1)} so far."


def _nothing(request: learn.GetAsk) -> str:
    if request.order == "obvious":
        return (
            f"No undecided group is at least {request.least:.0%} sure." if request.least else "No group is undecided."
        )
    if request.order == "disputed":
        return "Nobody is at odds over an undecided group."
    return "Nothing you decided is in doubt." if request.order == "doubted" else "No group is undecided."


def _item(connection: apsw.Connection, thumbs: Path, row: asking.Row, asked: Asked) -> learn.AskItem:
    group = queue.queue_item(connection, thumbs, *row)
    if asked.checked:
        return learn.AskItem(group, 0, "", "", "", 0.0, asked.information, differs=False, reasons=[])
    path, content = connection.execute(
        "SELECT filepath, content_hash FROM images WHERE id = ?", (asked.image,)
    ).get or ("", None)
    return learn.AskItem(
        group=group, image=asked.image, url=file_url(to_path(path)), thumb_url=queue.thumb_url(thumbs, content),
        filename=to_text(to_path(path).name), confidence=asked.confidence, information=asked.information,
        differs=asked.differs, reasons=[Reason(r.name, r.text, r.weight) for r in asked.reasons], rival=asked.rival,
        dispute=asked.dispute.kind if asked.dispute else "", tag=asked.dispute.tag if asked.dispute else "",
    )  # fmt: skip


def _contradictions(engine: Engine, request: learn.GetContradictions) -> learn.Contradictions:
    from engine.learning import contradictions

    library = engine.need()
    offset, limit = answers.page(request.offset, request.limit)
    with library.db.read() as connection:
        found = contradictions.standing(connection)
        items = [
            learn.Contradiction(
                one.kind, [_image(connection, library.paths.thumbs, image) for image in one.images], one.against
            )
            for one in found[offset : offset + limit]
        ]
        return learn.Contradictions(len(found), contradictions.groups(connection), offset, items)


def _image(connection: apsw.Connection, thumbs: Path, image: int) -> learn.ContradictingImage:
    found: Any = connection.execute("SELECT filepath, content_hash FROM images WHERE id = ?", (image,)).get
    path, content = found or ("", None)
    return learn.ContradictingImage(image, to_text(to_path(path).name), queue.thumb_url(thumbs, content))


def _accept(engine: Engine, request: learn.AcceptRecommended) -> wire.Changed:
    if request.images and len(request.images) != len(request.group_ids):
        raise WrongUse("There is not one image for each group.")
    label, groups = decide.accept_recommended(engine.need(), request.group_ids[:MOST], request.images[:MOST])
    return answers.changed(engine, label, CULLED, group=groups[0])


HANDLERS: dict[type[wire.Request], Callable[[Engine, Any], object]] = {
    learn.GetAsk: _ask,
    learn.GetContradictions: _contradictions,
    learn.AcceptRecommended: _accept,
}
