"""The Crop screen's calls in a library of 100 000 images: a page of the queue, an answer, an undo, the logs anew.

    .venv/bin/python -m tests.bench.crop_rows [--images 100000] [--answers 300]

Images are rows without files, and every one that waits has a proposal. Milliseconds of wall time through the engine,
answers synced to the disk of the benchmarks' cache folder.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw

from engine.api import Engine
from engine.cropping import logs, queue
from engine.cropping import rows as crop_rows
from engine.cropping.model import TERMS, Candidate, Proposal
from engine.library.store import Library
from tests import rows
from tests.bench import bench_api, files
from tests.bench.report import Row, finish, percentile

WHOLE = (0, 0, 1024, 1536)


def propose_all(library: Library) -> int:
    """A made-up proposal of some confidence for every image that waits; answers with how many."""
    rng, terms = random.Random(1), dict.fromkeys(TERMS, 0.5)
    with library.db.read() as connection:
        wanted = queue.wanted(connection)
    three = [
        Candidate(name, WHOLE, "keeps the head, leaves out odd fingers", 1.2, terms)
        for name in ("best", "alt1", "alt2")
    ]  # type: ignore[arg-type] # those names

    def work(connection: apsw.Connection) -> None:
        for first in range(0, len(wanted), 500):
            for picture in crop_rows.pictures(connection, wanted[first : first + 500]):
                made = Proposal(1024, 1536, three, [], True, "It is framed.", rng.random(), 0.0, "head")
                crop_rows.put(connection, picture.id, picture.content, "bench", made)

    library.write(work)
    return len(wanted)


def timed(call: Callable[[], object], times: int) -> list[float]:
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        spent.append((time.perf_counter() - began) * 1000)
    return sorted(spent)


def ask(engine: Engine, name: str, **body: Any) -> Any:
    answer = json.loads(engine.call(name, json.dumps(body)))
    assert "error" not in answer, answer
    return answer


def measure(images: int, answers: int) -> list[Row]:
    with tempfile.TemporaryDirectory(dir=files.CACHE) as place:
        engine = Engine()
        engine.library = Library(Path(place) / "library")
        try:
            rows.fill(engine.library, bench_api.families(images))
            rows.group(engine.library)
            proposed = propose_all(engine.library)
            return _rows(engine, engine.library, f"{images} images, {proposed} with a proposal", answers)
        finally:
            engine.close()


def _rows(engine: Engine, library: Library, note: str, answers: int) -> list[Row]:
    singles = timed(lambda: ask(engine, "crop.queue"), 9)
    trios = timed(lambda: ask(engine, "crop.queue", trios=True), 9)
    waiting = iter(ask(engine, "crop.queue", limit=1000)["items"])

    def answer() -> None:
        body = {"image": next(waiting)["images"][0], "choice": "best", "box": WHOLE}
        ask(engine, "crop.choose", answer=body, timeMs=900)

    chosen = timed(answer, answers)
    undone = timed(lambda: ask(engine, "history.undo"), min(50, answers))
    anew = timed(lambda: logs.follow(library, None), 1)
    return [
        Row("a page of the crop queue with its counts, median", percentile(singles, 0.5), "ms", "", note),
        Row("the same of trios, median", percentile(trios, 0.5), "ms", "", note),
        Row("a crop accepted, with its logs, p99", percentile(chosen, 0.99), "ms", "< 50", note),
        Row("its undo, p99", percentile(undone, 0.99), "ms", "< 50", note),
        Row("the logs written anew", anew[0], "ms", "", f"{answers - len(undone)} answers"),
    ]  # fmt: skip


def run(images: int = 100_000, answers: int = 300) -> list[Row]:
    files.CACHE.mkdir(parents=True, exist_ok=True)
    return measure(images, answers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--answers", type=int, default=300)
    given = parser.parse_args()
    finish("crop_rows", "Crops in the library", run(given.images, given.answers))


if __name__ == "__main__":
    main()
