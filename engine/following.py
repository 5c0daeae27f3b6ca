"""What follows from answers on Same?: groups at once, and once the person pauses the reports and what was learned.

Where an answer touches very many images, or more has changed than answers, the groups are formed anew in the background
too, once for all the answers given until then.
"""

from __future__ import annotations

import contextlib
import threading
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from engine import answers, wire
from engine.api_learning import LEARNED
from engine.errors import LibraryError, PickwiseError
from engine.library.store import Library
from engine.progress import Cancelled, Progress

if TYPE_CHECKING:
    from engine.api import Engine

AT_ONCE = 5000  # images: a quarter of a second
PAUSE = 2.0  # seconds without an answer, where groups are formed in the background
REST = 15.0  # and for what can wait: who thinks about each pair does not keep a core busy

_timers: WeakKeyDictionary[Library, threading.Timer] = WeakKeyDictionary()
_arming = threading.Lock()


def follow(engine: Engine) -> bool:
    """Make the groups those of the answers there are; whether any is another one now, or will be.

    An answer stands once it is recorded: where the disk refuses its groups, they are tried again in the background.
    """
    from engine.culling import rebind

    library = engine.need()
    changed: bool | None = None
    with contextlib.suppress(LibraryError):
        changed = rebind.follow(library, AT_ONCE)
    if changed is not False:
        _arm(engine, library, REST if changed else PAUSE)
    return changed is not False


def _arm(engine: Engine, library: Library, seconds: float) -> None:
    """Go on after so many seconds without another answer."""
    timer = threading.Timer(seconds, _tick, (engine, library, seconds))
    timer.daemon = True
    with _arming:
        before = _timers.pop(library, None)
        if before is not None:
            before.cancel()
        _timers[library] = timer
        timer.start()


def _tick(engine: Engine, library: Library, seconds: float) -> None:
    with _arming:
        if _timers.get(library) is not threading.current_thread():
            return  # an answer came in the meantime
        del _timers[library]
    if engine.library is not library:
        return
    job = engine.jobs.current()
    if job is not None and job.state == "running":
        _arm(engine, library, seconds)
        return
    with contextlib.suppress(PickwiseError):  # Pickwise is closing
        engine.jobs.start("learn", partial(_work, engine, library), LEARNED)


def _work(engine: Engine, library: Library, progress: Progress) -> str:
    from engine.culling.run import is_current, report
    from engine.learning import state, train

    begun = engine.jobs.current()
    try:
        if not is_current(library):
            _regroup(engine, library, progress)
            _arm(engine, library, REST)
            return "The groups follow your answers."
        progress.phase("export")
        report(library, progress)
        return train.train(library, progress).sentence() if state.due(library) else "The reports follow your answers."
    except Cancelled:
        now = engine.jobs.current()
        if begun is not None and now is not None and now.id != begun.id:  # it made way; else the person stopped it
            _arm(engine, library, REST)
        raise


def _regroup(engine: Engine, library: Library, progress: Progress) -> None:
    """Form the groups and report; that there are others is told also where only the reports fail or are stopped."""
    from engine.culling.run import regroup

    before = library.fact("formed")
    try:
        regroup(library, progress)
    finally:
        if library.fact("formed") != before:
            engine.tell(wire.StaleEvent(answers.EVERYWHERE))
