"""Images set aside and put back, with the decision for it: undone, redone, approved, killed between file and record."""

from __future__ import annotations

from pathlib import Path

import pytest
from thinned import aside, first, present, shown, tree

from engine.culling.run import cull
from engine.errors import NotFound, PickwiseError
from engine.library.store import Library
from engine.progress import Quiet
from engine.staging import moves
from engine.thinning import batches, decide, recovery, staged


def test_what_goes_is_set_aside_with_its_companions_and_is_out_of_everything(library: Library, source: Path) -> None:
    before = tree(source)
    assert shown(library) == [(3, 2), (3, 2)]
    report = staged.stage(library, decide.going(library), "_review_dupes")
    assert (len(report.moved), report.troubles) == (4, [])
    assert len(aside(source)) == 8
    assert present(library) == {"scene0_stage3.png", "scene1_stage3.png"}
    assert shown(library) == []
    assert sorted(tree(source).values()) == sorted(before.values())
    with library.db.read() as connection:
        assert connection.execute("SELECT count(*) FROM staged").get == 4


def test_undo_brings_the_files_back_and_redo_sets_them_aside_again(library: Library, source: Path) -> None:
    before = tree(source)
    staged.stage(library, decide.going(library, first(library)), "_review_dupes")
    after = tree(source)
    for _ in range(2):
        library.undo()
        assert tree(source) == before
        assert shown(library) == [(3, 2), (3, 2)]
        library.redo()
        assert tree(source) == after
        assert shown(library) == [(3, 2)]


def test_a_batch_is_restored_out_of_turn_and_that_can_be_undone_too(library: Library, source: Path) -> None:
    before = tree(source)
    one = staged.stage(library, decide.going(library, first(library)), "_review_dupes")
    two = staged.stage(library, decide.going(library, first(library)), "_review_dupes")
    assert [b.id for b in batches.read(library).items] == [two.batch, one.batch]
    middle = tree(source)
    assert len(staged.restore(library, one.batch).moved) == 2
    assert len(aside(source)) == 4
    library.undo()
    assert tree(source) == middle
    for batch in batches.standing(library):
        staged.restore(library, batch)
    assert tree(source) == before
    assert batches.read(library).items == []
    with pytest.raises(NotFound):
        batches.standing(library)


def test_undo_with_a_place_taken_meanwhile_changes_nothing_and_says_so(library: Library, source: Path) -> None:
    staged.stage(library, decide.going(library), "_review_dupes")
    (source / "scene0_stage1.png").write_bytes(b"another file")
    after, label = tree(source), library.db
    with pytest.raises(PickwiseError, match=r"1 of 4 images cannot be put back.*scene0_stage1\.png"):
        library.undo()
    assert tree(source) == after
    with label.read() as connection:
        assert connection.execute("SELECT count(*) FROM staged").get == 4
    (source / "scene0_stage1.png").unlink()
    library.undo()
    assert aside(source) == set()


def test_the_trash_is_the_end_of_undo_for_what_it_took(
    library: Library, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bin_ = tmp_path / "trash"
    bin_.mkdir()
    monkeypatch.setattr("send2trash.send2trash", lambda path: Path(path).rename(bin_ / Path(path).name))
    decide.flip(library, first(library), 1)
    report = staged.stage(library, decide.going(library), "_review_dupes")
    staged.approve(library, report.batch)
    assert aside(source) == set()
    assert len(list(bin_.iterdir())) == 2 * len(report.moved)
    record, _ = library.undo()
    assert record.kind in ("stay", "go"), "the decision before is next"
    with library.db.read() as connection:
        assert connection.execute("SELECT count(*) FROM staged").get == 0
    assert batches.read(library).items == []


def test_a_rescan_leaves_what_is_set_aside_alone(library: Library, source: Path) -> None:
    staged.stage(library, decide.going(library), "_review_dupes")
    done = cull(library, Quiet())
    assert (done.images, done.new, done.moved, done.missing) == (2, 0, 0, 0)
    (source / "copy.png").write_bytes((next((source / "_review_dupes").glob("*.png"))).read_bytes())
    assert cull(library, Quiet()).new == 1, "a copy of what is set aside is an image of its own"
    library.undo()
    again = cull(library, Quiet())
    assert (again.images, again.new, again.missing) == (7, 0, 0)


def test_killed_between_the_files_and_the_decision_the_next_start_records_it(
    library: Library, source: Path, tmp_path: Path
) -> None:
    before = tree(source)
    units, _ = staged.units(library, decide.going(library))
    moves.stage(library.paths.staging, units, "_review_dupes", Quiet(), staged.new_batch())
    assert len(present(library)) == 6, "the library does not know"
    library.close()
    with Library(tmp_path / "library") as again:
        assert len(present(again)) == 2
        assert recovery.recover(again) == [], "once is enough"
        again.undo()
        assert tree(source) == before
        assert len(present(again)) == 6


def test_killed_while_restoring_the_next_start_records_that(library: Library, source: Path, tmp_path: Path) -> None:
    before = tree(source)
    report = staged.stage(library, decide.going(library), "_review_dupes")
    moves.restore(library.paths.staging, report.batch, Quiet())
    library.close()
    with Library(tmp_path / "library") as again:
        assert len(present(again)) == 6
        assert tree(source) == before
        with again.db.read() as connection:
            assert connection.execute("SELECT count(*) FROM staged").get == 0


def test_a_rebuild_knows_what_is_set_aside(library: Library) -> None:
    staged.stage(library, decide.going(library, first(library)), "_review_dupes")
    staged.stage(library, decide.going(library), "_review_dupes")
    library.undo()
    before = present(library)
    library.rebuild()
    assert present(library) == before


def test_an_image_changed_since_it_was_judged_is_left_and_told_of(library: Library, source: Path) -> None:
    (source / "scene0_stage1.png").write_bytes(b"somebody painted over it")
    report = staged.stage(library, decide.going(library), "_review_dupes")
    assert len(report.moved) == 3
    assert [Path(t.path).name for t in report.troubles] == ["scene0_stage1.png"]
    assert "scene0_stage1.png was left where it is" in staged.sentence(report, "set aside")
