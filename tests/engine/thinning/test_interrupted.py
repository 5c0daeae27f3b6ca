"""Set aside in part, restored in part, stopped, scanned meanwhile, found again by another process: nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from thinned import aside, first, present, shown, tree

from engine.culling.run import cull
from engine.errors import LibraryError, PickwiseError
from engine.intake import records, sync
from engine.library.store import Library
from engine.progress import Cancelled, Quiet
from engine.thinning import batches, decide, page, staged


class Stops(Quiet):
    """Asks to stop once so many units are done."""

    def __init__(self, after: int) -> None:
        self._after = after

    def step(self, done: int, current: str = "") -> None:
        if done >= self._after:
            raise Cancelled


def staged_names(library: Library) -> set[str]:
    with library.db.read() as connection:
        return {n for (n,) in connection.execute("SELECT filename FROM staged JOIN images ON id = image_id")}


def agree(library: Library, source: Path) -> None:
    """The library says of every image what its file says."""
    names = {name.rpartition("/")[2] for name in aside(source) if name.endswith(".png")}
    assert staged_names(library) == names
    assert present(library) == {n.rpartition("/")[2] for n in tree(source) if n.endswith(".png")} - names


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_restored_in_two_parts_each_undo_takes_back_its_own(library: Library, source: Path, after: int) -> None:
    batch = staged.stage(library, decide.going(library), "_review_dupes").batch
    states = [tree(source)]
    staged.restore(library, batch, Stops(after))
    agree(library, source)
    states.append(tree(source))
    staged.restore(library, batch)
    agree(library, source)
    assert aside(source) == set()
    for state in reversed(states if states[0] != states[1] else states[:1]):
        library.undo()
        assert tree(source) == state
        agree(library, source)
    library.redo()
    agree(library, source)


@pytest.mark.parametrize("after", [0, 1, 3])
def test_stopped_while_setting_aside_what_was_done_is_one_undo(library: Library, source: Path, after: int) -> None:
    before = tree(source)
    report = staged.stage(library, decide.going(library), "_review_dupes", Stops(after))
    assert report.stopped
    assert staged.sentence(report, "set aside").startswith("Stopped: ")
    agree(library, source)
    if report.moved:
        library.undo()
    assert tree(source) == before


def test_a_batch_approved_in_part_and_restored_in_part_is_settled(
    library: Library, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trash = tmp_path / "trash"
    trash.mkdir()
    monkeypatch.setattr("send2trash.send2trash", lambda path: Path(path).rename(trash / Path(path).name))
    batch = staged.stage(library, decide.going(library), "_review_dupes").batch
    gone = len(staged.approve(library, batch, Stops(2)).moved)
    assert 0 < gone < 4
    back = len(staged.restore(library, batch).moved)
    assert gone + back == 4
    assert batches.read(library).items == []
    assert staged_names(library) == set()
    assert len(present(library)) == 2 + back


def test_copies_stay_while_what_stays_for_them_is_not_there(library: Library, source: Path) -> None:
    (source / "scene0_stage3.png").unlink()
    report = staged.stage(library, decide.going(library), "_review_dupes")
    assert sorted(Path(m.image).name for m in report.moved) == ["scene1_stage1.png", "scene1_stage2.png"]
    assert sorted(Path(t.path).name for t in report.troubles) == ["scene0_stage1.png", "scene0_stage2.png"]
    assert "what stays for it is not on the disk" in report.troubles[0].reason


def test_an_image_that_became_another_picture_is_no_copy_any_more(library: Library, source: Path) -> None:
    (source / "scene0_stage3.png").write_bytes(b"no picture")
    (source / "scene1_stage1.png").write_bytes((source / "scene0_stage1.png").read_bytes())
    cull(library, Quiet())
    page.recount(library)
    names = {
        Path(unit.image).name for unit in staged.units(library, decide.going(library))[0]
    }  # fmt: skip
    assert names == {"scene1_stage2.png"}
    assert sorted(shown(library)) == [(2, 1), (2, 2)]


def test_a_scan_that_runs_while_a_group_is_accepted_leaves_its_undo_alone(
    library: Library, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(source)
    group, known = first(library), records.load_known

    def meanwhile(connection: object) -> object:
        found = known(connection)  # type: ignore[arg-type]
        staged.stage(library, decide.going(library, group), "_review_dupes")
        return found

    monkeypatch.setattr(sync.records, "load_known", meanwhile)
    done = cull(library, Quiet())
    monkeypatch.undo()
    assert done.images == 4
    agree(library, source)
    library.undo()
    assert tree(source) == before
    agree(library, source)


def test_a_file_put_in_the_place_of_one_set_aside_is_passed_over_until_that_is_settled(
    library: Library, source: Path
) -> None:
    before = tree(source)
    staged.stage(library, decide.going(library), "_review_dupes")
    (source / "scene0_stage1.png").write_bytes((source / "scene1_stage3.png").read_bytes())
    cull(library, Quiet())
    assert len(present(library)) == 2
    with pytest.raises(PickwiseError, match=r"scene0_stage1\.png"):
        library.undo()
    (source / "scene0_stage1.png").unlink()
    cull(library, Quiet())
    library.undo()
    assert tree(source) == before
    assert len(present(library)) == 6


def test_an_undo_in_another_process_counts_the_groups_too(library: Library, source: Path, tmp_path: Path) -> None:
    staged.stage(library, decide.going(library), "_review_dupes")
    assert shown(library) == []
    library.close()
    words = [sys.executable, "-m", "shell.cli", "undo", "--library", str(tmp_path / "library")]
    subprocess.run(words, check=True, capture_output=True)
    with Library(tmp_path / "library") as again:
        assert shown(again) == [(3, 2), (3, 2)]


def test_a_restore_whose_file_was_renamed_since_does_not_block_undo_for_ever(library: Library, source: Path) -> None:
    decide.flip(library, first(library), 1)
    staged.restore(library, staged.stage(library, decide.going(library), "_review_dupes").batch)
    (source / "scene1_stage1.png").rename(source / "renamed.png")
    after = tree(source)
    with pytest.raises(PickwiseError, match="images cannot be set aside"):
        library.undo()
    assert tree(source) == after
    record, _ = library.undo()
    assert record.kind == "stay"
    assert tree(source) == after


def test_what_somebody_took_from_the_staging_folder_is_missing_and_nothing_waits_for_it(
    library: Library, source: Path
) -> None:
    batch = staged.stage(library, decide.going(library), "_review_dupes").batch
    for file in (source / "_review_dupes").rglob("scene0*"):
        file.unlink()
    assert len(staged.restore(library, batch).moved) == 2
    assert staged_names(library) == set()
    assert batches.read(library).items == []
    assert len(present(library)) == 4


def test_a_disk_that_is_not_there_at_the_next_open_is_waited_for(
    library: Library, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.staging import moves
    from engine.staging.acts import Stage

    found, _ = staged.units(library, decide.going(library))
    acts = iter(range(10))

    def killed(self: Stage, *entry: object) -> object:
        if next(acts) == 2:
            raise KeyboardInterrupt
        return real(self, *entry)  # type: ignore[arg-type]

    real = Stage.act
    monkeypatch.setattr(Stage, "act", killed)
    with pytest.raises(KeyboardInterrupt):
        moves.stage(library.paths.staging, found, "_review_dupes", Quiet(), staged.new_batch())
    monkeypatch.undo()
    library.close()
    source.rename(tmp_path / "unplugged")
    with Library(tmp_path / "library") as without:
        assert without.notices
    (tmp_path / "unplugged").rename(source)
    with Library(tmp_path / "library") as again:
        agree(again, source)


def test_while_files_are_moved_another_accept_is_refused_and_not_waited_for(library: Library) -> None:
    import threading

    staged.stage(library, decide.going(library, first(library)), "_review_dupes")
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        with library.files_still(wait=True):
            held.set()
            go.wait(10)

    mover = threading.Thread(target=hold)
    mover.start()
    held.wait(10)
    try:
        with pytest.raises(LibraryError, match="being moved"):
            staged.stage(library, decide.going(library), "_review_dupes", wait=False)
        with pytest.raises(LibraryError, match="being moved"):
            library.undo()
    finally:
        go.set()
        mover.join()
