"""What a tag's detector reaches after so many tags, one in ten of them wrong; how long a refit and the Check list take.

    .venv/bin/python -m tests.bench.learned [--times 5]

Two simulated tags over real pictures (`simulated_tags`). One in five families is held out; of the others so many
labels of each kind are drawn, one in ten flipped. The average precision is against the truth. The calibration error is
against labels as wrong as those it learned from: a probability can only mean the share of what the person would tag;
against the truth stands in the note.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from engine.library.store import Library
from engine.vision import checks, cue_settings
from engine.vision.embedders import LITE0, weights
from engine.vision.learned import labels, state
from engine.vision.learned.fit import average_precision, calibration_error, fit, probability
from tests.bench import learned_rows, simulated_tags
from tests.bench.report import ROOT, Row, finish, median

DATA = ROOT.parent / "shared" / "data"
SIZES = (20, 50, 100, 200)
HELD = 0.2
WRONG = 0.1
IMAGES = 100_000


class Known(NamedTuple):
    """A simulated tag, as vectors: (n, 1280), (n,), (n,)."""

    vectors: npt.NDArray[np.float32]
    yes: npt.NDArray[np.bool_]
    families: npt.NDArray[np.intp]


class Reached(NamedTuple):
    """Of one draw: against the truth held out, against labels held out, against its own card, processor seconds."""

    precision: float
    error: float
    true_error: float
    card_precision: float
    seconds: float


def embedded(name: str) -> Known:
    from engine.vision.lite0 import Lite0

    file = weights(LITE0)
    assert file is not None
    network = Lite0(file)
    tagged = list(simulated_tags.KINDS[name](DATA))
    rows = [network.embed([one.rgb for one in tagged[first : first + 32]]) for first in range(0, len(tagged), 32)]
    stored = np.concatenate(rows).astype(np.float16).astype(np.float32)
    return Known(stored, np.array([one.yes for one in tagged]), np.array([one.family for one in tagged]))


def reached(known: Known, size: int, seed: int) -> Reached | None:
    """None where there are not so many labels of each kind."""
    rng = np.random.default_rng(seed)
    families = rng.permutation(np.unique(known.families))
    held = np.isin(known.families, families[: int(len(families) * HELD)])
    drawn = [rng.permutation(np.flatnonzero(~held & (known.yes == kind)))[:size] for kind in (True, False)]
    if min(map(len, drawn)) < size:
        return None
    some = np.concatenate(drawn)
    wrong = rng.random(len(known.yes)) < WRONG
    said = known.yes ^ wrong
    start = time.process_time()
    found = fit([known.vectors[place][None] for place in some], said[some], known.families[some])
    seconds = time.process_time() - start
    if found is None:
        return None
    scores = (known.vectors[held] @ found.weights + found.bias).astype(np.float64)
    chances = probability(scores, found.slope, found.offset)
    return Reached(
        average_precision(chances, known.yes[held]), calibration_error(chances, said[held]),
        calibration_error(chances, known.yes[held]), found.average_precision, seconds,
    )  # fmt: skip


def tags(times: int) -> list[Row]:
    rows = []
    for name in simulated_tags.KINDS:
        known = embedded(name)
        print(
            f"\n{name}: {len(known.yes)} pictures, {known.yes.sum()} yes, {len(set(known.families.tolist()))} families"
        )
        print("| labels of each kind | average precision, held out | calibration error | on the card | refit |")
        print("|---|---|---|---|---|")
        for size in SIZES:
            draws = [one for seed in range(times) if (one := reached(known, size, seed)) is not None]
            if not draws:
                print(f"| {size} | not so many pictures | | | |")
                continue
            precision, error, true_error, card, seconds = (statistics.mean(part) for part in zip(*draws, strict=True))
            print(f"| {size} | {precision:.3f} | {error:.3f} | {card:.3f} | {seconds:.2f} s |", flush=True)
            what = f"learned tags, {name}, {size} of each kind"
            rows.append(Row(f"{what}: average precision", precision, "", note="held out, mean of draws"))
            rows.append(Row(f"{what}: calibration error", error, "", note=f"{true_error:.3f} against the truth"))
            rows.append(Row(f"{what}: refit", seconds, "s", note="processor time"))
    return rows


def lists() -> list[Row]:
    """What GetChecks asks of the database, at 100 000 images."""
    with tempfile.TemporaryDirectory() as folder:
        with Library(Path(folder)) as library:
            learned_rows.fill(library, IMAGES)
        return _lists(Path(folder))


def _lists(folder: Path) -> list[Row]:
    with Library(folder) as library:
        names = msgspec.json.encode(sorted(cue_settings.least(library.settings.cues))).decode()

        def once() -> float:
            start = time.process_time()
            with library.db.read() as connection:
                checks.waiting(connection, names, "", 0, 100)
                checks.counts(connection, names)
                labels.counts(connection)
                state.read(connection)
                _ = connection.execute("SELECT count(*) FROM looked").get
            return (time.process_time() - start) * 1000

        once()
        return [
            Row(
                f"Check list, {IMAGES:,} images", median(once, 15), "ms", "<= 50", "processor time, the database's part"
            )
        ]


def run(times: int = 5) -> list[Row]:
    cv2.setNumThreads(1)
    rows = lists()
    if not DATA.is_dir():
        print("The real images (../shared/data) are not on this machine: no figures of learned tags.")
        return rows
    return rows + tags(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5, help="draws of each size")
    finish("learned", "Learned tags", run(parser.parse_args().times))


if __name__ == "__main__":
    main()
