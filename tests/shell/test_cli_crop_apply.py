"""`pickwise crop apply`: the terminal's way to the cropped copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cropping import decide
from engine.cropping.decide import Choice
from engine.library.store import Library
from tests.cropped import made, pixels_of, table
from tests.terminal import pickwise, snapshot


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.getbasetemp()).put_back() / "library"


def test_copies_are_written_only_when_asked_and_an_undo_takes_them_back(place: Path) -> None:
    with Library(place) as library:
        for image in (row[0] for row in table(library, "crops")[:2]):
            width, height = pixels_of(library, image)
            decide.choose(library, Choice(image, "nudged", (0, 0, width // 2, height // 2)))
    before = snapshot(place.parent / "pictures")
    dry = pickwise("crop", "apply", "--library", place, "--json")
    assert (dry.code, dry.json["images"], dry.json["written"], dry.json["dry_run"]) == (0, 2, 0, True)
    assert snapshot(place.parent / "pictures") == before

    done = pickwise("crop", "apply", "--apply", "--library", place, "--json")
    assert (done.json["written"], done.json["exact"], done.json["failed"]) == (2, 2, [])
    target = place / "exports" / "cropped"
    assert len(list(target.glob("*.png"))) == 2
    assert "Every decided crop has its copy" in pickwise("crop", "apply", "--library", place).err

    assert pickwise("undo", "--library", place).code == 0
    assert list(target.iterdir()) == []
    assert snapshot(place.parent / "pictures") == before
