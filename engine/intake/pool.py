"""Worker processes for per-image work: a decoder that crashes takes one file down, not the program.

Each worker has a pipe and is given a few tasks ahead; it answers in order, so when it dies the task it died on is the
first one unanswered. That task is tried once more on a fresh worker and then answered with `Died`. A worker that ends
before it is ready has no file to blame: then the run stops. Started with `spawn`: the same on every platform, and
nothing of the window is inherited.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, NamedTuple, TypeVar

from engine.errors import WorkersFailed

Task = TypeVar("Task")
Answer = TypeVar("Answer")
AHEAD = 4  # tasks in a worker's pipe: enough that it never waits, few enough that a cancel is quick
PATIENCE = 120.0  # seconds one task may take before its worker is taken for hung


UNREADY = 3  # workers in a row that end before they are ready: then it is not a file's fault
BEAT_SECONDS = 0.2  # how often a run that waits looks up


class Died(NamedTuple):
    """The answer for a task whose worker died, or hung, twice, or on which the function raised."""

    reason: str


class _Worker(Generic[Task]):
    def __init__(self, function: Callable[[Any], Any], prepare: Callable[[], object] | None) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, function, prepare), daemon=True)
        try:
            self.process.start()
        except BaseException:
            self.pipe.close()
            raise
        finally:
            theirs.close()
        self.ready = False
        self.tasks: deque[Task] = deque()
        self.since = time.monotonic()

    def give(self, task: Task) -> None:
        if not self.tasks:
            self.since = time.monotonic()
        self.tasks.append(task)
        self.pipe.send(task)

    def end(self) -> None:
        """Begin its end; nothing waits."""
        self.pipe.close()
        self.process.kill()  # it only reads files and writes whole thumbnails: there is nothing to tidy up

    def stop(self) -> None:
        self.end()
        self.process.join(5)
        with contextlib.suppress(ValueError):  # not gone yet, stuck in the system: its remains are kept until it is
            self.process.close()


def _serve(pipe: Connection, function: Callable[[Any], Any], prepare: Callable[[], object] | None) -> None:
    """The worker's whole life: ready, then one answer for each task, until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to hear, and it ends its workers
    with contextlib.suppress(EOFError, OSError):
        pipe.send(_problem(prepare) if prepare else "")
        while True:
            pipe.send(_answer(function, pipe.recv()))


def _problem(prepare: Callable[[], object]) -> str:
    try:
        prepare()
    except Exception as error:  # noqa: BLE001 - told to the parent, which stops the run
        return f"{type(error).__name__}: {error}"
    return ""


def _answer(function: Callable[[Any], Any], task: Any) -> Any:
    try:
        return function(task)
    except Exception as error:  # noqa: BLE001 - one file's trouble
        return Died(f"a fault in Pickwise, {type(error).__name__}: {error}")


def processors() -> int:
    """How many workers are worth having: the cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _single_threaded() -> None:
    """One thread a worker: the numbers libraries read these when a worker imports them."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ.setdefault(name, "1")


def run(
    function: Callable[[Task], Answer],
    tasks: Iterable[Task],
    workers: int = 0,
    patience: float = PATIENCE,
    *,
    prepare: Callable[[], object] | None = None,
    beat: Callable[[], object] = lambda: None,
) -> Generator[tuple[Task, Answer | Died], None, None]:
    """Yield each task with its answer, in the order they finish.

    Args:
        function: importable at module level; where it raises, the answer is `Died` with the reason.
        tasks: read a few ahead of the answers; small, so that giving one never waits.
        workers: how many processes at most, 0 for one a core; fewer where there are fewer tasks.
        patience: seconds one task may take; beginning, which is no task, may take PATIENCE.
        prepare: importable; run once in each worker before its first task, for slow imports.
        beat: called several times a second while nothing is answered; what it raises ends the run.

    Closing the iterator stops the workers at once.

    Raises:
        WorkersFailed: workers cannot be started, or end before they are ready.
    """
    _single_threaded()
    source = iter(tasks)
    hospital = _Hospital[Task]()
    crew: list[_Worker[Task]] = []
    start = partial(_Worker[Task], function, prepare)
    try:
        while True:
            _feed(crew, hospital.again, source, start, workers or processors())
            busy = [w for w in crew if w.tasks]
            if not busy:
                return
            ready = wait([w.pipe for w in busy], timeout=BEAT_SECONDS)
            if not ready:
                beat()
            for worker in busy:
                if worker.pipe in ready:
                    yield from _collect(worker, crew, hospital)
                elif time.monotonic() - worker.since > (patience if worker.ready else PATIENCE):
                    yield from hospital.bury(worker, crew, "the decoder hung on it twice")
    finally:
        for worker in crew:
            worker.end()
        for worker in crew:
            worker.stop()


def _feed(
    crew: list[_Worker[Task]],
    again: deque[Task],
    source: Iterator[Task],
    start: Callable[[], _Worker[Task]],
    size: int,
) -> None:
    """Keep every worker a few tasks ahead; start one more worker as long as there is work for it."""
    while len(crew) < size or any(len(w.tasks) < AHEAD for w in crew):
        try:
            task = again.popleft() if again else next(source)
        except StopIteration:
            return
        worker = min(crew, key=lambda w: len(w.tasks), default=None)
        if worker is None or (worker.tasks and len(crew) < size):
            try:
                worker = start()
            except OSError as error:
                raise _failed(error.strerror or str(error)) from None
            crew.append(worker)
        with contextlib.suppress(OSError):  # it died meanwhile: the task stands in its list, and is met again there
            worker.give(task)


class _Hospital(Generic[Task]):
    """What becomes of tasks whose worker died.

    Attributes:
        again: tasks to give once more.
        unready: workers in a row that ended before they were ready.
    """

    def __init__(self) -> None:
        self.again: deque[Task] = deque()
        self.unready = 0
        self._deaths: list[Task] = []

    def bury(self, worker: _Worker[Task], crew: list[_Worker[Task]], reason: str) -> Iterator[tuple[Task, Died]]:
        """Remove a dead worker; its first task is to blame, the others only waited behind it."""
        crew.remove(worker)
        worker.stop()
        if not worker.ready:
            self.again.extend(worker.tasks)
            self.unready += 1
            if self.unready >= UNREADY:
                raise _failed("they end before they begin")
            return
        guilty, *waiting = worker.tasks
        self.again.extend(waiting)
        if any(task is guilty for task in self._deaths):
            yield guilty, Died(reason)
        else:
            self._deaths.append(guilty)
            self.again.append(guilty)


def _collect(worker: _Worker[Task], crew: list[_Worker[Task]], hospital: _Hospital[Task]) -> Iterator[tuple[Task, Any]]:
    try:
        answer = worker.pipe.recv()
    except (EOFError, OSError):
        yield from hospital.bury(worker, crew, "the decoder crashed on it twice")
        return
    worker.since = time.monotonic()
    if worker.ready:
        yield worker.tasks.popleft(), answer
    elif answer:
        raise _failed(answer)
    else:
        worker.ready, hospital.unready = True, 0


def _failed(why: str) -> WorkersFailed:
    return WorkersFailed(
        f"The worker processes that read images cannot be used: {why}.",
        "No file is to blame. Check the installation with `pickwise doctor`, and the machine's free memory.",
    )
