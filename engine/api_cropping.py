"""The calls of the Crop screen: the queue, what one image shows, decisions, what was learned, and the two jobs.

The search brings NumPy with it, so it is loaded when somebody crops.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine import answers, wire
from engine.culling.queue import DISPLAYABLE, thumb_url
from engine.errors import NotFound
from engine.library import history
from engine.library.journal import Record
from engine.library.text import file_url, to_path, to_text
from engine.progress import Progress
from engine.wire import crop

if TYPE_CHECKING:
    import apsw

    from engine.api import Engine
    from engine.cropping.model import Proposal
    from engine.cropping.queue import Entry
    from engine.cropping.rows import Answered, Picture

KINDS = frozenset({"to_crop", "crop", "crops", "trio", "uncrop", "taste", "cut"})
MOST_IMAGES = 9
# The screen that an undo is shown on comes first.
_STALE: list[wire.Screen] = ["crop", "cull", "sweep", "export"]


def _propose(engine: Engine, _: object) -> wire.JobRef:
    library = engine.need()
    library.need_write()

    def work(progress: Progress) -> str:
        from engine.cropping import job

        return job.propose(library, progress).sentence()

    running = engine.jobs.running("propose")
    return wire.JobRef(engine.jobs.start("propose", work) if running is None else running)


def _queue(engine: Engine, request: crop.GetCrops) -> crop.Crops:
    from engine.cropping import queue

    library = engine.need()
    offset, limit = answers.page(request.offset, request.limit)
    with library.db.read() as connection:
        settings = library.settings.crop
        entries = queue.page(connection, settings, request.which, offset, limit, trios=request.trios)
        counted = queue.counts(connection, trios=request.trios)
        items = [_item(engine, connection, entry) for entry in entries]
    return crop.Crops(
        total=counted.done if request.which == "done" else counted.waiting, waiting=counted.waiting,
        done=counted.done, unproposed=counted.unproposed, copies=counted.copies, offset=offset, items=items,
    )  # fmt: skip


def _item(engine: Engine, connection: apsw.Connection, entry: Entry) -> crop.CropItem:
    from engine.cropping import rows

    thumbs = engine.need().paths.thumbs
    pictures = rows.pictures(connection, entry.images)
    return crop.CropItem(
        images=entry.images, group_id=entry.group, thumb_urls=[thumb_url(thumbs, p.content) for p in pictures],
        filename=_name(pictures[0]), confidence=entry.confidence, clean=entry.clean, asked_for=entry.asked,
        unassisted=entry.unassisted,
    )  # fmt: skip


def _images(engine: Engine, request: crop.GetCrop) -> crop.CropImages:
    from engine.cropping import rows

    library = engine.need()
    with library.db.read() as connection:
        pictures = rows.pictures(connection, request.images[:MOST_IMAGES])
    return crop.CropImages([_image(engine, picture) for picture in pictures])


def _image(engine: Engine, picture: Picture) -> crop.CropImage:
    from engine.cropping import grid, proposing, rows

    library = engine.need()
    proposal = proposing.current(library, picture)
    with library.db.read() as connection:
        answer = rows.answer(connection, picture.id)
        copied = connection.execute("SELECT EXISTS (SELECT 1 FROM crop_copies WHERE image_id = ?)", (picture.id,)).get
    path = to_path(picture.path)
    return crop.CropImage(
        id=picture.id, filename=_name(picture), path=picture.path, url=file_url(path),
        thumb_url=thumb_url(library.paths.thumbs, picture.content), displayable=picture.format in DISPLAYABLE,
        missing=picture.gone, width=picture.width, height=picture.height,
        step=grid.step(picture.width, picture.height) if picture.width else (1, 1),
        candidates=_candidates(proposal), keep_out=_keep_out(proposal), heads=_heads(engine, picture),
        clean=proposal.clean if proposal else True, why=proposal.why if proposal else "",
        confidence=proposal.confidence if proposal else 0.0, ratio_error=proposal.ratio_error if proposal else 0.0,
        copied=bool(copied), **_answered(picture, answer),
    )  # fmt: skip


def _answered(picture: Picture, answer: Answered | None) -> dict[str, Any]:
    if answer is None:
        return {"choice": None, "box": None, "tags": []}
    return {"choice": answer.choice, "box": answer.box or (0, 0, picture.width, picture.height), "tags": answer.tags}


def _candidates(proposal: Proposal | None) -> list[crop.CropCandidate]:
    return [
        crop.CropCandidate(one.id, one.box, one.note, one.score, one.terms, one.avoids)
        for one in (proposal.candidates if proposal else [])
    ]


def _keep_out(proposal: Proposal | None) -> list[crop.CropKeepOut]:
    return [
        crop.CropKeepOut(one.shape, one.region, one.text, one.tag) for one in (proposal.keep_out if proposal else [])
    ]


def _heads(engine: Engine, picture: Picture) -> list[tuple[float, float, float, float]]:
    from engine.cropping import people
    from engine.vision import look_seen

    look = look_seen.known(engine.need(), picture.id).look
    return [head.box for head in people.heads(look.people)] if look else []


def _name(picture: Picture) -> str:
    return to_text(to_path(picture.path).name)


def _measure(engine: Engine, request: crop.MeasureBox) -> crop.Measured:
    from engine.cropping import decide, proposing, rows

    library = engine.need()
    with library.db.read() as connection:
        pictures = rows.pictures(connection, [request.image])
    if not pictures:
        raise NotFound("That image is no longer in the library.")
    decide.check_box(_name(pictures[0]), pictures[0].width, pictures[0].height, request.box)
    found = proposing.measure(library, pictures[0], request.box)
    return crop.Measured(found.score, found.terms, found.avoids, found.ratio_error)


def _choose(engine: Engine, request: crop.Choose) -> wire.Changed:
    from engine.cropping import decide

    given = request.answer
    answer = decide.Choice(
        image=given.image, choice=given.choice, box=given.box, tags=given.tags, time_ms=request.time_ms,
        actions=request.actions, unassisted=request.unassisted,
    )  # fmt: skip
    label = decide.choose(engine.need(), answer, request.group_id, request.losers)
    return answers.changed(engine, label, _STALE, group=request.group_id, image=given.image)


def _send(engine: Engine, request: crop.SendToCrop) -> wire.Changed:
    from engine.cropping import decide

    label = decide.send(engine.need(), request.image, on=request.on)
    return answers.changed(engine, label, _STALE, image=request.image)


def _taste(engine: Engine, _: object) -> crop.Taste:
    from engine.cropping import readouts, taste, weights

    library = engine.need()
    with library.db.read() as connection:
        read = readouts.read(connection)
    start, now = weights.start(library.settings.crop), weights.weights(library)
    return crop.Taste(
        answers=weights.taught(library), weights=[crop.TasteWeight(*lesson) for lesson in taste.lessons(start, now)],
        accept_rate=read.accept_rate, accept_rate_before=read.accept_rate_before, actions=read.actions,
        easy=read.easy, seconds=read.seconds, seconds_unassisted=read.seconds_unassisted,
        seconds_saved=read.seconds_saved,
    )  # fmt: skip


def _forget(engine: Engine, _: object) -> wire.Changed:
    from engine.cropping import decide

    return answers.changed(engine, decide.forget_taste(engine.need()), _STALE)


def _cut(engine: Engine, _: object) -> wire.JobRef:
    library = engine.need()
    library.need_write()

    def work(progress: Progress) -> str:
        from engine.export.crops import run

        with library.files_still(wait=True):
            report = run.cut_all(library, progress)
        library.remember("exported_to", report.to)
        return report.sentence()

    running = engine.jobs.running("cut")
    return wire.JobRef(engine.jobs.start("cut", work) if running is None else running)


def turned(engine: Engine, record: Record, label: str) -> wire.Changed:
    """What undoing or redoing a decision about crops gives: the one image it was about, and the group of a trio."""
    with engine.need().db.read() as connection:
        images = dict(zip(record.images, history.image_ids(connection, record), strict=True))
    image = 0 if record.kind in ("cut", "crops") else images.get(record.winner or "", next(iter(images.values()), 0))
    return answers.changed(engine, label, _STALE, group=record.set_id if record.kind == "trio" else "", image=image)


HANDLERS: dict[type[wire.Request], Callable[[Engine, Any], object]] = {
    crop.Propose: _propose,
    crop.GetCrops: _queue,
    crop.GetCrop: _images,
    crop.MeasureBox: _measure,
    crop.Choose: _choose,
    crop.SendToCrop: _send,
    crop.GetTaste: _taste,
    crop.ForgetTaste: _forget,
    crop.Cut: _cut,
}
