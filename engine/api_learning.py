"""The calls that learn what the person likes, and learning by itself once enough was decided.

The ranker brings NumPy with it, so it is loaded when there is something to learn.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from engine import wire
from engine.library.store import Library
from engine.progress import Progress
from engine.wire import learn

if TYPE_CHECKING:
    from engine.api import Engine

_started: WeakKeyDictionary[Library, int] = WeakKeyDictionary()  # the last job of `_start`


def _train(engine: Engine, _: object) -> wire.JobRef:
    library = engine.need()
    library.need_write()

    def work(progress: Progress) -> str:
        from engine.learning import train

        return train.train(library, progress, thorough=True).sentence()

    running = engine.jobs.running("train")
    return wire.JobRef(engine.jobs.start("train", work, LEARNED) if running is None else running)


def _back(engine: Engine, _: object) -> wire.JobRef:
    """Before the model that is in use now: a second click, or one while another is trained, does not go further."""
    library = engine.need()
    library.need_write()
    asked = _model(library)

    def work(progress: Progress) -> str:
        from engine.learning import train

        if asked and _model(library) != asked:
            return "Another model came into use meanwhile, so nothing was changed."
        done = train.revert(library, progress)
        return f"The model of before is in use again. {done.groups:,} groups with a recommendation."

    return wire.JobRef(engine.jobs.start("train", work, LEARNED))


def chosen(engine: Engine) -> None:
    """Learn again in the background where enough was decided since, and nothing else runs.

    What is decided while another job runs is learned by the first decision after it. Where learning was switched off,
    what is recommended goes at once.
    """
    library, current = engine.need(), engine.jobs.current()
    if library.read_only:
        return
    from engine.learning import state

    busy = current is not None and current.state == "running"
    if _to_clear(library) or (not busy and state.due(library)):
        _start(engine, library)


def _learn(library: Library, progress: Progress) -> str:
    from engine.learning import train

    progress.phase("learn")  # it waits no longer: see `_start`
    return train.train(library, progress).sentence()


def _start(engine: Engine, library: Library) -> None:
    """Learn behind the jobs there are, once.

    Other jobs of this kind do other things, and what is new may come too late for a run that has begun.
    """
    last = engine.jobs.current()
    waits = last is not None and last.id == _started.get(library) and last.phase == "waiting"
    if last is None or not waits or engine.jobs.running("learn") != last.id:  # or it was told to stop
        _started[library] = engine.jobs.start("learn", partial(_learn, library), LEARNED)


def _model(library: Library) -> str:
    """The name of the model that everything is recommended by, "" for none."""
    from engine.learning import state

    with library.db.read() as connection:
        return state.read(connection).model


def _to_clear(library: Library) -> bool:
    """Whether learning is off and something is recommended all the same."""
    return not library.read_only and not library.settings.learning.on and bool(_model(library))


def reopened(engine: Engine) -> None:
    """Groups that a batch had decided are open again: say of them too which image they would keep."""
    if _model(engine.need()):
        _start(engine, engine.need())


def opened(engine: Engine) -> None:
    """Learn what the session before left, behind the jobs that opening started."""
    from engine.learning import state

    library = engine.need()
    if _to_clear(library) or state.due(library, 1):
        _start(engine, library)


LEARNED: tuple[wire.Screen, ...] = ("cull", "rank", "insight")  # that show what was learned
# Calls after which it is asked whether to learn.
TEACHES: frozenset[type[wire.Request]] = frozenset({
    wire.Pick, wire.Reject, wire.Reopen, wire.Undo, wire.Redo, wire.crop.Choose, wire.rank.PickBest,
    learn.AcceptRecommended, learn.ReviewDone, wire.SetSetting,
})  # fmt: skip
HANDLERS: dict[type[wire.Request], Callable[[Engine, Any], object]] = {
    learn.Train: _train,
    learn.RevertModel: _back,
}
