"""Cropped copies of a library's decided crops: what is written, what is never touched, and undo."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from engine.cropping import decide, rows
from engine.cropping.model import Candidate, Proposal
from engine.culling.run import cull
from engine.export.crops import run, turn
from engine.library.journal import Record
from engine.library.store import Library
from engine.progress import Cancelled, Progress, Quiet
from tests import draw, scene

BOX = (16, 24, 16 + 240, 24 + 180)


def files_of(*folders: Path) -> dict[str, str]:
    return {
        str(file): hashlib.sha256(file.read_bytes()).hexdigest()
        for folder in folders
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures of one size in two folders, two of one name, one with companions."""
    place = tmp_path / "pictures"
    for number, name in enumerate(("a.png", "b.jpg", "deeper/a.png")):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        draw.save(draw.natural(40 + number, 320, 240), place / name)
    (place / "a.yaml").write_text("prompt: a cat")
    (place / "a.png.crop_suggestions.json").write_text("{}")
    return place


@pytest.fixture
def library(folder: Path, tmp_path: Path) -> Library:
    opened = Library(scene.culled(folder, tmp_path / "library"))
    for image in ids(opened).values():
        decide.choose(opened, decide.Choice(image, "nudged", BOX))
    return opened


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def ids(library: Library) -> dict[str, int]:
    with library.db.read() as connection:
        return dict(connection.execute("SELECT filepath, id FROM images"))


def test_every_decided_crop_gets_a_copy_with_its_companions(library: Library, folder: Path) -> None:
    before = files_of(folder)
    dry = run.cut_all(library, Quiet(), dry=True)
    assert (dry.images, dry.written) == (3, 0)
    assert not (library.paths.exports / "cropped").exists()

    report = run.cut_all(library, Quiet())
    assert (report.written, report.failed) == (3, [])
    target = library.paths.exports / "cropped"
    assert names(target) == ["a (2).png", "a.png", "a.yaml", "b.jpg"]
    for name, source in (("a.png", "a.png"), ("a (2).png", "deeper/a.png")):
        with Image.open(target / name) as copy, Image.open(folder / source) as original:
            assert copy.tobytes() == original.crop(BOX).tobytes()
    marks = {
        str(folder / name): hashlib.sha256(b"").hexdigest() for name in ("a.cropped", "b.cropped", "deeper/a.cropped")
    }
    assert files_of(folder) == {**before, **marks}  # nothing else beside the originals was touched
    assert run.cut_all(library, Quiet()).images == 0
    with library.db.read() as connection:
        assert connection.execute("SELECT sum(cropped) FROM images").get == 3
    library.close()


def test_one_undo_puts_all_back_and_redo_brings_the_same_files(library: Library, folder: Path) -> None:
    target = library.paths.exports / "cropped"
    (folder / "b.cropped").write_bytes(b"")  # the person's own mark stays
    before = files_of(folder)
    run.cut_all(library, Quiet())
    after = files_of(folder, target)
    library.undo()
    assert files_of(folder, target) == before
    with library.db.read() as connection:
        assert connection.execute("SELECT count(*) FROM crop_copies").get == 0
    library.redo()
    assert files_of(folder, target) == after
    library.undo()
    assert run.cut_all(library, Quiet()).written == 3  # written anew, beside nothing
    assert files_of(folder, target) == after
    library.close()


def test_a_copy_the_person_moved_or_a_name_they_took_is_left_alone(library: Library) -> None:
    target = library.paths.exports / "cropped"
    run.cut_all(library, Quiet())
    (target / "a.png").rename(target / "mine.png")
    library.undo()
    assert names(target) == ["mine.png"]
    (target / "b.jpg").write_text("something of mine")
    library.redo()
    assert (target / "b.jpg").read_text() == "something of mine"
    assert (target / "a (2).png").exists()
    library.close()


def test_a_crop_that_was_changed_gets_another_copy_and_the_first_stays(library: Library, folder: Path) -> None:
    run.cut_all(library, Quiet())
    first = files_of(library.paths.exports / "cropped")
    other = (0, 0, 200, 150)
    decide.choose(library, decide.Choice(ids(library)[str(folder / "a.png")], "nudged", other))
    assert run.cut_all(library, Quiet()).written == 1
    target = library.paths.exports / "cropped"
    assert first.items() <= files_of(target).items()
    with Image.open(target / "a (3).png") as copy:
        assert copy.size == (200, 150)
    library.close()


def test_what_cannot_be_cropped_costs_only_itself(library: Library, folder: Path) -> None:
    (folder / "b.jpg").write_bytes(b"not a picture any more")
    report = run.cut_all(library, Quiet())
    assert report.written == 2
    assert "b.jpg: The file has changed" in report.failed[0]
    library.close()


def test_a_proposal_of_the_whole_picture_that_was_accepted_needs_no_copy(folder: Path, tmp_path: Path) -> None:
    with Library(scene.culled(folder, tmp_path / "library")) as library:
        image = ids(library)[str(folder / "a.png")]
        whole = (0, 0, 320, 240)
        proposal = Proposal(
            320, 240, [Candidate("best", whole, "the whole picture", 1.0, {}, [])], [], True, "", 0.9, 0.0, "saliency"
        )
        with library.db.read() as connection:
            [picture] = rows.pictures(connection, [image])
        library.write(lambda c: rows.put(c, image, picture.content, "made", proposal))
        decide.choose(library, decide.Choice(image, "best", whole))
        assert run.cut_all(library, Quiet()) == run.Report(str(library.paths.exports / "cropped"))


