"""What the benchmarks share: the machine's line, tables for the terminal and the README, JSON in out/bench."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import statistics
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "out" / "bench"


class Row(NamedTuple):
    """One figure: what was measured, the value, and the goal it is held against ("" where there is none)."""

    what: str
    value: float
    unit: str
    goal: str = ""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether `goal` ("< 2", "<= 2", ">= 0.6") holds; None without one."""
        if not self.goal:
            return None
        sign, limit = self.goal.split()
        bound = float(limit)
        return {"<": self.value < bound, "<=": self.value <= bound, ">=": self.value >= bound}[sign]


def machine() -> str:
    """CPU, cores, memory, system and Python of this machine in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.release()}"
    with contextlib.suppress(OSError, TypeError):
        system = re.search(r'PRETTY_NAME="(.*)"', Path("/etc/os-release").read_text())[1]  # type: ignore[index]
    return f"{_cpu()}, {cores} cores, {memory:.0f} GB, {system}, Python {platform.python_version()}"


def _cpu() -> str:
    try:
        names = re.findall(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def show(title: str, rows: Iterable[Row]) -> None:
    """Print a table for the terminal."""
    print(f"\n{title}\n{machine()}, load {os.getloadavg()[0]:.1f}")
    for row in rows:
        verdict = {True: "met", False: "NOT MET", None: ""}[row.met]
        print(f"  {row.what:58} {row.value:10.3f} {row.unit:9} {row.goal:9} {verdict:8} {row.note}", flush=True)


def markdown(rows: Iterable[Row]) -> str:
    """The README's table."""
    lines = ["| what | measured | goal |", "|---|---|---|"]
    for row in rows:
        note = f" ({row.note})" if row.note else ""
        goal = f"{row.goal} {row.unit}".strip() if row.goal else ""
        lines.append(f"| {row.what}{note} | {row.value:.3g} {row.unit} | {goal} |")
    return "\n".join([*lines, "", f"Measured on {machine()}."])


def save(name: str, rows: Iterable[Row]) -> Path:
    """Write out/bench/NAME.json."""
    OUT.mkdir(parents=True, exist_ok=True)
    file = OUT / f"{name}.json"
    found = [{**row._asdict(), "met": row.met} for row in rows]
    file.write_text(json.dumps({"machine": machine(), "load": os.getloadavg(), "rows": found}, indent=1) + "\n")
    return file


def finish(name: str, title: str, rows: list[Row]) -> None:
    show(title, rows)
    print(f"  -> {save(name, rows).relative_to(ROOT)}")


def median(measure: Callable[[], float], times: int) -> float:
    return statistics.median(measure() for _ in range(times))


def percentile(values: Iterable[float], share: float) -> float:
    """The value that `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
