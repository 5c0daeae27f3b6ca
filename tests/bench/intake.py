"""How fast intake is, beside its own decoder alone and beside Pillow + imagehash, in one run.

    .venv/bin/python -m tests.bench.intake [--count 1000] [--rounds 4] [--photos DIR]

Three ways through the same files, with the same pool and the same number of workers:
  intake  the whole of `engine.intake.sync.sync` into a fresh library: scan, content hash, decode, both hashes, quality,
          thumbnail, metadata, database
  decode  read the file and decode it with the same options, nothing else
  pillow  read the file, decode it with Pillow, `imagehash.phash` and `imagehash.dhash`
  phash   the same with `imagehash.phash` only (for comparison; no goal is held against it)

The files are dealt into rounds and each round runs every way on its share, in changing order, so that drift of the
machine hits all alike. Starting the pool (interpreters, imports) is timed apart and alike for all: it ends with the
first answer. The rates hold after the start; the line "with start-up" adds one start to each way. Files lie in the page
cache for all of them. CPU milliseconds an image (all processes, after the start too) are given beside: they change less
on a busy machine.
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

from engine.intake import pool
from engine.intake.sync import sync
from engine.library.settings import Intake
from engine.library.store import Library
from engine.progress import Quiet
from tests.bench import files
from tests.bench.report import Row, finish

WORKERS = 2
SETTINGS = Intake()


def decode_only(path: str) -> tuple[int, int]:
    """A worker's task: what intake's decode does, and nothing else."""
    from engine.intake.decode import decode
    from engine.intake.measure import init_worker

    init_worker()
    decoded = decode(
        Path(path).read_bytes(), full_jpeg=SETTINGS.full_jpeg, max_pixels=SETTINGS.max_megapixels * 1_000_000
    )
    return decoded.width, decoded.height


def pillow_hashes(dhash: bool, path: str) -> tuple[str, str]:
    """A worker's task: Pillow decodes, imagehash hashes."""
    import imagehash
    from PIL import Image

    with Image.open(path) as image:
        image.load()
        return str(imagehash.phash(image)), str(imagehash.dhash(image)) if dhash else ""


@dataclass
class Spent:
    """What one way through the files took so far."""

    images: int = 0
    seconds: float = 0.0  # after the first answer
    start: float = 0.0
    cpu: float = 0.0  # of the workers, after the first answer
    main: float = 0.0  # of the main process
    rounds: int = 0

    @property
    def rate(self) -> float:
        return (self.images - self.rounds) / self.seconds

    @property
    def rate_with_start(self) -> float:
        return self.images / (self.seconds + self.start / self.rounds)

    @property
    def cpu_ms(self) -> float:
        return (self.cpu + self.main) / (self.images - self.rounds) * 1000


def _cpu_of_workers() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextlib.contextmanager
def timed(spent: Spent, images: int) -> Iterator[Callable[[], None]]:
    """Time a round; the block calls what it is given at its first answer."""
    workers, began = _cpu_of_workers(), time.perf_counter()
    first: list[float] = []

    def answered() -> None:
        if not first:
            started = sum(sum(child.cpu_times()[:2]) for child in psutil.Process().children())
            first.extend((time.perf_counter(), time.process_time(), started))

    yield answered
    spent.seconds += time.perf_counter() - first[0]
    spent.start += first[0] - began
    spent.main += time.process_time() - first[1]
    spent.cpu += _cpu_of_workers() - workers - first[2]
    spent.images += images
    spent.rounds += 1


class _First(Quiet):
    def __init__(self, answered: Callable[[], None]) -> None:
        self._answered, self._phase = answered, ""

    def phase(self, name: str, total: int = 0) -> None:
        self._phase = name

    def step(self, done: int, current: str = "") -> None:
        if self._phase == "intake" and done:
            self._answered()


def whole_intake(paths: list[Path], spent: Spent) -> None:
    with tempfile.TemporaryDirectory(dir=files.CACHE) as place:
        source = Path(place) / "images"
        source.mkdir()
        for path in paths:
            (source / path.name).hardlink_to(path)
        with Library(Path(place) / "library") as library:
            library.change_setting("scan.sources", [str(source)])
            library.change_setting("intake.workers", WORKERS)
            with timed(spent, len(paths)) as answered:
                done = sync(library, _First(answered))
        if (done.measured, done.quarantined) != (len(paths), 0):
            raise SystemExit(f"intake took in {done.measured} of {len(paths)} files")
        shutil.rmtree(source)


def only(function: Callable[[str], object], paths: list[Path], spent: Spent) -> None:
    with timed(spent, len(paths)) as answered:
        for _, answer in pool.run(function, list(map(str, paths)), WORKERS):
            answered()
            if isinstance(answer, pool.Died):
                raise SystemExit(answer.reason)


WAYS: dict[str, Callable[[list[Path], Spent], None]] = {
    "intake": whole_intake,
    "decode": partial(only, decode_only),
    "pillow": partial(only, partial(pillow_hashes, True)),
    "phash": partial(only, partial(pillow_hashes, False)),
}


def measure(kind: files.Kind, count: int, rounds: int, photos: Path | None) -> dict[str, Spent]:
    paths = files.make(kind, count, photos)
    for path in paths:
        path.read_bytes()  # into the page cache, for all alike
    spent = {name: Spent() for name in WAYS}
    for number in range(rounds):
        share = paths[number::rounds]
        order = list(WAYS)
        for name in order[number % len(order) :] + order[: number % len(order)]:
            WAYS[name](share, spent[name])
    return spent


def rows(kind: files.Kind, spent: dict[str, Spent]) -> list[Row]:
    intake, decode, pillow, phash = (spent[name] for name in WAYS)
    what = f"{kind.name.upper()} {kind.width}x{kind.height}"
    goal = ">= 1.8" if kind is files.PNG else ">= 1.5"
    found = [
        Row(f"{what}: intake / the same decoder alone", intake.rate / decode.rate, "x", ">= 0.6"),
        Row(f"{what}: intake / Pillow + imagehash, both hashes", intake.rate / pillow.rate, "x", goal),
        Row(f"{what}: intake / Pillow + imagehash, pHash only", intake.rate / phash.rate, "x"),
        Row(f"{what}: intake / decoder alone, with start-up", intake.rate_with_start / decode.rate_with_start, "x"),
        Row(
            f"{what}: intake / Pillow + imagehash, with start-up", intake.rate_with_start / pillow.rate_with_start, "x"
        ),
        Row(f"{what}: the same in CPU time: decoder alone", decode.cpu_ms / intake.cpu_ms, "x"),
        Row(f"{what}: the same in CPU time: Pillow + imagehash", pillow.cpu_ms / intake.cpu_ms, "x"),
    ]
    for name, one in spent.items():
        main = one.main / (one.images - one.rounds) * 1000
        note = f"CPU {one.cpu_ms:.1f} ms an image, {main:.2f} of it in the main process"
        found.append(Row(f"{what}: {name}", one.rate, "images/s", "", f"{note}; start {one.start / one.rounds:.2f} s"))
    return found


def run(count: int = 1000, rounds: int = 4, photos: Path | None = None, kinds: str = "png jpeg") -> list[Row]:
    found = []
    for kind in (files.PNG, files.JPEG):
        if kind.name in kinds:
            found += rows(kind, measure(kind, count, rounds, photos))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--kinds", default="png jpeg")
    parser.add_argument("--photos", type=Path)
    asked = parser.parse_args()
    finish("intake", "Intake", run(asked.count, asked.rounds, asked.photos, asked.kinds))


if __name__ == "__main__":
    main()
