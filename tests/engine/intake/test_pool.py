"""Worker processes: one bad file costs one answer, and closing leaves nothing behind."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest

from engine.errors import WorkersFailed
from engine.intake import pool
from engine.progress import Cancelled
from tests.engine.intake import workers


def children() -> list[psutil.Process]:
    """Worker processes of this one; a browser that another test left open is none."""
    return [c for c in psutil.Process().children(recursive=True) if "--multiprocessing-fork" in _words(c)]


def _words(child: psutil.Process) -> list[str]:
    try:
        return child.cmdline()
    except psutil.NoSuchProcess:
        return []


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    list(pool.run(workers.double, [1], 1))  # the resource tracker's own file is there from now on
    before = psutil.Process().num_fds()
    yield
    assert children() == []
    assert psutil.Process().num_fds() <= before


def test_every_task_is_answered_once() -> None:
    assert sorted(pool.run(workers.double, range(100), 2)) == [(n, n * 2) for n in range(100)]


def test_one_worker_answers_in_order() -> None:
    assert list(pool.run(workers.double, range(20), 1)) == [(n, n * 2) for n in range(20)]


def test_no_tasks_start_no_worker() -> None:
    assert list(pool.run(workers.double, [], 4)) == []


def test_few_tasks_start_few_workers() -> None:
    assert len({pid for _, pid in pool.run(workers.who, range(2), 8)}) <= 2


def test_no_more_workers_than_asked_for() -> None:
    assert len({pid for _, pid in pool.run(workers.who, range(12), 2)}) == 2


def test_tasks_are_read_only_a_few_ahead() -> None:
    read = []

    def tasks() -> Iterator[int]:
        for n in range(100):
            read.append(n)
            yield n

    with closing(pool.run(workers.double, tasks(), 2)) as run:
        next(run)
        assert len(read) <= 2 * pool.AHEAD + 1


@pytest.mark.parametrize("word", ["die", "crash", "exit"])
def test_a_crash_costs_its_own_task_alone(word: str) -> None:
    tasks: list[Any] = [("fine", n) for n in range(12)]
    tasks[5] = (word, 5)
    answers = dict(pool.run(workers.behave, tasks, 2))
    assert answers.pop(tasks[5]) == pool.Died("the decoder crashed on it twice")
    assert answers == {t: t for t in tasks if t[0] == "fine"}


def test_a_crash_that_does_not_come_back_costs_nothing(tmp_path: Path) -> None:
    tasks = [("die once", str(tmp_path / "mark")), *(("fine", n) for n in range(6))]
    assert dict(pool.run(workers.behave, tasks, 1)) == {t: t for t in tasks}


def test_equal_tasks_are_not_taken_for_each_other() -> None:
    answers = list(pool.run(workers.behave, [("die",), ("die",), ("fine",)], 1))
    assert sorted(type(a).__name__ for _, a in answers) == ["Died", "Died", "tuple"]


def test_a_hang_ends_when_patience_does() -> None:
    answers = dict(pool.run(workers.behave, [("hang",), ("fine", 1), ("fine", 2)], 1, patience=0.4))
    assert answers == {
        ("hang",): pool.Died("the decoder hung on it twice"),
        ("fine", 1): ("fine", 1),
        ("fine", 2): ("fine", 2),
    }


def test_a_worker_that_begins_slowly_is_not_taken_for_hung() -> None:
    answers = dict(pool.run(workers.behave, [("fine", 1)], 1, patience=0.4, prepare=workers.late))
    assert answers == {("fine", 1): ("fine", 1)}


def test_an_exception_is_one_answer_that_names_it() -> None:
    answers = dict(pool.run(workers.behave, [("raise", 1), ("fine", 2)], 1))
    assert answers == {("raise", 1): pool.Died("a fault in Pickwise, ValueError: bad 1"), ("fine", 2): ("fine", 2)}


def test_closing_early_ends_the_workers_within_a_second() -> None:
    run = pool.run(workers.behave, [("fine", 0), *[("hang",)] * 8], 2)
    next(run)
    assert children()
    began = time.monotonic()
    run.close()
    assert children() == []
    assert time.monotonic() - began < 1


def test_a_beat_that_raises_ends_a_run_that_waits() -> None:
    beats = []

    def beat() -> None:
        beats.append(time.monotonic())
        if len(beats) > 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        list(pool.run(workers.sleepy, range(4), 2, beat=beat))
    assert max(b - a for a, b in pairwise(beats)) < 1


def test_workers_prepare_once_before_the_first_task(tmp_path: Path) -> None:
    prepare = partial(workers.marked, str(tmp_path / "mark"))
    assert dict(pool.run(workers.double, [1], 1, prepare=prepare)) == {1: 2}
    assert (tmp_path / "mark").exists()


def test_a_broken_installation_blames_no_file() -> None:
    with pytest.raises(WorkersFailed, match="no module named decoder"):
        list(pool.run(workers.double, range(5), 2, prepare=workers.broken))


def test_workers_that_end_at_once_stop_the_run() -> None:
    with pytest.raises(WorkersFailed, match="before they begin"):
        list(pool.run(workers.double, range(5), 2, prepare=workers.dies_at_once))


def test_too_many_processes_are_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.popen_spawn_posix.Popen.__init__", refuse)
    with pytest.raises(WorkersFailed, match="temporarily unavailable"):
        list(pool.run(workers.double, [1], 1))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="looks at open files through /proc")
def test_a_worker_inherits_no_socket_and_no_file(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, (tmp_path / "library.lock").open("w") as lock:
        os.set_inheritable(lock.fileno(), False)
        mine = os.readlink(f"/proc/self/fd/{server.fileno()}")  # noqa: PTH115
        ((_, files),) = pool.run(workers.inherited, [1], 1)
        assert isinstance(files, list)
        assert mine not in files
        assert not any(str(tmp_path) in name for name in files)
