"""The calls of the Insight screen: plots, gates, deciding in bulk and looking at that afterwards.

All of it brings NumPy with it, so it is loaded when somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import answers, api_learning, wire
from engine.culling.queue import thumb_url
from engine.library.journal import Record
from engine.library.text import file_url, to_path, to_text
from engine.progress import Progress
from engine.wire import learn

if TYPE_CHECKING:
    import apsw

    from engine.api import Engine
    from engine.learning.insight import Point
    from engine.learning.likes import Like
    from engine.learning.review import Item
    from engine.library.store import Library

_STALE: list[wire.Screen] = ["insight", "library", "cull", "sweep", "crop", *answers.RANKED]
KINDS = frozenset({"promote", "reviewed", "gate"})
PLOTS = ("agreement", "calibration", "learning", "accept_rate", "ask_rate", "actions", "saved", "queue_mix")
_SHOWN = """
    SELECT i.filepath, i.content_hash, coalesce(g.key, ''), coalesce(f.width, 0), coalesce(f.height, 0),
        a.x, a.y, a.x + a.w, a.y + a.h
    FROM images i LEFT JOIN members m ON m.image_id = i.id LEFT JOIN groups g ON g.id = m.group_id
    LEFT JOIN features f ON f.image_id = i.id LEFT JOIN crop_answers a ON a.image_id = i.id AND a.w > 0 WHERE i.id = ?
