"""How long staging, restoring and approving 500 images with two companions each take, and how often they wait.

    .venv/bin/python -m tests.bench.staging [--images 500] [--folder DIR]

Medians of five rounds; `waits` are the times the disk was waited for (fsync). The Trash is a rename here.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from engine.staging import disk, moves
from tests.bench.report import Row, finish
from tests.engine.staging.ground import QUIET, units, write


def measured(count: int, place: Path | None = None) -> dict[str, list[tuple[float, int]]]:
    """Seconds and waits for the disk of five rounds of each operation, over so many images with two companions each."""
    waits = 0
    sync = disk.sync

    def counted(handle: int) -> None:
        nonlocal waits
        waits += 1
        sync(handle)

    disk.sync = counted
    took: dict[str, list[tuple[float, int]]] = {"plan": [], "stage": [], "restore": [], "approve": []}

    def timed(name: str, work: Callable[[], object]) -> None:
        before, start = waits, time.perf_counter()
        work()
        took[name].append((time.perf_counter() - start, waits - before))

    with tempfile.TemporaryDirectory(dir=place) as folder:
        source, home, trash = Path(folder, "source"), Path(folder, "library", "staging"), Path(folder, "trash")
        trash.mkdir()
        for number in range(5):
            images = [write(source / f"d{n % 20}" / f"i{n}.png", os.urandom(2000)) for n in range(count)]
            for image in images:
                write(image.with_suffix(".yaml"), "prompt: a fox")
                write(image.with_suffix(".cropped"), "")
            wanted, one, two = units(source, *images), f"a{number}", f"b{number}"
            timed("plan", lambda: moves.plan(home, wanted, "_review_dupes"))  # noqa: B023
            timed("stage", lambda: moves.stage(home, wanted, "_review_dupes", QUIET, one))  # noqa: B023
            timed("restore", lambda: moves.restore(home, one, QUIET))  # noqa: B023
            moves.stage(home, wanted, "delete_review", QUIET, two)
            timed("approve", lambda: moves.approve(home, two, QUIET, lambda p: os.replace(p, trash / "x")))  # noqa: B023, PTH105
    disk.sync = sync
    return took


def run(images: int = 500, place: Path | None = None) -> list[Row]:
    rows = []
    for name, rounds in measured(images, place).items():
        waits = statistics.median(n for _, n in rounds)
        middle = statistics.median(seconds for seconds, _ in rounds) * 1000
        what = f"{name} of {images} images with {2 * images} companions"
        rows.append(Row(what, middle, "ms", "", f"{waits:.0f} waits for the disk"))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--folder", type=Path, default=None, help="where to make the files: the disk to measure")
    asked = parser.parse_args()
    finish("staging", "Staging", run(asked.images, asked.folder))


if __name__ == "__main__":
    main()