def test_an_original_that_cannot_be_marked_has_its_copy_all_the_same(folder: Path, tmp_path: Path) -> None:
    long = folder / ("x" * 250 + ".png")  # `.cropped` is four letters longer than a name may be
    (folder / "a.png").rename(long)
    with Library(scene.culled(folder, tmp_path / "library")) as library:
        decide.choose(library, decide.Choice(ids(library)[str(long)], "nudged", BOX))
        report = run.cut_all(library, Quiet())
        assert (report.written, report.failed, len(report.unmarked)) == (1, [], 1)
        assert "1 originals without their mark" in report.sentence()
        assert run.cut_all(library, Quiet()).images == 0
        library.undo()
        assert names(library.paths.exports / "cropped") == []


def test_equal_pictures_cropped_one_after_the_other_have_a_copy_each(folder: Path, tmp_path: Path) -> None:
    (folder / "deeper/a.png").write_bytes((folder / "a.png").read_bytes())
    (folder / "a.yaml").unlink()
    with Library(scene.culled(folder, tmp_path / "library")) as library:
        for name in ("a.png", "deeper/a.png"):
            decide.choose(library, decide.Choice(ids(library)[str(folder / name)], "nudged", BOX))
            assert run.cut_all(library, Quiet()).written == 1
        target = library.paths.exports / "cropped"
        assert names(target) == ["a (2).png", "a.png"]
        assert run.cut_all(library, Quiet()).images == 0
        library.undo()
        assert names(target) == ["a.png"]


class _StopsAtOnce(Progress):
    def phase(self, name: str, total: int = 0) -> None: ...

    def step(self, done: int, current: str = "") -> None:
        raise Cancelled


def test_what_was_written_before_a_stop_is_recorded_and_the_rest_follows(library: Library) -> None:
    with pytest.raises(Cancelled):
        run.cut_all(library, _StopsAtOnce())
    with library.db.read() as connection:
        kept = int(connection.execute("SELECT count(*) FROM crop_copies").get or 0)
    target = library.paths.exports / "cropped"
    assert len([name for name in names(target) if name.endswith((".png", ".jpg"))]) == kept
    assert run.cut_all(library, Quiet()).written == 3 - kept
    assert not list(target.glob(".*"))
    library.close()


def test_a_journal_of_a_stranger_moves_nothing_that_pickwise_did_not_write(library: Library, folder: Path) -> None:
    precious = [folder / "a.png", folder / "a.yaml", folder.parent / "outside.txt"]
    precious[2].write_text("outside")
    marked = folder / "note.cropped"
    marked.write_text("my notes")
    before = files_of(folder.parent)
    also = [str(file) for file in (*precious, marked)]
    hostile = Record(ts="", set_id="../../x", images=[str(folder / "a.png")], kind="cut", also=also, hashes=[""])
    library.decide(hostile, "hostile")
    library.undo()
    left = files_of(folder.parent)
    assert {name: left.get(name) for name in before if "/library/" not in name} == {
        name: sum_ for name, sum_ in before.items() if "/library/" not in name
    }
    moved = library.paths.root / "undone" / "x" / turn.LIST
    assert json.loads(moved.read_bytes()) == []
    moved.write_bytes(msgspec.json.encode([(str(folder.parent / "planted.txt"), "0"), (str(folder / "a.png"), "../1")]))
    library.redo()
    assert not (folder.parent / "planted.txt").exists()
    library.close()


@pytest.mark.parametrize("marked", [True, False])
def test_a_mark_that_came_or_went_since_stands_in_the_way_of_no_undo(
    library: Library, folder: Path, marked: bool
) -> None:
    mark, target = folder / "a.cropped", library.paths.exports / "cropped"
    run.cut_all(library, Quiet())
    if marked:
        library.undo()
        mark.write_bytes(b"")
    else:
        mark.unlink()
    cull(library, Quiet())
    (library.redo if marked else library.undo)()
    assert len(names(target)) == (4 if marked else 0)
    assert cropped(library) == (3 if marked else 0)
    (library.undo if marked else library.redo)()
    assert len(names(target)) == (0 if marked else 4)
    assert cropped(library) == (1 if marked else 2)  # what a person put or took away stays so
    library.close()


def test_after_a_rebuild_an_undo_says_that_the_marks_are_gone(library: Library) -> None:
    run.cut_all(library, Quiet())
    library.rebuild()
    assert cropped(library) == 3
    library.undo()
    assert cropped(library) == 0
    library.close()


def cropped(library: Library) -> int:
    with library.db.read() as connection:
        return int(connection.execute("SELECT sum(cropped) FROM images").get)


def test_an_undo_lists_the_folder_of_the_copies_once(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    run.cut_all(library, Quiet())
    real, listed = os.scandir, list[str]()
    monkeypatch.setattr(os, "scandir", lambda path: (listed.append(os.fspath(path)), real(path))[1])
    library.undo()
    assert listed.count(str(library.paths.exports / "cropped")) == 1
    library.close()


def test_an_undo_that_was_cut_short_is_finished_by_the_next(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.errors import LibraryError

    target = library.paths.exports / "cropped"
    run.cut_all(library, Quiet())
    real, calls = turn._move, []

    def failing(file: Path, there: Path) -> None:
        calls.append(file)
        if len(calls) == 2:
            raise OSError(5, "input/output error")
        real(file, there)

    monkeypatch.setattr(turn, "_move", failing)
    with pytest.raises(LibraryError, match="cannot be moved"):
        library.undo()
    monkeypatch.setattr(turn, "_move", real)
    library.undo()
    assert names(target) == []
    library.redo()
    assert len(names(target)) == 4
    library.close()
