"""The Rank screen at 100 000 images, through `Engine.call`: the next match, a pick on disk, undo, opening, memory.

    .venv/bin/python -m tests.bench.ranking [--images 100000] [--picks 1000] [--long 10000]

The library lies in the benchmarks' cache folder. Fits run in the background all the while, as they do in the window;
"at a person's pace" leaves a tenth of a second between picks, which is quicker than anybody looks.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from engine.api import Engine
from engine.library.store import Library
from engine.ranking import matches
from tests import rows
from tests.bench import bench_api, files
from tests.bench.report import Row, finish, percentile

UP = 4
PACE = 0.1  # seconds


@contextlib.contextmanager
def opened(root: Path, images: int) -> Iterator[Engine]:
    """An engine on a library with so many images."""
    engine = Engine()
    engine.library = Library(root)
    if not root.with_name("filled").exists():
        rows.fill(engine.library, bench_api.families(images))
        rows.group(engine.library)
        root.with_name("filled").touch()
    try:
        yield engine
    finally:
        engine.close()


class Judge:
    """Asks for a match and picks the image with the largest id; milliseconds of both are kept."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.asked: list[float] = []
        self.picked: list[float] = []

    def __call__(self) -> None:
        began = time.perf_counter()
        shown = [image["id"] for image in bench_api.ask(self.engine, "rank.match", up=UP)["images"]]
        between = time.perf_counter()
        bench_api.ask(self.engine, "rank.pick", images=shown, winner=max(shown))
        self.asked.append((between - began) * 1000)
        self.picked.append((time.perf_counter() - between) * 1000)

    def rows(self, images: int, how: str) -> list[Row]:
        answer = []
        for name, goal, spent in (("next match", "< 5", self.asked), ("a pick", "< 10", self.picked)):
            taken = sorted(spent)
            note = f"{len(taken)} times; median {percentile(taken, 0.5):.2f}, worst {taken[-1]:.1f}"
            answer.append(Row(f"{name}, {how}, {images} images, p99", percentile(taken, 0.99), "ms", goal, note))
        return answer


def screen(engine: Engine, images: int, picks: int) -> list[Row]:
    found = []
    for how, pause in (("one after another", 0.0), ("at a person's pace", PACE)):
        judge = Judge(engine)
        for _ in range(picks if not pause else picks // 4):
            judge()
            time.sleep(pause)
        found += judge.rows(images, how)
    undone = bench_api.timed(lambda: bench_api.ask(engine, "history.undo"), 100)
    status = bench_api.timed(lambda: bench_api.ask(engine, "rank.status"), 20)
    found.append(Row(f"undo of a pick, {images} images, p99", percentile(undone, 0.99), "ms"))
    found.append(Row(f"rank status, {images} images, median", percentile(status, 0.5), "ms"))
    return found


def fill(library: Library, count: int) -> None:
    """Matches as first looks and then chance would make them."""
    rng = random.Random(1)
    with library.db.read() as connection:
        images = [i for (i,) in connection.execute("SELECT id FROM images ORDER BY random()")]
        made = int(connection.execute("SELECT count(*) FROM matches").get)
    for number in range(made, count):
        start = number * UP
        shown = images[start : start + UP] if start + UP <= len(images) else rng.sample(images, UP)
        matches.record(library, shown, max(shown), "match")


def opening(root: Path, images: int, count: int) -> list[Row]:
    """Loading a ranking of so many matches, its first match, and its fit."""
    with opened(root, images) as engine:
        fill(engine.need(), count)
    loaded, first, fitted = [], [], []
    for _ in range(3):
        with opened(root, images) as engine:
            began = time.perf_counter()
            live = engine.desk.live(engine.need())
            loaded.append((time.perf_counter() - began) * 1000)
            first += bench_api.timed(lambda e=engine: bench_api.ask(e, "rank.match", up=UP), 1)  # type: ignore[misc]
            live.settle()
            fitted.append(time.perf_counter() - began)
    what = f"{images} images, {count} matches"
    return [
        Row(f"a ranking opens, {what}", percentile(sorted(loaded), 0.5), "ms", "< 1000"),
        Row(f"its first match, {what}", percentile(sorted(first), 0.5), "ms", "< 5"),
        Row(f"its first fit is there, {what}", percentile(sorted(fitted), 0.5), "s"),
    ]


def resident() -> float:
    """MB this process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def memory(engine: Engine, images: int, long: int) -> list[Row]:
    """What the picks after the first thousand added."""
    judge, held = Judge(engine), []
    for number in range(1, long + 1):
        judge()
        if number % 1000 == 0:
            engine.desk.live(engine.need()).settle()
            held.append(resident())
    note = " ".join(f"{mb:.0f}" for mb in held)
    return [
        Row(f"memory after {long} picks over after 1000, {images} images", held[-1] - held[0], "MB", "", note),
        *judge.rows(images, f"{long} picks on end"),
    ]


def run(images: int = 100_000, picks: int = 1000, long: int = 10_000) -> list[Row]:
    files.CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=files.CACHE) as place:
        root = Path(place) / "library"
        with opened(root, images) as engine:
            found = screen(engine, images, picks)
        with opened(root, images) as engine:
            found += memory(engine, images, long) if long and Path("/proc/self/statm").exists() else []
        return found + opening(root, images, 10_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--picks", type=int, default=1000)
    parser.add_argument("--long", type=int, default=10_000, help="picks over which memory is looked at; 0 for none")
    asked = parser.parse_args()
    finish("ranking", "Ranking", run(asked.images, asked.picks, asked.long))


if __name__ == "__main__":
    main()
