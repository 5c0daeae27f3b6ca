"""What worker processes run in the tests of the pool: functions a fresh process can import."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

Task = tuple[Any, ...]


def double(task: int) -> int:
    return task * 2


def who(_: int) -> int:
    time.sleep(0.05)
    return os.getpid()


def behave(task: Task) -> Any:
    """Do what the task's first word says."""
    match task:
        case ("die", *_):
            os._exit(3)
        case ("crash", *_):
            os.kill(os.getpid(), signal.SIGSEGV)
        case ("die once", mark, *_):
            if not Path(mark).exists():
                Path(mark).touch()
                os._exit(3)
        case ("hang", *_):
            time.sleep(600)
        case ("raise", *_):
            raise ValueError(f"bad {task[1]}")
        case ("exit", *_):
            sys.exit(4)
    return task


def sleepy(_: int) -> None:
    time.sleep(600)


def inherited(_: int) -> list[str]:
    """What this process's open files are."""
    return [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if _is_open(fd)]  # noqa: PTH208, PTH115


def _is_open(fd: str) -> bool:
    return Path(f"/proc/self/fd/{fd}").is_symlink()


def late() -> None:
    time.sleep(1)


def broken() -> None:
    raise ImportError("no module named decoder")


def dies_at_once() -> None:
    os._exit(1)


def marked(mark: str) -> None:
    Path(mark).touch()
