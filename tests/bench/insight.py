"""The Insight screen at 100 000 images and 10 000 decisions, through `Engine.call`, and a batch of all groups.

.venv/bin/python -m tests.bench.insight [--images 100000] [--decisions 10000] [--repeats 5]
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from pathlib import Path

import apsw
import msgspec

from engine.api import Engine
from engine.learning import promote
from engine.library.journal import Cropped
from engine.library.store import Library
from engine.progress import Quiet
from tests import rows
from tests.bench import bench_api, files
from tests.bench.report import Row, finish
from tests.engine.learning import taught

BOX = (100, 150, 900, 1350)
_DECISIONS = 28  # days


def dress(connection: apsw.Connection, decisions: int) -> None:
    """Decisions beside recommendations, a tenth of them blind; as many crops; a recommendation for every group."""
    chance = random.Random(3)
    note = msgspec.json.encode(Cropped("best", 900, 2, False, {}, [{}, {}, {}], [BOX, BOX, BOX]))
    for number in range(decisions):
        at = f"2026-01-{1 + number * _DECISIONS // decisions:02}T10:00:{number:012.6f}Z"
        sure, agreed = chance.uniform(0.5, 1), chance.random() < 0.97
        row = (f"d{number}", at, "winner", "k", agreed, sure, number % 10 == 0, "m")
        connection.execute("INSERT INTO agreements VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        if number % 10 == 0:
            connection.execute(taught.JUDGED, ("winner", sure, True, number + 1, at))
            connection.execute(taught.JUDGED, ("crop", sure, agreed, number + 1, at))
            connection.execute(taught.JUDGED, ("residual", sure, agreed, number + 1, at))
        box = (BOX[0], BOX[1], BOX[2] - BOX[0], BOX[3] - BOX[1])
        crop = (number + 1, "best", *box, "[]", note, at)
        connection.execute("INSERT INTO crop_answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", crop)
        line = (f"c{number}", at, "pick", "Keep", "k", "done", note * 3, note)
        names = "id, ts, kind, label, set_id, state, record, changes"
        connection.execute(f"INSERT INTO decisions ({names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", line)
    connection.execute("INSERT INTO predictions SELECT id, (id * 7919) % 1000 / 1000.0, 0.1 FROM images")
    connection.execute(
        "INSERT INTO recommended SELECT g.key, max(m.image_id), 0.97, 0.1, 0, 0, x'5b5d', 'm'"
        " FROM groups g JOIN members m ON m.group_id = g.id GROUP BY g.id"
    )


def batches(library: Library) -> list[Row]:
    began = time.perf_counter()
    done = promote.promote(library, "winner", Quiet(), apply=True)
    spent = time.perf_counter() - began
    began = time.perf_counter()
    library.undo()
    back = time.perf_counter() - began
    return [Row(f"{done.decided} groups decided at once", spent, "s", "<= 10", f"and taken back: {back:.1f} s")]


def run(images: int = 100_000, decisions: int = 10_000, repeats: int = 5) -> list[Row]:
    files.CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=files.CACHE) as place:
        engine = Engine()
        engine.library = library = Library(Path(place) / "library")
        try:
            rows.fill(library, bench_api.families(images))
            rows.group(library)
            library.write(lambda c: dress(c, decisions))
            cold = bench_api.timed(lambda: bench_api.ask(engine, "insight.all"), 1)[0]
            asked = bench_api.timed(lambda: bench_api.ask(engine, "insight.all"), repeats)
            what = f"Insight at {images} images, {decisions} decisions"
            screen = Row(what, statistics.median(asked), "ms", "<= 300", f"the first time {cold:.0f}")
            return [screen, *batches(library)]
        finally:
            engine.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--decisions", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    finish("insight", "Insight", run(asked.images, asked.decisions, asked.repeats))


if __name__ == "__main__":
    main()
