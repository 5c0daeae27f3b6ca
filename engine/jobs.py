"""Background jobs: one compute thread, progress as events, cancel within a second."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Literal

import msgspec

from engine.errors import PickwiseError
from engine.progress import Cancelled, Progress, giving_way
from engine.wire import JobInfo, JobKind, Screen

Work = Callable[[Progress], str]  # returns the one sentence that says how it went
Tell = Callable[[JobInfo, Sequence[Screen] | None], None]  # where it is, and which screens it changes; None: all
BY_ITSELF: frozenset[JobKind] = frozenset({"learn"})  # jobs that nobody asked for; what they finished is kept
REPORT_SECONDS = 0.1  # how often a running job tells where it is


class Job:
    """One job: a Progress for the work, a JobInfo for everyone else."""

    def __init__(self, number: int, kind: JobKind, tell: Tell, changes: Sequence[Screen] | None) -> None:
        self.info = JobInfo(number, kind, "running", "waiting", 0, 0, 0.0, None, "", "")
        self._tell, self._changes = tell, changes
        self._cancel = threading.Event()
        self._began = self._told = time.monotonic()

    def phase(self, name: str, total: int = 0) -> None:
        self._began = time.monotonic()
        self._change(phase=name, total=total, done=0, rate=0.0, seconds_left=None, current="")

    def step(self, done: int, current: str = "") -> None:
        if self._cancel.is_set():
            raise Cancelled
        if time.monotonic() - self._told >= REPORT_SECONDS:
            spent = time.monotonic() - self._began
            rate = done / spent if spent > 0 else 0.0
            left = (self.info.total - done) / rate if rate and self.info.total else None
            self._change(done=done, current=current, rate=rate, seconds_left=left)
        else:
            self.info = msgspec.structs.replace(self.info, done=done)

    def cancelled(self) -> bool:
        return self._cancel.is_set()

    def cancel(self) -> None:
        self._cancel.set()

    def end(self, state: Literal["done", "failed", "cancelled"], message: str) -> None:
        self._change(state=state, message=message, current="", seconds_left=None)

    def _change(self, **fields: object) -> None:
        self._told = time.monotonic()
        self.info = msgspec.structs.replace(self.info, **fields)
        self._tell(self.info, self._changes)


class Jobs:
    """Runs jobs one after another on one thread."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._numbers = itertools.count(1)
        self._waiting: set[Future[None]] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="job")
        self._jobs: dict[int, Job] = {}
        self._last: Job | None = None

    def start(self, kind: JobKind, work: Work, changes: Sequence[Screen] | None = None) -> int:
        """Queue a job and answer with its number at once. What runs in the background by itself makes way for it.

        Args:
            changes: the screens that show something else once it has ended; None for all.
        """
        if kind not in BY_ITSELF:
            for other in list(self._jobs.values()):
                if other.info.kind in BY_ITSELF:
                    other.cancel()
        job = Job(next(self._numbers), kind, self._tell, changes)
        self._jobs[job.info.id] = self._last = job
        try:
            task = self._thread.submit(self._run, job, work)
        except RuntimeError:
            raise PickwiseError("Pickwise is closing.") from None
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)
        return job.info.id

    def _run(self, job: Job, work: Work) -> None:
        try:
            job.step(0)
            with giving_way:
                sentence = work(job)
            job.end("done", sentence)
        except Cancelled:
            job.end("cancelled", "Stopped. What was finished is kept; start again to go on.")
        except PickwiseError as error:
            job.end("failed", f"{error.message} {error.hint}".strip())
        except Exception as error:  # noqa: BLE001 - a job must end with a sentence, whatever happened
            job.end("failed", f"It stopped because of a fault in Pickwise: {error!r}.")
        finally:
            self._jobs.pop(job.info.id, None)

    def cancel(self, number: int) -> None:
        """Ask a job to stop; nothing happens when it has ended."""
        job = self._jobs.get(number)
        if job is not None:
            job.cancel()

    def current(self) -> JobInfo | None:
        """The job that runs, or the last one."""
        return self._last.info if self._last else None

    def running(self, kind: str) -> int | None:
        """The number of the last job of this kind that waits for its turn or runs, and was not told to stop."""
        of_kind = (job.info for job in list(self._jobs.values()) if not job.cancelled())
        return max((info.id for info in of_kind if info.kind == kind and info.state == "running"), default=None)

    def live(self, number: int) -> bool:
        """Whether a job waits for its turn or runs."""
        return number in self._jobs

    def stop(self) -> None:
        """Cancel everything and wait until it has stopped; another job may be started after."""
        for job in list(self._jobs.values()):
            job.cancel()
        wait(list(self._waiting))
        self._last = None

    def close(self) -> None:
        """Cancel everything and wait, for good."""
        self.stop()
        self._thread.shutdown()
