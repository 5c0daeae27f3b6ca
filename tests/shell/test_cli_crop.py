"""`pickwise crop propose`: the terminal's way to proposals and sidecars."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cropping import decide
from engine.cropping.decide import Choice
from engine.library.csvfile import read_csv
from engine.library.store import Library
from tests.cropped import made, pixels_of, table
from tests.terminal import pickwise, snapshot


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.getbasetemp()).put_back() / "library"


def test_the_json_has_the_agreed_keys_and_nothing_is_written_beside_the_images(place: Path) -> None:
    before = snapshot(place.parent / "pictures")
    said = pickwise("crop", "propose", "--library", place, "--json")
    assert said.code == 0, said
    assert list(said.json) == ["images", "proposed", "no_clean_crop", "seconds"]
    assert (said.json["images"], said.json["proposed"]) == (9, 9)
    assert snapshot(place.parent / "pictures") == before


def test_apply_writes_a_sidecar_beside_every_image_that_waits(place: Path) -> None:
    said = pickwise("crop", "propose", "--library", place, "--apply", "--json")
    assert said.code == 0, said
    assert len(list((place.parent / "pictures").glob("*.png.crop_suggestions.json"))) == 9


def test_a_person_reads_what_was_done(place: Path) -> None:
    said = pickwise("crop", "propose", "--library", place, "--again", "--no-look")
    assert said.code == 0, said
    assert "9, 9 of them now" in said.out
    assert "left alone" in said.out


def test_wrong_use_and_no_library_are_said(place: Path, tmp_path: Path) -> None:
    assert pickwise("crop", "--json").code == 2
    assert pickwise("crop", "propose", "--fast", "--json").code == 2
    assert pickwise("crop", "propose", "--library", tmp_path / "none", "--json").code == 1


def test_an_undo_on_the_terminal_reaches_the_logs_too(place: Path) -> None:
    with Library(place) as library:
        image = table(library, "crops")[0][0]
        width, height = pixels_of(library, image)
        decide.choose(library, Choice(image, "full", (0, 0, width, height)))
        assert len(read_csv(library.paths.crop_decisions)[1]) == 1
    assert pickwise("undo", "--library", place, "--json").code == 0
    assert read_csv(place / "labels" / "crop_decisions.csv")[1] == []
    assert list((place / "labels" / "crops").iterdir()) == []
