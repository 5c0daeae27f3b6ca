"""Renaming takes nobody's place, on any kind of disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

import pytest

from engine.staging import rename
from engine.staging.rename import Place
from tests.engine.staging.conftest import MEMORY
from tests.engine.staging.ground import plain_disk, shape, write

DISKS: list[Callable[[], AbstractContextManager[None]]] = [
    nullcontext, partial(plain_disk, links=True), partial(plain_disk, links=False),
]  # fmt: skip


@pytest.fixture(params=DISKS, ids=["exclusive", "links only", "neither"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    handle = os.open(tmp_path, os.O_RDONLY)
    with request.param():
        yield handle
    os.close(handle)


def move(folder: int, here: str, there: str) -> list[str]:
    """Answers with what it said about reserving."""
    said: list[str] = []
    rename.rename(Place(folder, here), Place(folder, there), lambda: said.append("reserving"))
    return said


def test_a_file_gets_its_new_name_with_all_that_it_has(folder: int, tmp_path: Path) -> None:
    before = shape(write(tmp_path / "a.png", "mine"))
    said = move(folder, "a.png", "ü 🦊.png")
    assert shape(tmp_path / "ü 🦊.png") == before
    assert [p.name for p in tmp_path.iterdir()] == ["ü 🦊.png"]
    assert said in ([], ["reserving"])


@pytest.mark.parametrize("kind", ["file", "empty", "folder", "link", "same"])
def test_a_place_that_is_taken_stays_with_who_has_it(folder: int, tmp_path: Path, kind: str) -> None:
    mine, place = write(tmp_path / "a.png", "mine"), tmp_path / "b.png"
    if kind in ("file", "empty"):
        write(place, "yours" if kind == "file" else "")
    elif kind == "folder":
        place.mkdir()
    elif kind == "link":
        place.symlink_to("nowhere")
    else:
        place.hardlink_to(mine)
    before = place.lstat()[:7]  # all but the times: reading changes one
    with pytest.raises(FileExistsError):
        move(folder, "a.png", "b.png")
    assert (mine.read_text(), place.lstat()[:7]) == ("mine", before)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "b.png"]


def test_a_file_that_is_gone_leaves_no_trace_where_it_was_to_be(folder: int, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        move(folder, "a.png", "b.png")
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_cannot_be_taken_away_leaves_one_name(folder: int, tmp_path: Path) -> None:
    write(tmp_path / "a.png", "mine")
    real, calls = rename._drop, []

    def refuse_once(place: Place) -> None:
        calls.append(place.name)
        if place.name == "a.png":
            raise PermissionError(errno.EACCES, "no")
        real(place)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rename, "_drop", refuse_once)
        try:
            move(folder, "a.png", "b.png")
        except PermissionError:
            assert calls == ["a.png", "b.png"]
    assert [p.read_text() for p in tmp_path.iterdir()] == ["mine"]


def test_another_disk_is_said_to_be_one(tmp_path: Path, quick: Path) -> None:
    if quick.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip(f"{MEMORY} is no other disk here")
    write(tmp_path / "a.png")
    one, other = os.open(tmp_path, os.O_RDONLY), os.open(quick, os.O_RDONLY)
    try:
        for disk in DISKS[:2]:
            with disk(), pytest.raises(OSError, match="cross-device") as told:
                rename.rename(Place(one, "a.png"), Place(other, "a.png"), pytest.fail)
            assert told.value.errno == errno.EXDEV
    finally:
        os.close(one)
        os.close(other)
    assert list(quick.iterdir()) == []