"""
_POINT = ("x", "y", "low", "high", "n", "label")


def _insight(engine: Engine, _: object) -> learn.Insight:
    from engine.learning import contradictions, insight, likes, review, state

    library = engine.need()
    card, weights, unread = _card(library)
    with library.db.read() as connection:
        drawn = insight.plots(connection, library.paths)
        told = state.read(connection)
        return learn.Insight(
            card=card, why="" if card else told.why or unread, gates=_gates(connection, library),
            **{name: _points(getattr(drawn, name)) for name in PLOTS},
            likes=[_liking(library.paths.thumbs, one) for one in likes.likes(connection, weights)],
            contradictions=contradictions.count(connection),
            reviewing=review.count(connection),
        )  # fmt: skip


def _card(library: Library) -> tuple[learn.Card | None, dict[str, float], str]:
    """The card of the model in use and its weights; where it cannot be read, why."""
    from engine.learning import cards

    found, why = cards.in_use(library)
    if found is None:
        return None, {}, why
    shown = learn.Card(
        name=found.name, kind=found.kind, at=found.at, pairs=found.pairs, families=found.families,
        images=found.images, accuracy=found.metrics.accuracy, calibration_error=found.metrics.calibration_error,
        earlier=cards.earlier(library),
    )  # fmt: skip
    return shown, found.weights, ""


def _gates(connection: apsw.Connection, library: Library) -> list[learn.Gate]:
    from engine.learning import gates, promote

    found = []
    for gate in gates.gates(connection, library.settings.learning):
        kind = gate.kind
        ready = promote.ready(connection, library.settings, kind) if gate.open and kind != "residual" else 0
        found.append(learn.Gate(**gate._asdict(), ready=ready))
    return found


def _points(points: Sequence[Point]) -> list[learn.Point]:
    return [learn.Point(*point) for point in points]


def _liking(thumbs: Path, like: Like) -> learn.Liking:
    most, least = ([thumb_url(thumbs, content) for content in some] for some in (like.most, like.least))
    return learn.Liking(like.name, like.text, like.weight, most, least)


def _export(engine: Engine, _: object) -> learn.CsvFiles:
    from engine.learning import contradictions, gates, insight, likes
    from engine.library.csvfile import write_csv

    library = engine.need()
    library.need_write()
    with library.db.read() as connection:
        drawn = insight.plots(connection, library.paths)
        contradicting = contradictions.rows(connection)
        shut = gates.gates(connection, library.settings.learning)
        liked = likes.rows(connection, likes.likes(connection, _card(library)[1]))
    files = []
    for name in PLOTS:
        files.append(library.paths.reports / f"insight_{name}.csv")
        write_csv(files[-1], _POINT, getattr(drawn, name))
    files.append(library.paths.reports / "insight_contradictions.csv")
    write_csv(files[-1], contradictions.COLUMNS, contradicting)
    files.append(library.paths.reports / "insight_gates.csv")
    write_csv(files[-1], gates.Gate._fields, shut)
    files.append(library.paths.reports / "insight_likes.csv")
    write_csv(files[-1], likes.Row._fields, liked)
    files.append(library.paths.reports / "insight_model.csv")
    write_csv(files[-1], ("name", "value"), _figures(engine))
    return learn.CsvFiles([to_text(file) for file in files])


def _figures(engine: Engine) -> list[tuple[str, str | float | None]]:
    """What the screen tells beside its plots: the card of the model, what it weighs, and how much waits."""
    said = _insight(engine, None)
    _, weights, _ = _card(engine.need())
    card = [] if said.card is None else [(name, getattr(said.card, name)) for name in said.card.__struct_fields__]
    weighed = [(f"weight {name}", weight) for name, weight in sorted(weights.items())]
    return [*card, *weighed, ("why", said.why), ("contradictions", said.contradictions), ("reviewing", said.reviewing)]


def _promote(engine: Engine, request: learn.Promote) -> wire.JobRef:
    library = engine.need()
    library.need_write()

    def work(progress: Progress) -> str:
        from engine.learning.promote import promote

        return promote(library, request.kind, progress, apply=True).sentence()

    running = engine.jobs.running("promote")
    return wire.JobRef(engine.jobs.start("promote", work) if running is None else running)


def _review(engine: Engine, request: learn.GetReview) -> learn.Review:
    from engine.learning import review
    from engine.vision import cue_settings

    library = engine.need()
    least = cue_settings.least(library.settings.cues)
    offset, limit = answers.page(request.offset, request.limit)
    with library.db.read() as connection:
        items = review.waiting(connection, least, offset, limit)
        total = review.count(connection)
        return learn.Review(total, offset, [_item(connection, library.paths.thumbs, item) for item in items])


def _item(connection: apsw.Connection, thumbs: Path, item: Item) -> learn.ReviewItem:
    row: Any = connection.execute(_SHOWN, (item.image,)).fetchone()
    path, box = to_path(row[0]), row[5:]
    return learn.ReviewItem(
        image=item.image, group_id=row[2], kind=item.kind, batch=item.batch, filename=path.name, url=file_url(path),
        thumb_url=thumb_url(thumbs, row[1]), confidence=item.confidence, flags=item.flags, width=row[3], height=row[4],
        box=box if item.kind == "crop" and None not in box else None,
    )  # fmt: skip


def _reviewed(engine: Engine, request: learn.ReviewDone) -> wire.Changed:
    from engine.learning import review

    label = review.done(engine.need(), request.images, request.crops)
    return answers.changed(engine, label, ["insight"])


def _shut(engine: Engine, request: learn.ShutGate) -> wire.Changed:
    from engine.learning import gates

    return answers.changed(engine, gates.shut(engine.need(), request.kind, on=request.shut), ["insight"])


def is_ours(record: Record) -> bool:
    """Whether `turned` answers for it: pages that the person looked at before belong to Cull."""
    return record.kind in KINDS and not (record.kind == "promote" and record.yes is True)


def turned(engine: Engine, record: Record, label: str) -> wire.Changed:
    """What undoing or redoing one of these gives."""
    if record.kind == "promote":
        api_learning.reopened(engine)
    return answers.changed(engine, label, _STALE if record.kind == "promote" else ["insight"])


HANDLERS: dict[type[wire.Request], Callable[[Engine, Any], object]] = {
    learn.GetInsight: _insight,
    learn.ExportInsight: _export,
    learn.Promote: _promote,
    learn.GetReview: _review,
    learn.ReviewDone: _reviewed,
    learn.ShutGate: _shut,
}
