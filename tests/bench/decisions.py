"""A decision on disk at 20 000 and 100 000 images, as `bench_api` times it, beside what the disk itself takes.

    .venv/bin/python -m tests.bench.decisions [--sizes 20000 100000] [--picks 1000]

The library lies in the benchmarks' cache folder. A decision ends when its journal line is synced, the database is
committed and the answer is encoded; writing and syncing a line of that length alone is timed in the same folder.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from engine.api import Engine
from engine.library.store import Library
from tests import rows
from tests.bench import bench_api, files
from tests.bench.report import Row, finish, percentile


def fsyncs(folder: Path, count: int) -> list[float]:
    """Milliseconds of writing and syncing one line, the least a decision can take here."""
    spent = []
    with (folder / "line").open("ab", buffering=0) as file:
        for _ in range(count):
            began = time.perf_counter()
            file.write(b"x" * 400 + b"\n")
            os.fsync(file.fileno())
            spent.append((time.perf_counter() - began) * 1000)
    return spent


def measure(images: int, count: int) -> list[Row]:
    with tempfile.TemporaryDirectory(dir=files.CACHE) as place:
        engine = Engine()
        engine.library = Library(Path(place) / "library")
        try:
            rows.fill(engine.library, bench_api.families(images))
            rows.group(engine.library)
            spent = bench_api.timed(bench_api.Decider(engine), count)
        finally:
            engine.close()
        plain = fsyncs(Path(place), count)
    note = (
        f"{count} picks; median {percentile(spent, 0.5):.2f}, worst {spent[-1]:.1f}; write and fsync of a line alone:"
    )
    note += f" median {percentile(plain, 0.5):.2f}, p99 {percentile(plain, 0.99):.2f}"
    return [Row(f"a decision on disk, {images} images, p99", percentile(spent, 0.99), "ms", "< 10", note)]


def run(sizes: tuple[int, ...] = (20_000, 100_000), count: int = 1000) -> list[Row]:
    files.CACHE.mkdir(parents=True, exist_ok=True)
    return [row for images in sizes for row in measure(images, count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--picks", type=int, default=1000)
    asked = parser.parse_args()
    finish("decisions", "Decisions", run(tuple(asked.sizes), asked.picks))


if __name__ == "__main__":
    main()
