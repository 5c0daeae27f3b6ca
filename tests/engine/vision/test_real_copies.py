"""On real photos: copies are found and neighbours are not taken for copies. Skips where the photos are absent."""

from __future__ import annotations

import io
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.vision import likeness
from engine.vision.same_picture import SAME
from tests.bench import edits


def sketch(picture: Image.Image) -> likeness.Sketch:
    return likeness.sketch(np.asarray(picture.convert("L")))


def folder(shared_data: Path, name: str, pattern: str) -> list[Path]:
    files = sorted((shared_data / name).rglob(pattern))
    if not files:
        pytest.skip(f"the images of {name} are not on this machine")
    return files


def changed(one: likeness.Sketch, other: likeness.Sketch) -> float:
    return likeness.changed(one, other, SAME)


def test_at_least_95_of_100_edited_photos_are_the_same(shared_data: Path) -> None:
    photos = folder(shared_data, "taming_photos", "*.jpg")[1::14]
    found = []
    for photo in photos:
        picture = edits.load(photo)
        picture.thumbnail((640, 640))
        whole = sketch(picture)
        for edit in edits.EDITS.values():
            with Image.open(io.BytesIO(edit(picture)[1])) as copy:
                found.append(changed(whole, sketch(copy)) <= SAME)
    assert np.mean(found) >= 0.95


def test_every_labelled_copy_of_the_bridge_is_the_same(shared_data: Path) -> None:
    files = folder(shared_data, "pdq_bridge/bridge-mods", "*.jpg")
    (original,) = (sketch(Image.open(f)) for f in files if f.stem == "aaa-orig")
    assert {f.stem: round(changed(original, sketch(Image.open(f))), 3) for f in files} == pytest.approx(
        {f.stem: 0 for f in files}, abs=SAME
    )


def test_frames_of_a_burst_are_not_the_same(shared_data: Path) -> None:
    frames = [sketch(Image.open(f)) for f in folder(shared_data, "sam2_bedroom_burst", "*.jpg")]
    least = [changed(frames[n], frames[n + 1]) for n in range(len(frames) - 1)]
    assert sum(value <= SAME for value in least) == 0


def test_garments_that_look_alike_are_not_the_same(shared_data: Path) -> None:
    hats = [sketch(Image.open(f)) for f in folder(shared_data, "clothing_cc0_small", "*.jpg")[::5]]
    assert min(changed(one, other) for one, other in combinations(hats, 2)) > 10 * SAME


def test_portraits_of_one_person_in_one_light_are_not_the_same(shared_data: Path) -> None:
    faces = [sketch(Image.open(f)) for f in folder(shared_data, "human_samples", "stock-emotions-*.jpg")]
    assert min(changed(one, other) for one, other in combinations(faces, 2)) > 10 * SAME
