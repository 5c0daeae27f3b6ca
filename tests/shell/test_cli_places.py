"""Folders and libraries in unusual places, and what happens to them between runs."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
import scene
from terminal import pickwise


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "pictures"
    scene.staged(place, 2)
    return place


def answer(*words: object) -> dict[str, object]:
    done = pickwise(*map(str, words), "--json")
    assert done.code == 0, done.err
    return dict(json.loads(done.out))


def test_deleted_thumbnails_are_drawn_again(folder: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    answer("cull", folder, "--library", library)
    thumbs = {p.relative_to(library) for p in (library / "thumbs").rglob("*.jpg")}
    shutil.rmtree(library / "thumbs")
    again = answer("cull", folder, "--library", library)
    assert (again["new"], again["images"]) == (0, 6)
    assert {p.relative_to(library) for p in (library / "thumbs").rglob("*.jpg")} == thumbs


def test_another_library_inside_a_source_is_not_images(folder: Path, tmp_path: Path) -> None:
    answer("cull", folder, "--library", folder / "its library")
    assert answer("cull", folder, "--library", tmp_path / "second")["images"] == 6


def test_a_folder_of_images_is_not_made_a_library(folder: Path) -> None:
    before = sorted(folder.iterdir())
    done = pickwise("cull", str(folder), "--library", str(folder))
    assert done.code == 2
    assert "library's own folder" in done.err
    assert sorted(folder.iterdir()) == before


def test_a_library_made_elsewhere_is_found_again_for_its_folder(folder: Path, tmp_path: Path) -> None:
    library = tmp_path / "elsewhere"
    answer("cull", folder, "--library", library)
    assert answer("cull", folder)["library"] == str(library)


def test_a_library_inside_its_source_exports_to_itself(folder: Path) -> None:
    library = folder / "my library"
    answer("cull", folder, "--library", library)
    assert answer("export", "--keepers", "--library", library, "--apply")["written"] == 2


@pytest.mark.skipif(sys.platform == "win32", reason="names are shorter there")
def test_the_longest_name_is_exported(tmp_path: Path) -> None:
    source, library = tmp_path / "pictures", tmp_path / "library"
    first = scene.doubtful(source, 1, size=1)[0][0]
    first.rename(source / ("é" * 124 + ".png"))
    answer("cull", source, "--library", library)
    report = answer("export", "--keepers", "--library", library, "--apply")
    assert (report["keepers"], report["written"], report["failed"]) == (1, 1, [])


def test_a_setting_out_of_range_is_said_in_its_own_words(folder: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    answer("cull", folder, "--library", library)
    settings = library / "pickwise.toml"
    settings.write_text(settings.read_text("utf-8") + "\n[groups]\nphash_distance = 99\n", "utf-8")
    done = pickwise("cull", str(folder), "--library", str(library))
    assert done.code == 1
    assert "groups.phash_distance (Look-alike distance) must be a whole number from 0 to 32 bits of 64" in done.err


def test_a_file_is_not_called_a_missing_folder(folder: Path) -> None:
    done = pickwise("cull", str(next(folder.iterdir())))
    assert done.code == 1
    assert "is a file, not a folder" in done.err
