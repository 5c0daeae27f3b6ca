"""Between disks: a copy is whole, looks the same, and stands before its original goes."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from engine.intake.digest import content_hash, stream_hash
from engine.staging import copy as copying
from engine.staging import disk, moves
from engine.staging.lines import File
from engine.staging.recovery import recover
from engine.staging.rename import Place
from tests.engine.staging.ground import (
    LONG_AGO,
    QUIET,
    another_disk,
    bag,
    files,
    folders,
    give_attribute,
    grow,
    shape,
    staged,
    write,
)  # fmt: skip


def as_planned(path: Path) -> File:
    info = path.lstat()
    return File("a", "b", info.st_size, info.st_mtime_ns, info.st_mode, info.st_ino)


def copied(here: Path, folder: Path, *, back: bool = False, file: File | None = None) -> copying.Copy:
    one, other = os.open(here.parent, os.O_RDONLY), os.open(folder, os.O_RDONLY)
    try:
        return copying.copy(Place(one, here.name), Place(other, "part"), file or as_planned(here), back=back)
    finally:
        os.close(one)
        os.close(other)


@pytest.mark.parametrize("size", [0, 1, copying.BLOCK, 2 * copying.BLOCK + 7])
def test_a_copy_on_another_disk_has_all_that_its_original_has(tmp_path: Path, quick: Path, size: int) -> None:
    path = write(tmp_path / "a.png", os.urandom(size))
    give_attribute(path, b"value")
    path.chmod(0o741)
    os.utime(path, ns=(LONG_AGO - 5, LONG_AGO))
    made = copied(path, quick)
    assert (quick / "part").stat().st_atime_ns == LONG_AGO - 5
    assert shape(quick / "part") == shape(path)
    assert (made.digest, made.size, made.mtime_ns) == (content_hash(path.read_bytes()), size, LONG_AGO)


def test_a_copy_back_has_the_time_and_permissions_the_file_was_staged_with(tmp_path: Path, quick: Path) -> None:
    """The disk between may keep whole seconds only, and no permissions; what was written meanwhile keeps its own."""
    path = write(tmp_path / "a.png", "four")
    path.chmod(0o640)
    planned = as_planned(path)
    for mtime_ns, wanted in ((LONG_AGO - 10**9, LONG_AGO), (LONG_AGO + 9 * 10**9, LONG_AGO + 9 * 10**9)):
        path.chmod(0o777)
        os.utime(path, ns=(0, mtime_ns))
        copied(path, quick, back=True, file=planned)
        info = (quick / "part").stat()
        assert (info.st_mtime_ns, info.st_mode & 0o777) == (wanted, 0o640 if wanted == LONG_AGO else 0o777)
        (quick / "part").unlink()


def test_a_hash_of_blocks_is_the_hash_of_the_whole() -> None:
    assert stream_hash([b"ab", b"", b"c"]) == content_hash(b"abc")
    assert stream_hash([]) == content_hash(b"")


def test_staging_and_restoring_between_disks_is_as_exact_as_on_one(tmp_path: Path) -> None:
    source, home = tmp_path / "source", tmp_path / "library" / "staging"
    images = grow(source, 12)
    before, times = files(source), folders(source)
    with another_disk():
        assert staged(home, source, *images).troubles == []
        assert bag(files(source)) == bag(before)
        assert moves.restore(home, "b", QUIET).troubles == []
    assert (files(source), folders(source)) == (before, times)


def test_a_hard_link_does_not_go_to_another_disk_but_moves_on_its_own(tmp_path: Path) -> None:
    source, home = tmp_path / "source", tmp_path / "library" / "staging"
    image, other = write(source / "a.png"), tmp_path / "other.png"
    other.hardlink_to(image)
    with another_disk():
        report = staged(home, source, image, batch="one")
    assert "hard link" in report.troubles[0].reason
    assert files(source).keys() == {"a.png"}
    assert len(staged(home, source, image, batch="two").moved) == 1
    moves.restore(home, "two", QUIET)
    assert other.samefile(image)


def test_a_copy_that_reads_back_otherwise_is_not_relied_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, home = tmp_path / "source", tmp_path / "library" / "staging"
    images = grow(source, 4)
    before = files(source)
    real = disk.append

    def rotten(handle: int, data: bytes) -> None:
        real(handle, data[:-1] + b"?" if data.startswith(b"/") else data)

    monkeypatch.setattr(disk, "append", rotten)
    with another_disk():
        report = staged(home, source, *images)
    assert (report.moved, {t.reason for t in report.troubles}) == ([], {"The disk reported an error."})
    assert files(source) == before
    assert recover(home, QUIET) == []


def test_an_attribute_the_other_disk_cannot_keep_keeps_the_file_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not hasattr(os, "setxattr"):
        pytest.skip("this system copies attributes by a call of its own")
    source, home = tmp_path / "source", tmp_path / "library" / "staging"
    image, plain = write(source / "a.png"), write(source / "b.png")
    give_attribute(image, b"precious")
    if not os.listxattr(image):
        pytest.skip("this disk has no extended attributes")

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "not here")

    monkeypatch.setattr(os, "setxattr", refuse)
    with another_disk():
        report = staged(home, source, image, plain)
    assert "user.pickwise.test" in report.troubles[0].reason
    assert len(report.moved) == 1
    assert files(source).keys() == {"a.png", "_review_dupes/b.png"}


def test_an_original_that_changes_while_it_is_copied_stays_and_its_copy_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, home = tmp_path / "source", tmp_path / "library" / "staging"
    image = write(source / "a.png", "old")
    real = disk.sync_folder

    def and_write(handle: int) -> None:
        real(handle)
        if (source / "_review_dupes" / "a.png").exists() and image.exists():
            image.write_text("new")

    monkeypatch.setattr(disk, "sync_folder", and_write)
    with another_disk():
        report = staged(home, source, image)
    assert [t.reason for t in report.troubles] == ["It was changed meanwhile."]
    assert {path: (source / path).read_text() for path in files(source)} == {"a.png": "new"}
