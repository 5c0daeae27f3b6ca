"""Same? at 5 000 and 100 000 images: the pairs in doubt, and an answer with the groups that follow it.

    .venv/bin/python -m tests.bench.same [--sizes 5000 100000]

Images are rows that were never files: families of one to six, every fifth image a few bits from another one's look.
An answer is the call that a key press waits for: when it returns, every group follows. Beside it, what forming all of
the groups anew takes. Seconds of the clock, and of the processor in the notes; medians where a thing can be repeated.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from engine.api import Engine
from engine.culling.run import is_current
from engine.intake.records import signed
from engine.library.store import Library
from tests import rows
from tests.bench.report import Row, finish
from tests.linked import call

ANSWERS = 12
_BITS = (1 << 64) - 1


class Spent(NamedTuple):
    clock: float
    cpu: float


def _library(root: Path, size: int) -> Spent:
    """Made and grouped; answers with what the grouping took."""
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
        return _timed(lambda: rows.group(library))


def _timed(work: Callable[[], object]) -> Spent:
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - clock, time.process_time() - cpu)


def _median(many: list[Spent]) -> Spent:
    return Spent(*(statistics.median(part) for part in zip(*many, strict=True)))


def _answer(engine: Engine, pair: dict[str, Any]) -> Spent:
    """Of the opposite of what the groups say now; it has to be in them when the call is back."""
    one, other = pair["one"]["id"], pair["other"]["id"]
    together = call(engine, "same.list", limit=1, first=[one, other])["pairs"][0]["together"]
    body = {"one": one, "other": other, "same": not together}
    spent = _timed(lambda: call(engine, "same.answer", **body))
    assert is_current(engine.need())
    return spent


def run(sizes: tuple[int, ...] = (100_000,)) -> list[Row]:
    return [row for size in sizes for row in _measured(size)]


def _measured(size: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PICKWISE_HOME"] = f"{folder}/home"
        formed = _library(Path(folder, "library"), size)
        engine = Engine()
        engine.open(Path(folder, "library"))
        try:
            first = _timed(lambda: call(engine, "same.list"))
            pairs = call(engine, "same.list", limit=60)["pairs"]
            held = [(pair["one"]["id"], pair["other"]["id"]) for pair in pairs]
            again = _median([_timed(lambda: call(engine, "same.list", held=held)) for _ in range(5)])
            said = _median([_answer(engine, pair) for pair in pairs[:ANSWERS]])
        finally:
            engine.close()
    at = f"Same? at {size} images"
    return [
        Row(
            f"{at}: an answer, and every group follows", said.clock, "s", "<= 1", f"{said.cpu:.3f} s of processor time"
        ),
        Row(f"{at}: all groups formed anew instead", formed.clock, "s", "", f"{formed.cpu:.1f} s of processor time"),
        Row(f"{at}: the pairs in doubt, the first time", first.clock, "s", "", f"{first.cpu:.1f} s of processor time"),
        Row(f"{at}: again, with 60 on the page", again.clock, "s", "<= 0.5", f"{again.cpu:.3f} s of processor time"),
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", type=int, nargs="+", default=[5000, 100_000])
    finish("same", "Same?", run(tuple(options.parse_args().sizes)))


if __name__ == "__main__":
    main()
