"""The calls for what was seen in the images: start looking, and what one image shows.

What looks brings models with it, so it is loaded when somebody looks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import apsw
import msgspec

from engine import answers, wire
from engine.culling import queue
from engine.library import history
from engine.library.journal import Record
from engine.library.tags import TAGS
from engine.library.text import file_url, to_path
from engine.progress import Progress
from engine.wire import vision

if TYPE_CHECKING:
    from engine.api import Engine
    from engine.vision.look import Summary


def _look(engine: Engine, _: object) -> wire.JobRef:
    library = engine.need()
    library.need_write()

    def work(progress: Progress) -> str:
        from engine.culling.run import regroup
        from engine.vision.look import look

        done = look(library, progress)
        regroup(library, progress)  # a doubt may send a group to the person
        return _sentence(done)

    running = engine.jobs.running("look")
    return wire.JobRef(engine.jobs.start("look", work) if running is None else running)


def _sentence(done: Summary) -> str:
    doubts = sum(done.flags.values())
    images = f"{done.images:,} image{'' if done.images == 1 else 's'} looked at so far"
    found = f"{doubts:,} doubt{'' if doubts == 1 else 's'}" if doubts else "nothing looks wrong"
    return " ".join([f"{images}: {found}.", *done.notices])


def _seen(engine: Engine, request: vision.GetSeen) -> vision.Seen:
    from engine.vision import cue_settings, look_seen
    from engine.vision.seen import Look, People

    library = engine.need()
    known = look_seen.known(library, request.image)
    least = cue_settings.least(library.settings.cues)
    look = known.look or Look(People(0, 0))
    people = look.people
    return vision.Seen(
        image=request.image, looked=known.looked, whole=known.look is not None, width=people.width,
        height=people.height, hands=[hand.points for hand in people.hands],
        faces=[vision.SeenFace(face.box, list(face.eyes or ())) for face in people.faces],
        bodies=[vision.SeenBody(body.points, body.visibility) for body in people.bodies],
        cues=[
            vision.SeenCue(c.name, c.score, c.box, c.text, c.name in least and c.score >= least[c.name])
            for c in known.cues
        ],
        abstained=[vision.SeenAbstained(a.name, a.box, a.text) for a in look.abstained],
    )  # fmt: skip


def _checks(engine: Engine, request: vision.GetChecks) -> vision.Checks:
    from engine.vision import checks, cue_settings

    library = engine.need()
    names = msgspec.json.encode(sorted(cue_settings.least(library.settings.cues))).decode()
    with library.db.read() as connection:
        rows = checks.waiting(connection, names, request.tag, *answers.page(request.offset, request.limit))
        waiting = checks.counts(connection, names)
        looked = int(connection.execute("SELECT count(*) FROM looked").get or 0)
        sizes = {row.image: _features(connection, row.image) for row in rows}
    total = waiting.get(request.tag, 0) if request.tag else sum(waiting.values())
    tags = [vision.CheckTag(tag, waiting.get(tag, 0), 0, 0, 20, False, None, None) for tag in TAGS]
    thumbs = library.paths.thumbs
    return vision.Checks(
        total=total, offset=request.offset, looked=looked, tags=tags,
        items=[
            vision.Check(
                image=row.image, tag=row.tag, cue=row.cue, score=row.score, text=row.text, box=row.box,
                filename=to_path(row.path).name, url=file_url(to_path(row.path)),
                thumb_url=queue.thumb_url(thumbs, row.content), displayable=sizes[row.image][2] in queue.DISPLAYABLE,
                missing=False, width=sizes[row.image][0], height=sizes[row.image][1],
            )
            for row in rows
        ],
    )  # fmt: skip


def _features(connection: apsw.Connection, image: int) -> tuple[int, int, str]:
    found = connection.execute("SELECT width, height, format FROM features WHERE image_id = ?", (image,)).fetchone()
    return (int(found[0]), int(found[1]), str(found[2])) if found else (0, 0, "")


def _answer(engine: Engine, request: vision.AnswerCheck) -> wire.Changed:
    from engine.vision import checks

    label = checks.answer(engine.need(), request.image, request.tag, yes=request.yes)
    return answers.changed(engine, label, ["check"], image=request.image)


def turned(engine: Engine, record: Record, label: str) -> wire.Changed:
    """What undoing or redoing an answer gives: the image it was about."""
    with engine.need().db.read() as connection:
        image = next(iter(history.image_ids(connection, record)), 0)
    return answers.changed(engine, label, ["check"], image=image)


HANDLERS: dict[type[wire.Request], Callable[[Engine, Any], object]] = {
    vision.LookForWrong: _look,
    vision.GetSeen: _seen,
    vision.GetChecks: _checks,
    vision.AnswerCheck: _answer,
}
