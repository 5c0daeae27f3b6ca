"""Worker processes for per-image work: a decoder that crashes takes one file down, not the program.

Each worker has a pipe and is given a few tasks ahead; it answers in order, so when it dies the task it died on is the
first one unanswered. That task is tried once more on a fresh worker and then answered with `Died`. Started with
`spawn`: the same on every platform, and nothing of the window is inherited.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, NamedTuple, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")
AHEAD = 4  # tasks in a worker's pipe: enough that it never waits, few enough that a cancel is quick
PATIENCE = 120.0  # seconds one task may take before its worker is taken for hung


class Died(NamedTuple):
    """The answer for a task whose worker died, or hung, twice."""

    reason: str


class _Worker(Generic[Task]):
    def __init__(self, function: Callable[[Any], Any]) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, function), daemon=True)
        self.process.start()
        theirs.close()
        self.tasks: deque[Task] = deque()
        self.since = time.monotonic()

    def give(self, task: Task) -> None:
        if not self.tasks:
            self.since = time.monotonic()
        self.tasks.append(task)
        self.pipe.send(task)

    def stop(self) -> None:
        self.pipe.close()
        self.process.terminate()
        self.process.join(5)


def _serve(pipe: Connection, function: Callable[[Any], Any]) -> None:
    """The worker's whole life: one answer for each task, until the pipe closes."""
    try:
        while True:
            pipe.send(function(pipe.recv()))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return


def processors() -> int:
    """How many workers are worth having: the cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _single_threaded() -> None:
    """One thread a worker: the numbers libraries read these when a worker imports them."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ.setdefault(name, "1")


def run(
    function: Callable[[Task], Answer], tasks: Iterable[Task], workers: int = 0, patience: float = PATIENCE
) -> Generator[tuple[Task, Answer | Died], None, None]:
    """Yield each task with its answer, in the order they finish.

    `function` is importable at module level and raises nothing it does not mean to: an exception is a death. Closing
    the iterator stops the workers at once.
    """
    _single_threaded()
    source = iter(tasks)
    again: deque[Task] = deque()
    deaths: list[Task] = []
    crew: list[_Worker[Task]] = []
    try:
        while True:
            _feed(crew, again, source, function, workers or processors())
            busy = [w for w in crew if w.tasks]
            if not busy:
                return
            ready = wait([w.pipe for w in busy], timeout=1.0)
            for worker in busy:
                if worker.pipe in ready:
                    yield from _collect(worker, crew, again, deaths, "the decoder crashed on it twice")
                elif time.monotonic() - worker.since > patience:
                    worker.process.kill()
                    yield from _bury(worker, crew, again, deaths, "the decoder hung on it twice")
    finally:
        for worker in crew:
            worker.stop()


def _feed(
    crew: list[_Worker[Task]],
    again: deque[Task],
    source: Iterator[Task],
    function: Callable[[Task], Answer],
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
            worker = _Worker(function)
            crew.append(worker)
        with contextlib.suppress(OSError):  # it died meanwhile: the task stands in its list, and is met again there
            worker.give(task)


def _collect(
    worker: _Worker[Task], crew: list[_Worker[Task]], again: deque[Task], deaths: list[Task], reason: str
) -> Iterator[tuple[Task, Any]]:
    try:
        answer = worker.pipe.recv()
    except (EOFError, OSError):
        yield from _bury(worker, crew, again, deaths, reason)
        return
    worker.since = time.monotonic()
    yield worker.tasks.popleft(), answer


def _bury(
    worker: _Worker[Task], crew: list[_Worker[Task]], again: deque[Task], deaths: list[Task], reason: str
) -> Iterator[tuple[Task, Died]]:
    """Remove a dead worker; its first task is to blame, the others only waited behind it."""
    crew.remove(worker)
    worker.stop()
    guilty, *waiting = worker.tasks
    again.extend(waiting)
    if guilty in deaths:
        yield guilty, Died(reason)
    else:
        deaths.append(guilty)
        again.append(guilty)
