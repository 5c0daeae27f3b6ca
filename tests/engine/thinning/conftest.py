"""A small library of real files whose copies were searched for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from draw import natural, save, variant

from engine.culling.run import add_sources, cull
from engine.library.store import Library
from engine.progress import Quiet
from engine.thinning import run
from engine.thinning.how import how

FAMILIES, STAGES = 2, 3


@pytest.fixture
def source(tmp_path: Path) -> Path:
    place = tmp_path / "source"
    (place / "sub").mkdir(parents=True)
    for family in range(FAMILIES):
        scene = natural(family, 48, 64)
        for stage in range(1, STAGES + 1):
            folder = place / "sub" if stage == 2 else place
            save(variant(scene, stage), folder / f"scene{family}_stage{stage}.png")
            (folder / f"scene{family}_stage{stage}.yaml").write_text(f"prompt: {family}")
    return place


@pytest.fixture
def library(tmp_path: Path, source: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as opened:
        add_sources(opened, [source])
        cull(opened, Quiet())
        run.find(opened, how(opened.settings.thinning), Quiet())
        yield opened
