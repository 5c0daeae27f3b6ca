"""What a pick costs beneath the screens at 100 000 images: journal, database, ratings; undo; replay; import; memory.

    .venv/bin/python -m tests.bench.picks [--images 100000] [--picks 1000] [--long 10000]

The library lies in the benchmarks' cache folder. "At a person's pace" leaves a tenth of a second between picks, which
is quicker than anybody looks; writing and syncing a line of that length alone is timed in the same folder.
"""

from __future__ import annotations

import argparse
import gc
import random
import tempfile
import time
from pathlib import Path

import psutil

from engine.intake import records
from engine.intake.scan import Found
from engine.library.store import Library
from engine.ranking import comparisons_csv, matches
from engine.ranking.followed import Followed
from tests import rows
from tests.bench import files
from tests.bench.bench_api import families, timed
from tests.bench.decisions import fsyncs
from tests.bench.report import Row, finish, percentile

PACE = 0.1  # seconds


class Picker:
    """Picks the first of so many random images; milliseconds of each are kept, sorted at the end."""

    def __init__(self, library: Library, images: int, seed: int = 0) -> None:
        self.library, self.images, self.rng = library, images, random.Random(seed)

    def pick(self, up: int) -> float:
        shown = self.rng.sample(range(1, self.images + 1), up)
        began = time.perf_counter()
        matches.record(self.library, shown, shown[0], "match")
        return (time.perf_counter() - began) * 1000

    def run(self, up: int, count: int, pause: float) -> list[float]:
        spent = []
        for _ in range(count):
            spent.append(self.pick(up))
            time.sleep(pause)
        return sorted(spent)


def picks(picker: Picker, count: int) -> list[Row]:
    found = []
    for up in (4, 9):
        for how, pause in (("one after another", 0.0), ("at a person's pace", PACE)):
            spent = picker.run(up, count if not pause else count // 3, pause)
            note = f"{len(spent)} times; median {percentile(spent, 0.5):.2f}, worst {spent[-1]:.1f}"
            found.append(
                Row(f"a pick of {up} recorded, {picker.images} images, {how}, p99", percentile(spent, 0.99), "ms",
                    "< 10", note)
            )  # fmt: skip
    plain = fsyncs(picker.library.paths.root, count)
    found.append(Row("write and fsync of a line alone, p99", percentile(plain, 0.99), "ms"))
    undone = timed(picker.library.undo, min(count, 200))
    found.append(Row(f"its undo, {picker.images} images, p99", percentile(undone, 0.99), "ms"))
    return found


def long_run(picker: Picker, count: int) -> list[Row]:
    """Memory over many picks, and what reading, replaying and importing them takes."""
    library, process = picker.library, psutil.Process()
    picker.run(4, count // 10, 0.0)
    gc.collect()
    before = process.memory_info().rss
    picker.run(4, count, 0.0)
    gc.collect()
    grown = (process.memory_info().rss - before) / 1e6
    found = [Row(f"memory that {count} picks of 4 add", grown, "MB", "< 10")]
    with library.db.read() as connection:
        total = len(Followed("").catch_up(connection)[1])
        spent = timed(lambda: Followed("").catch_up(connection), 5)
        found.append(Row(f"{total} matches read", percentile(spent, 0.5), "ms"))
    found.append(Row(f"{total} matches replayed by rebuild", timed(library.rebuild, 1)[0] / 1000, "s"))
    file = library.paths.root / "c.csv"
    rows_out = comparisons_csv.export(library, file)
    taken = timed(lambda: comparisons_csv.load(library, file, "Anna"), 1)[0] / 1000
    found.append(Row(f"{rows_out} comparisons imported", taken, "s"))
    found.append(Row("its undo", timed(library.undo, 1)[0] / 1000, "s"))
    return [*found, moved(library, picker.images)]


def moved(library: Library, images: int, count: int = 500) -> Row:
    """A moved file's placeholder row goes: what refers to it is looked for among all comparisons."""
    files_found = [Found(f"/moved/{n}.png", "/moved", 1, 1, (), "") for n in range(count)]
    made = list(library.write(lambda c: records.add(c, files_found)).values())

    def work() -> None:
        library.write(
            lambda c: [records.move(c, n + 1, new, files_found[n]) for n, new in enumerate(made)],
        )

    return Row(f"a moved file among them, {images} images", timed(work, 1)[0] / count, "ms")


def run(images: int = 100_000, count: int = 1000, long: int = 10_000) -> list[Row]:
    files.CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=files.CACHE) as place, Library(Path(place) / "library") as library:
        rows.fill(library, families(images))
        rows.group(library)
        picker = Picker(library, images)
        return picks(picker, count) + long_run(picker, long)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--picks", type=int, default=1000)
    parser.add_argument("--long", type=int, default=10_000)
    asked = parser.parse_args()
    finish("picks", "Picks", run(asked.images, asked.picks, asked.long))


if __name__ == "__main__":
    main()
