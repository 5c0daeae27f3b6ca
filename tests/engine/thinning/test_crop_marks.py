"""Marking adds empty files beside images and does nothing else, anywhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from terminal import snapshot

from engine.errors import NotFound
from engine.intake.scan import Scan
from engine.thinning import crop_marks
from engine.thinning.crop_marks import mark_cropped


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def marks(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.name.lower().endswith(".cropped"))


def test_every_image_gets_an_empty_mark_and_a_second_run_does_nothing(tmp_path: Path) -> None:
    put(tmp_path, "a.png", "deep/b.c.JPG", "deep/er/d.webp", "note.txt", ".hidden.png")
    first = mark_cropped(tmp_path, apply=True)
    assert (first.images, first.marked, first.already, first.failed) == (3, 3, 0, [])
    assert marks(tmp_path) == ["a.cropped", "deep/b.c.cropped", "deep/er/d.cropped"]
    assert all((tmp_path / mark).read_bytes() == b"" for mark in marks(tmp_path))
    before = snapshot(tmp_path)
    second = mark_cropped(tmp_path, apply=True)
    assert (second.marked, second.already) == (0, 3)
    assert snapshot(tmp_path) == before


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    put(tmp_path, "a.png", "b.png", "b.cropped", "two.png", "two.jpg", "named.png", "named.png.cropped")
    (tmp_path / "folder.png").mkdir()
    put(tmp_path, "taken.png")
    (tmp_path / "taken.cropped").mkdir()
    before = snapshot(tmp_path)
    dry = mark_cropped(tmp_path, apply=False)
    assert snapshot(tmp_path) == before
    assert mark_cropped(tmp_path, apply=True) == dry
    assert (dry.images, dry.marked, dry.already, len(dry.failed)) == (6, 2, 3, 1)
    assert "taken.cropped cannot be written: something else of that name" in dry.failed[0]
    assert {path: what for path, what in snapshot(tmp_path).items() if path in before} == before


def test_links_hidden_folders_libraries_and_staged_files_are_left_alone(tmp_path: Path) -> None:
    crop, outside = tmp_path / "crop", tmp_path / "outside"
    put(outside, "real.png")
    put(crop, "a.png", ".git/b.png", "lib/library.db", "lib/thumbs/c.png", "_review_dupes/d.png", "delete_review/e.png")
    (crop / "linked").symlink_to(outside)
    (crop / "link.png").symlink_to(outside / "real.png")
    (crop / "loop").symlink_to(crop)
    done = mark_cropped(crop, apply=True)
    assert (done.images, done.marked, done.failed) == (1, 1, [])
    assert marks(tmp_path) == ["crop/a.cropped"]


def test_a_mark_is_never_written_through_a_link(tmp_path: Path) -> None:
    put(tmp_path / "crop", "a.png")
    (tmp_path / "crop" / "a.cropped").symlink_to(tmp_path / "elsewhere")
    mark_cropped(tmp_path / "crop", apply=True)
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_that_cannot_be_written_is_told_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a.png", "b.png", "n" * 250 + ".png")
    write = os.open

    def refusing(path: Path, *flags: int) -> int:
        if path.name == "a.cropped":
            raise OSError(28, "No space left on device")
        return write(path, *flags)

    monkeypatch.setattr(crop_marks.os, "open", refusing)
    done = mark_cropped(tmp_path, apply=True)
    assert (done.images, done.marked, len(done.failed)) == (3, 1, 2)
    assert "a.cropped cannot be written: No space left on device." in done.failed[0]
    assert marks(tmp_path) == ["b.cropped"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    put(tmp_path, "file")
    for wrong in (tmp_path / "none", tmp_path / "file", Path("a\0b")):
        with pytest.raises(NotFound):
            mark_cropped(wrong, apply=True)


parts = st.sampled_from(["a", "b", "a.b", "a.png", "é", "\udcff", "A"])
ends = st.sampled_from([".png", ".jpg", ".cropped", ".yaml", ".png.cropped", ""])


@settings(max_examples=30, deadline=None)
@given(st.sets(st.tuples(parts, ends).map("".join), max_size=8))
def test_afterwards_the_scan_finds_every_image_marked_and_every_old_file_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, names: set[str]
) -> None:
    place = tmp_path_factory.mktemp("crop")
    put(place, *names)
    before = snapshot(place)
    done = mark_cropped(place, apply=True)
    assert done.failed == []
    assert done.images == done.marked + done.already
    found = list(Scan([place], recursive=True, library=place / "none"))
    assert len(found) == done.images
    assert all(file.cropped for file in found)
    after = snapshot(place)
    assert {path: after[path] for path in before} == before
    assert len(after) == len(before) + done.marked
