"""The calls for what was seen in the images: start looking, and what one image shows.

What looks brings models with it, so it is loaded when somebody looks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine import wire
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


HANDLERS: dict[type[wire.Request], Callable[[Engine, Any], object]] = {
    vision.LookForWrong: _look,
    vision.GetSeen: _seen,
}
