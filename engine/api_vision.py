"""The calls for what was seen in the images: start looking, and what one image shows.

What looks brings models with it, so it is loaded when somebody looks.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from engine import answers, wire
from engine.culling import queue
from engine.errors import WrongUse
from engine.library import history
from engine.library.journal import Record
from engine.library.tags import TAGS
from engine.library.text import file_url, to_path, to_text
from engine.progress import Progress
from engine.vision import checks, cue_settings
from engine.vision.learned import labels, state
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
    from engine.vision import look_seen
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
    library = engine.need()
    if request.tag and request.tag not in TAGS:
        raise WrongUse("There is no such tag.")
    names = msgspec.json.encode(sorted(cue_settings.least(library.settings.cues))).decode()
    with library.db.read() as connection:
        rows = checks.waiting(connection, names, request.tag, *answers.page(request.offset, request.limit))
        waiting = checks.counts(connection, names)
        looked = int(connection.execute("SELECT count(*) FROM looked").get or 0)
        said, on = labels.counts(connection), state.read(connection).on
    thumbs = library.paths.thumbs
    return vision.Checks(
        total=waiting.get(request.tag, 0) if request.tag else sum(waiting.values()), offset=request.offset,
        looked=looked, tags=[_tag(tag, waiting.get(tag, 0), said[tag], on.get(tag)) for tag in TAGS],
        items=[_check(thumbs, row) for row in rows],
    )  # fmt: skip


def _tag(tag: str, waiting: int, said: tuple[int, int], on: state.On | None) -> vision.CheckTag:
    return vision.CheckTag(
        tag=tag, waiting=waiting, yes=said[0], no=said[1], needs=labels.NEEDS, learned=on is not None,
        average_precision=on.average_precision if on else None,
        calibration_error=on.calibration_error if on else None,
    )  # fmt: skip


def _check(thumbs: Path, row: checks.Waiting) -> vision.Check:
    path = to_path(row.path)
    return vision.Check(
        image=row.image, tag=row.tag, cue=row.cue, score=row.score, text=row.text, box=row.box,
        filename=to_text(path.name), url=file_url(path), thumb_url=queue.thumb_url(thumbs, row.content),
        displayable=row.format in queue.DISPLAYABLE, missing=not path.is_file(), width=row.width, height=row.height,
    )  # fmt: skip


def _answer(engine: Engine, request: vision.AnswerCheck) -> wire.Changed:
    label = checks.answer(engine.need(), request.image, request.tag, yes=request.yes)
    taught(engine)
    return answers.changed(engine, label, ["check"], image=request.image)


def turned(engine: Engine, record: Record, label: str) -> wire.Changed:
    """What undoing or redoing an answer gives: the image it was about."""
    with engine.need().db.read() as connection:
        image = next(iter(history.image_ids(connection, record)), 0)
    taught(engine)
    return answers.changed(engine, label, ["check"], image=image)


def taught(engine: Engine) -> None:
    """Start learning in the background where there is enough that is new, and nothing else runs.

    What is said while another job runs is learned by the first answer after it, or by the next look.
    """
    library, current = engine.need(), engine.jobs.current()
    if library.read_only or (current is not None and current.state == "running"):
        return
    with library.db.read() as connection:
        due = state.due(state.read(connection), labels.counts(connection))

    def work(progress: Progress) -> str:
        from engine.culling.run import regroup
        from engine.vision.learned.run import learn

        done = learn(library, progress)
        if done.changed:
            regroup(library, progress)  # a doubt may send a group to the person
        return done.sentence()

    if due:
        engine.jobs.start("learn", work)


HANDLERS: dict[type[wire.Request], Callable[[Engine, Any], object]] = {
    vision.LookForWrong: _look,
    vision.GetSeen: _seen,
    vision.GetChecks: _checks,
    vision.AnswerCheck: _answer,
}
