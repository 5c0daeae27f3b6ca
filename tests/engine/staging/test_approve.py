"""Approval: everything staged goes to the Trash, never further, and what the Trash does not take is told."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.staging import moves
from engine.staging.batches import batches, held
from engine.staging.recovery import recover
from tests.engine.staging.ground import QUIET, Crash, bag, files, folders, grow, killed, staged, write


class Bin:
    """A Trash that keeps what it is given, in a folder, until it refuses or crashes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken: list[str] = []
        folder.mkdir()

    def __call__(self, path: str) -> None:
        self.taken.append(path)
        os.rename(path, self.folder / f"{len(self.taken)}")  # noqa: PTH104


def test_an_approved_batch_leaves_nothing_but_its_journal(tmp_path: Path) -> None:
    source, home, trash = tmp_path / "source", tmp_path / "library" / "staging", Bin(tmp_path / "trash")
    images = grow(source, 20)
    before = files(source)
    report = staged(home, source, *images[:10], folder="delete_review")
    done = moves.approve(home, "b", QUIET, trash)
    assert (done.moved, done.bytes, done.troubles) == (report.moved, report.bytes, [])
    assert not (source / "delete_review").exists()
    assert sorted([*files(source).values(), *files(trash.folder).values()]) == bag(before)
    assert [s.state for s in batches(home)] == ["approved"]
    assert {h.state for h in held(home, "b")} == {"approved"}
    assert (moves.restore(home, "b", QUIET).moved, moves.approve(home, "b", QUIET, trash).moved) == ([], [])
    assert trash.taken[0].endswith(".png")


def test_the_systems_own_trash_takes_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import send2trash

    monkeypatch.setattr(send2trash, "send2trash", taken := Bin(tmp_path / "trash"))
    source, home = tmp_path / "source", tmp_path / "library" / "staging"
    staged(home, source, *grow(source, 3))
    assert len(moves.approve(home, "b", QUIET).moved) == 3
    assert len(taken.taken) == 6


@pytest.mark.skipif(sys.platform != "linux", reason="only here can the Trash be a folder of the test's own")
def test_the_trash_of_the_desktop_takes_any_name_it_can_hold(tmp_path: Path) -> None:
    source, home, share = tmp_path / "source", tmp_path / "library" / "staging", tmp_path / "home" / "share"
    share.mkdir(parents=True)
    images = [write(source / os.fsdecode(b"\xff \xf0\x9f\xa6\x8a.png")), write(source / ("x" * 251 + ".png"))]
    assert len(staged(home, source, *images).moved) == 2
    script = "import sys, pathlib; from engine.staging import moves; from engine.progress import Quiet\n"
    script += "print([t.reason for t in moves.approve(pathlib.Path(sys.argv[1]), 'b', Quiet()).troubles])"
    done = subprocess.run(
        [sys.executable, "-c", script, str(home)], cwd=Path(__file__).parents[3], capture_output=True, text=True,
        check=True, env={**os.environ, "HOME": str(share.parent), "XDG_DATA_HOME": str(share)},
    )  # fmt: skip
    assert done.stdout == "['The system Trash did not take it (File name too long).']\n"
    assert [p.name for p in (share / "Trash" / "files").iterdir()] == [images[0].name]
    assert len(files(source)) == 1


def test_a_disk_without_a_trash_is_told_and_everything_stays_staged(tmp_path: Path) -> None:
    source, home = tmp_path / "source", tmp_path / "library" / "staging"
    images = grow(source, 4)
    before = files(source)
    staged(home, source, *images)

    def none(path: str) -> None:
        raise PermissionError(errno.EACCES, "no Trash here", path)

    report = moves.approve(home, "b", QUIET, none)
    assert (report.moved, [t.path for t in report.troubles]) == ([], [str(image) for image in images])
    assert all("Trash" in t.reason for t in report.troubles)
    assert moves.approve(home, "b", QUIET, lambda path: None).moved == []  # says yes and does nothing
    assert [s.state for s in batches(home)] == ["staged"]
    moves.restore(home, "b", QUIET)
    assert files(source) == before


def test_a_file_that_was_changed_while_staged_is_kept_and_told(tmp_path: Path) -> None:
    source, home, trash = tmp_path / "source", tmp_path / "library" / "staging", Bin(tmp_path / "trash")
    images = grow(source, 4)
    report = staged(home, source, *images)
    edited = Path(report.moved[1].to)
    write(edited, "retouched")
    done = moves.approve(home, "b", QUIET, trash)
    assert len(done.moved) == 3
    assert [t.reason for t in done.troubles] == ["It was changed since it was staged."]
    assert edited.read_text() == "retouched"
    assert [s.state for s in batches(home)] == ["mixed"]


def test_killed_while_approving_every_file_is_staged_or_in_the_trash(tmp_path: Path) -> None:
    """And no image is apart from its companions."""
    source, home = tmp_path / "source", tmp_path / "library" / "staging"
    for number in range(1, 24):
        images = grow(source, 8)
        before = bag(files(source))
        name = f"b{number}"
        staged(home, source, *images, batch=name)
        trash = Bin(tmp_path / f"trash{number}")

        def crash(path: str, trash: Bin = trash, number: int = number) -> None:
            if len(trash.taken) == number // 2:
                if number % 2:
                    trash(path)
                raise Crash
            trash(path)

        assert killed(lambda: moves.approve(home, name, QUIET, crash)) == (number // 2 < 20)  # noqa: B023
        recovered = recover(home, QUIET, trash)
        assert all(r.operation == "approve" and r.settled for r in recovered)
        assert sorted([*files(source).values(), *files(trash.folder).values()]) == before
        states = {h.moved.image: h.state for h in held(home, name)}
        for moved in (h.moved for h in held(home, name)):
            there = {Path(new).exists() for _, new in [(moved.image, moved.to), *moved.companions]}
            assert there == {states[moved.image] == "staged"}
        moves.restore(home, name, QUIET)
        assert not (source / "_review_dupes").exists()
        for image in files(source):
            (source / image).unlink()


def test_a_unit_half_in_the_trash_is_finished_or_told(tmp_path: Path) -> None:
    source, home, trash = tmp_path / "source", tmp_path / "library" / "staging", Bin(tmp_path / "trash")
    images = grow(source, 4)
    staged(home, source, *images)

    def full(path: str) -> None:
        if path.endswith(".cropped"):
            raise OSError(errno.ENOSPC, "full")
        trash(path)

    report = moves.approve(home, "b", QUIET, full)
    assert len(report.moved) == 2
    assert len(report.troubles) == 2
    assert [r.settled for r in recover(home, QUIET, full)] == [False]
    settled = recover(home, QUIET, trash)
    assert [(r.operation, r.settled, len(r.report.moved)) for r in settled] == [("approve", True, 4)]
    assert recover(home, QUIET, trash) == []
    assert files(source) == {}


def test_approving_leaves_the_rest_of_the_tree_as_it_was(tmp_path: Path) -> None:
    source, home, trash = tmp_path / "source", tmp_path / "library" / "staging", Bin(tmp_path / "trash")
    images = grow(source, 12)
    write(source / "_review_dupes" / "mine.txt", "mine")
    own = folders(source / "_review_dupes").keys()
    staged(home, source, *images[:6])
    moves.approve(home, "b", QUIET, trash)
    assert (source / "_review_dupes" / "mine.txt").read_text() == "mine"
    assert folders(source / "_review_dupes").keys() == own
