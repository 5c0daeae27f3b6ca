"""Same? at 5 000 and 100 000 images: the pairs in doubt, an answer, and the groups that follow it.

    .venv/bin/python -m tests.bench.same [--sizes 5000 100000]

Images are rows that were never files: families of one to six, every fifth image a few bits from another one's look.
`first` finds the pairs of a library, `again` asks with them found; `answer` is the call that a key press waits for, and
`groups` the background work until every group follows. Seconds, medians of five where a thing can be repeated.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from engine.api import Engine
from engine.intake.records import signed
from engine.library.store import Library
from tests import rows
from tests.linked import call, settled

_BITS = (1 << 64) - 1


def _library(root: Path, size: int) -> None:
    rng, families = random.Random(1), list[int]()
    while sum(families) < size:
        families.append(rng.randint(1, 6))
    with Library(root) as library:
        rows.fill(library, families, blurred=0)
        with library.db.read() as connection:
            looks = dict(connection.execute("SELECT image_id, phash FROM features").fetchall())
        ids = sorted(looks)
        near = []
        for image in ids[::5]:
            look = looks[rng.choice(ids)] & _BITS
            for bit in rng.sample(range(64), rng.randint(6, 14)):
                look ^= 1 << bit
            near.append((signed(look), image))
        library.write(lambda c: c.executemany("UPDATE features SET phash = ? WHERE image_id = ?", near))
        rows.group(library)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return round(time.perf_counter() - began, 4)


def measure(size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PICKWISE_HOME"] = f"{folder}/home"
        _library(Path(folder, "library"), size)
        engine = Engine()
        engine.open(Path(folder, "library"))
        first = _timed(lambda: call(engine, "same.list"))
        again = statistics.median(_timed(lambda: call(engine, "same.list")) for _ in range(5))
        settled(engine)
        answers, groups = [], []
        for pair in call(engine, "same.list", limit=5)["pairs"]:
            body = {"one": pair["one"]["id"], "other": pair["other"]["id"], "same": pair["chance"] > 0.5}
            answers.append(_timed(lambda body=body: call(engine, "same.answer", **body)))  # type: ignore[misc]
            groups.append(_timed(lambda: settled(engine)))
        engine.close()
    return {
        "images": size, "first": first, "again": again,
        "answer": statistics.median(answers), "groups": statistics.median(groups),
    }  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", type=int, nargs="+", default=[5000, 100_000])
    for size in options.parse_args().sizes:
        print(json.dumps(measure(size)), flush=True)


if __name__ == "__main__":
    main()
