"""Folders of images for tests that need a whole library: families in doubt, families with stages, and company."""

from __future__ import annotations

import time
from pathlib import Path

from tests import draw


def culled(folder: Path, root: Path) -> Path:
    """A library of a folder, read and grouped as the window does it."""
    from engine.api import Engine

    engine = Engine()
    engine.start(folder, root)
    end = time.monotonic() + 60
    while (job := engine.jobs.current()) is None or job.state == "running":
        assert time.monotonic() < end
        time.sleep(0.02)
    engine.close()
    return root


def doubtful(folder: Path, families: int, size: int = 3, first: int = 0) -> list[list[Path]]:
    """Families whose images are equally good and without stages: each needs a person."""
    made = []
    for family in range(first, first + families):
        base = draw.natural(1000 + family, 240, 320)
        names = [folder / f"scene{family:02d}_{letter}.png" for letter in "abcdefghi"[:size]]
        made.append([draw.save(draw.variant(base, 7 * family + i, 1.0), name) for i, name in enumerate(names)])
    return made


def staged(folder: Path, families: int, first: int = 0) -> list[list[Path]]:
    """Families of stages 1 to 3 without a defect: stage 3 is the keeper and nobody has to look."""
    made = []
    for family in range(first, first + families):
        base = draw.natural(5000 + family, 240, 320)
        names = [folder / f"2025070{family % 9 + 1}_10{family:02d}00_stage{stage}_x.png" for stage in (1, 2, 3)]
        made.append([draw.save(draw.variant(base, 11 * family + i, 1.0), name) for i, name in enumerate(names)])
    return made
