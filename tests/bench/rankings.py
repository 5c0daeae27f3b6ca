"""The Rankings screen at 100 000 images, through `Engine.call`: opening, sorting, filtering, paging, its CSV.

    .venv/bin/python -m tests.bench.rankings [--images 100000] [--repeats 7]

"First" is a call with nothing remembered but the ranking itself, as after a scan; a page further down follows it.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import apsw

from engine.api import Engine
from engine.library.store import Library
from tests import rows
from tests.bench import bench_api, files
from tests.bench.report import Row, finish

WORDS = 50  # of a prompt, about 350 letters
COMPARED = 0.5  # share of the images
PAGE = 200
SORTS = ("filename", "folder", "stage", "mu", "score", "comparisons", "added_at", "last_compared_at")
FILTERS: dict[str, dict[str, Any]] = {
    "text that is rare": {"text": "zzqq"},
    "text that is common": {"text": "ab"},
    "text beyond ASCII": {"text": "дом"},
    "a folder": {"folder": f"{rows.SOURCE}/017"},
    "a stage": {"stage": 2.0},
    "the compared": {"only": "compared"},
}


def dress(connection: apsw.Connection) -> None:
    """Give the rows of a library folders, prompts, times and ratings."""
    rng = random.Random(1)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 9))) for _ in range(3000)]
    connection.execute(f"UPDATE images SET filepath = printf('{rows.SOURCE}/%03d/%s', id % 200, filename)")
    for image in [number for (number,) in connection.execute("SELECT id FROM images").fetchall()]:
        connection.execute(
            "INSERT INTO generations VALUES (?, 'x', ?, '', ?, 'model', 'euler', '20', '7', 1024, 1536, 'png')",
            (image, " ".join(rng.choices(words, k=WORDS)), str(image)),
        )
        time_ = f"2026-01-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:00:00.{rng.randint(0, 999_999):06}Z"
        connection.execute("UPDATE images SET added_at = ? WHERE id = ?", (time_, image))
        if rng.random() < COMPARED:
            figures = (rng.gauss(25, 5), rng.uniform(2, 8), rng.randint(1, 30), time_, image)
            connection.execute(
                "UPDATE images SET mu = ?, sigma = ?, comparison_count = ?, last_compared_at = ? WHERE id = ?", figures
            )


def ask(engine: Engine, **body: Any) -> tuple[float, Any]:
    """Milliseconds of one page, and the page."""
    began = time.perf_counter()
    answer = bench_api.ask(engine, "rankings.page", limit=PAGE, **body)
    return (time.perf_counter() - began) * 1000, answer


def forget(engine: Engine) -> None:
    """As after a scan: nothing of the table is remembered."""
    from engine.ranking.table import Table

    engine.desk._table = Table(engine.need())


def pages(engine: Engine, repeats: int, **body: Any) -> tuple[float, float]:
    """Median milliseconds of the first page and of those further down."""
    first, later = [], []
    for number in range(repeats):
        forget(engine)
        spent, page = ask(engine, **body)
        first.append(spent)
        for part in (0.3, 0.6, 0.9):
            offset = max(int(page["total"] * part) - number * PAGE, 0)
            later.append(ask(engine, offset=offset, **body)[0])
    return statistics.median(first), statistics.median(later)


def opening(engine: Engine, repeats: int) -> list[Row]:
    cold = ask(engine)[0]
    first, later = pages(engine, repeats)
    facets = []
    for _ in range(repeats):
        forget(engine)
        facets += bench_api.timed(lambda: bench_api.ask(engine, "rankings.facets"), 1)
    return [
        Row("Rankings, first page of all", first, "ms", "< 300", f"reading the ranking itself once: {cold:.0f}"),
        Row("Rankings, a page further down", later, "ms", "< 20"),
        Row("Rankings, folders, stages and histogram", statistics.median(facets), "ms", "< 300"),
    ]


def asking(engine: Engine, repeats: int) -> list[Row]:
    asked = {f"sorted by {name}": {"sort": name, "descending": True} for name in SORTS} | FILTERS
    found = []
    for name, body in asked.items():
        first, later = pages(engine, repeats, **body)
        found.append(Row(f"Rankings, {name}, first page", first, "ms", "< 150", f"further down: {later:.1f}"))
    return found


def csv(engine: Engine, folder: Path) -> Row:
    from engine.export.rankings_csv import export_csv
    from engine.progress import Quiet

    library = engine.need()
    here = engine.desk.live(library).standing()
    [spent] = bench_api.timed(lambda: export_csv(library, here, folder / "r.csv", Quiet()), 1)
    return Row("Rankings as CSV", spent / 1000, "s", "", f"{(folder / 'r.csv').stat().st_size / 2**20:.0f} MB")


def run(images: int = 100_000, repeats: int = 7) -> list[Row]:
    files.CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=files.CACHE) as place:
        engine = Engine()
        engine.library = library = Library(Path(place) / "library")
        try:
            rows.fill(library, bench_api.families(images))
            rows.group(library)
            library.write(dress)
            return [*opening(engine, repeats), *asking(engine, repeats), csv(engine, Path(place))]
        finally:
            engine.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=7)
    asked = parser.parse_args()
    finish("rankings", f"Rankings at {asked.images} images", run(asked.images, asked.repeats))


if __name__ == "__main__":
    main()
