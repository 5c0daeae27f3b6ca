"""Engine events to the page, joined into at most twenty batches a second."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable

import msgspec

from engine.wire import AnyEvent, JobEvent

PERIOD = 0.05  # seconds between batches
_END = None


class Pump:
    """Takes events from any thread and gives JSON arrays to `send`, on a thread of its own."""

    def __init__(self, send: Callable[[str], object]) -> None:
        self._send = send
        self._events: queue.SimpleQueue[AnyEvent | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="pump", daemon=True)
        self._thread.start()

    def put(self, event: AnyEvent) -> None:
        self._events.put(event)

    def close(self) -> None:
        self._events.put(_END)
        self._thread.join(2)

    def _run(self) -> None:
        while True:
            batch = [self._events.get()]
            time.sleep(PERIOD)
            while not self._events.empty():
                batch.append(self._events.get())
            events = [e for e in batch if e is not None]
            if events:
                with contextlib.suppress(
                    Exception
                ):  # a page that reloads or a window that closes must not end the pump
                    self._send(msgspec.json.encode(joined(events)).decode())
            if _END in batch:
                return


def joined(events: list[AnyEvent]) -> list[AnyEvent]:
    """Leave out what a later event of the same batch replaces: only a job's last report counts."""
    last = {event.job.id: i for i, event in enumerate(events) if isinstance(event, JobEvent)}
    return [e for i, e in enumerate(events) if not isinstance(e, JobEvent) or last[e.job.id] == i]
