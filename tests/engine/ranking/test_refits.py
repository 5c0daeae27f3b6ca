"""The thread that fits: woken, one at a time, quiet, and gone when asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import pairwise

import pytest

from engine.ranking import refits
from engine.ranking.refits import Refits


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end, "it does not come true"
        time.sleep(0.005)


def test_nothing_runs_before_it_is_woken_and_once_stopped() -> None:
    done: list[int] = []
    fits = Refits(lambda: bool(done.append(1)), lambda: None)
    time.sleep(0.02)
    assert done == []
    fits.wake()
    until(lambda: done == [1])
    fits.stop()
    fits.wake()
    time.sleep(0.05)
    assert done == [1]


def test_what_is_woken_while_it_works_is_done_after() -> None:
    begun, go, done = threading.Semaphore(0), threading.Semaphore(0), []

    def work() -> bool:
        begun.release()
        go.acquire(timeout=10)
        done.append(1)
        return False

    fits = Refits(work, lambda: None)
    fits.wake()
    begun.acquire(timeout=10)
    for _ in range(5):
        fits.wake()
    go.release()
    begun.acquire(timeout=10)
    go.release()
    until(lambda: len(done) == 2)
    fits.stop()


def test_it_says_so_at_most_so_often_and_the_last_change_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refits, "SAY_SECONDS", 0.2)
    said: list[float] = []
    rounds: list[int] = []
    fits = Refits(lambda: not rounds.append(1), lambda: said.append(time.monotonic()))  # type: ignore[func-returns-value]
    for _ in range(20):
        fits.wake()
        time.sleep(0.02)
    last = len(rounds)
    until(lambda: len(said) >= 2 and len(rounds) >= last)
    time.sleep(0.3)
    assert all(b - a >= 0.19 for a, b in pairwise(said))
    fits.stop()


def test_work_without_a_change_is_not_spoken_of() -> None:
    done: list[int] = []
    said: list[int] = []
    fits = Refits(lambda: bool(done.append(1)), lambda: said.append(1))
    fits.wake()
    until(lambda: bool(done))
    time.sleep(0.05)
    assert said == []
    fits.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_does_not_end_it_for_good() -> None:
    done: list[int] = []

    def work() -> bool:
        done.append(1)
        if len(done) == 1:
            raise ZeroDivisionError
        return False

    fits = Refits(work, lambda: None)
    fits.wake()
    until(lambda: len(done) == 1)
    time.sleep(0.05)
    fits.wake()
    until(lambda: len(done) == 2)
    fits.stop()
