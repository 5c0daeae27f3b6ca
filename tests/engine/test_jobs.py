"""Background jobs: one at a time, told of, cancelled within a second, never left running."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from engine.errors import LibraryError, PickwiseError
from engine.jobs import REPORT_SECONDS, Jobs
from engine.progress import Progress
from engine.wire import JobInfo


class Told:
    """What the jobs said, in order."""

    def __init__(self) -> None:
        self.infos: list[JobInfo] = []
        self.changes: dict[int, Sequence[str] | None] = {}  # by the number of the job
        self.changed = threading.Condition()

    def __call__(self, info: JobInfo, changes: Sequence[str] | None) -> None:
        with self.changed:
            self.infos.append(info)
            self.changes[info.id] = changes
            self.changed.notify_all()

    def wait(self, state: str, number: int = 1) -> JobInfo:
        def ended() -> list[JobInfo]:
            return [i for i in self.infos if i.id == number and i.state == state]

        with self.changed:
            assert self.changed.wait_for(ended, 5), self.infos
            return ended()[0]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def jobs(told: Told) -> Iterator[Jobs]:
    jobs = Jobs(told)
    yield jobs
    jobs.close()


def endless(progress: Progress) -> str:
    progress.phase("intake", 10)
    while True:
        progress.step(3, "a.png")
        time.sleep(0.005)


def test_a_job_tells_where_it_is_and_how_it_ended(jobs: Jobs, told: Told) -> None:
    def work(progress: Progress) -> str:
        progress.phase("intake", 4)
        for n in range(1, 5):
            time.sleep(REPORT_SECONDS * 0.6)
            progress.step(n, f"{n}.png")
        return "Four images."

    assert jobs.start("cull", work) == 1
    done = told.wait("done")
    assert (done.message, done.done, done.total, done.phase) == ("Four images.", 4, 4, "intake")
    under_way = [i for i in told.infos if i.state == "running" and i.current]
    assert under_way
    assert all(i.rate > 0 and i.seconds_left is not None and i.seconds_left >= 0 for i in under_way)


def test_a_job_tells_which_screens_it_changes_and_all_where_it_cannot_say(jobs: Jobs, told: Told) -> None:
    jobs.start("cull", lambda _: "done")
    told.wait("done")
    jobs.start("learn", lambda _: "done", ["insight"])
    told.wait("done", 2)
    assert told.changes == {1: None, 2: ["insight"]}


def test_a_fast_job_does_not_flood(jobs: Jobs, told: Told) -> None:
    def work(progress: Progress) -> str:
        progress.phase("scan")
        for n in range(50_000):
            progress.step(n)
        return "done"

    jobs.start("cull", work)
    told.wait("done")
    spent = len(told.infos)
    assert spent < 60


def test_a_cancel_is_heard_within_a_second(jobs: Jobs, told: Told) -> None:
    number = jobs.start("cull", endless)
    time.sleep(0.1)
    began = time.monotonic()
    jobs.cancel(number)
    ended = told.wait("cancelled")
    assert time.monotonic() - began < 1
    assert "kept" in ended.message
    assert jobs.running("cull") is None


def test_a_job_cancelled_before_it_began_never_begins(jobs: Jobs, told: Told) -> None:
    ran = []
    first = jobs.start("cull", endless)
    second = jobs.start("export", lambda _: ran.append(1) or "done")  # type: ignore[func-returns-value]
    jobs.cancel(second)
    jobs.cancel(first)
    told.wait("cancelled", second)
    assert ran == []


def test_jobs_run_one_after_another(jobs: Jobs, told: Told) -> None:
    order: list[str] = []

    def work(name: str, progress: Progress) -> str:
        order.append(f"{name} begins")
        time.sleep(0.05)
        order.append(f"{name} ends")
        return name

    for name in "ab":
        jobs.start("cull", lambda p, name=name: work(name, p))  # type: ignore[misc]
    told.wait("done", 2)
    assert order == ["a begins", "a ends", "b begins", "b ends"]


@pytest.mark.parametrize("error", [LibraryError("The disk is full.", "Free some."), ValueError("odd"), MemoryError()])
def test_what_goes_wrong_is_a_sentence(jobs: Jobs, told: Told, error: Exception) -> None:
    def work(_: Progress) -> str:
        raise error

    jobs.start("cull", work)
    message = told.wait("failed").message
    assert message.endswith(".")
    assert "Traceback" not in message
    assert jobs.start("cull", lambda _: "fine") == 2
    told.wait("done", 2)


def test_a_listener_that_fails_stops_no_other_job(told: Told) -> None:
    def listener(info: JobInfo, _: object) -> None:
        told(info, None)
        if info.id == 1:
            raise RuntimeError("the window is gone")

    jobs = Jobs(listener)
    jobs.start("cull", lambda p: p.phase("scan") or "done")  # type: ignore[func-returns-value]
    jobs.start("cull", lambda _: "done")
    told.wait("done", 2)
    jobs.close()


def test_unknown_jobs_are_cancelled_without_harm(jobs: Jobs, told: Told) -> None:
    for number in (0, -1, 7, 1 << 80):
        jobs.cancel(number)
    jobs.start("cull", lambda _: "done")
    told.wait("done")
    jobs.cancel(1)
    assert jobs.current() is not None


def test_stopping_ends_all_and_numbers_go_on(jobs: Jobs, told: Told) -> None:
    for _ in range(3):
        jobs.start("cull", endless)
    jobs.stop()
    assert {i.id for i in told.infos if i.state == "cancelled"} == {1, 2, 3}
    assert jobs.current() is None
    assert jobs.start("cull", lambda _: "done") == 4
    told.wait("done", 4)


def test_after_closing_a_start_is_a_sentence(told: Told) -> None:
    jobs = Jobs(told)
    jobs.close()
    with pytest.raises(PickwiseError, match="closing"):
        jobs.start("cull", endless)


def test_the_interpreter_is_as_it_was_after_a_job(jobs: Jobs, told: Told) -> None:
    before = sys.getswitchinterval()
    jobs.start("cull", endless)
    time.sleep(0.05)
    jobs.stop()
    assert sys.getswitchinterval() == pytest.approx(before)


def test_a_job_that_runs_is_found_behind_one_that_was_started_later() -> None:
    go = threading.Event()
    jobs = Jobs(lambda _, __: None)
    first = jobs.start("look", lambda _: str(go.wait(10)))
    second = jobs.start("cull", lambda _: "done")
    assert (jobs.running("look"), jobs.running("cull"), jobs.running("export")) == (first, second, None)
    jobs.cancel(second)
    assert jobs.running("cull") is None
    go.set()
    jobs.stop()
    assert jobs.running("look") is None
    jobs.close()
