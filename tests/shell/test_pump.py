"""The pump: every event arrives in order, joined, at most twenty batches a second."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import msgspec

from engine.wire import CommandEvent, DropEvent, JobEvent, JobInfo, StaleEvent
from shell.pump import PERIOD, Pump, joined


class Page:
    """What the page received, and when."""

    def __init__(self) -> None:
        self.batches: list[tuple[float, list[Any]]] = []

    def __call__(self, batch: str) -> None:
        self.batches.append((time.monotonic(), json.loads(batch)))

    @property
    def events(self) -> list[Any]:
        return [event for _, batch in self.batches for event in batch]


def job(number: int, done: int) -> JobEvent:
    return JobEvent(JobInfo(number, "cull", "running", "intake", done, 100, 1.0, None, "", ""))


def test_a_flood_is_at_most_twenty_batches_a_second() -> None:
    page = Page()
    pump = Pump(page)
    end = time.monotonic() + 0.6
    count = 0
    while time.monotonic() < end:
        pump.put(job(1, count))
        count += 1
        time.sleep(0.001)
    pump.close()
    assert 2 < len(page.batches) <= 0.6 / PERIOD + 2
    gaps = [b - a for (a, _), (b, _) in zip(page.batches, page.batches[1:], strict=False)]
    assert min(gaps[:-1], default=PERIOD) >= PERIOD * 0.9
    assert page.events[-1]["job"]["done"] == count - 1


def test_only_a_jobs_last_report_of_a_batch_counts_and_nothing_else_is_lost() -> None:
    events = [job(1, 1), StaleEvent(["cull"]), job(2, 1), job(1, 2), CommandEvent("help.keys"), DropEvent(["/a"])]
    assert joined(events) == [StaleEvent(["cull"]), job(2, 1), job(1, 2), CommandEvent("help.keys"), DropEvent(["/a"])]


def test_events_arrive_in_order_from_many_threads() -> None:
    page = Page()
    pump = Pump(page)

    def tell(who: int) -> None:
        for n in range(50):
            pump.put(CommandEvent(f"{who}.{n}"))

    threads = [threading.Thread(target=tell, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pump.close()
    names = [event["name"] for event in page.events]
    assert len(names) == 200
    for who in range(4):
        assert [n for n in names if n.startswith(f"{who}.")] == [f"{who}.{n}" for n in range(50)]


def test_closing_sends_what_is_left() -> None:
    page = Page()
    pump = Pump(page)
    for n in range(5):
        pump.put(CommandEvent(str(n)))
    pump.close()
    assert [e["name"] for e in page.events] == list("01234")
    assert not pump._thread.is_alive()


def test_a_page_that_cannot_receive_does_not_end_the_pump() -> None:
    page = Page()
    failures = [RuntimeError("the page reloads"), OSError("the window is gone")]

    def send(batch: str) -> None:
        if failures:
            raise failures.pop()
        page(batch)

    pump = Pump(send)
    for n in range(3):
        pump.put(CommandEvent(str(n)))
        time.sleep(PERIOD * 2)
    pump.close()
    assert [e["name"] for e in page.events] == ["2"]


def test_names_of_any_kind_are_json_that_a_script_may_hold() -> None:
    page = Page()
    pump = Pump(page)
    pump.put(DropEvent(['/a\n"\\</script>\u2028é🦊']))
    pump.close()
    assert page.events == [msgspec.to_builtins(DropEvent(['/a\n"\\</script>\u2028é🦊']))]


def test_closing_twice_or_with_a_page_that_hangs_does_not_hang() -> None:
    stuck = threading.Event()
    pump = Pump(lambda _: stuck.wait(10))
    pump.put(CommandEvent("x"))
    began = time.monotonic()
    pump.close()
    assert time.monotonic() - began < 4
    stuck.set()
    pump.close()
