"""Database and disk agree after a sync: new, changed, moved, missing and returned, each measured no more than once."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from draw import natural, save, variant

from engine.culling import decide
from engine.culling.run import add_sources, cull
from engine.intake import pool, sync
from engine.intake.sync import Synced
from engine.library.store import Library
from engine.library.text import to_text
from engine.progress import Cancelled, Quiet

SCENES = [natural(seed, 96, 120) for seed in range(4)]
measured: Counter[str] = Counter()


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers cost a second to start; what they do is tested in test_pool, and once at the end of this file."""

    def run(function: Callable[[Any], Any], tasks: list[Any], *_: object, **__: object) -> Iterator[tuple[Any, Any]]:
        for task in tasks:
            measured[task.file.path] += 1
            yield task, function(task)

    measured.clear()
    monkeypatch.setattr(sync.pool, "run", run)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two scenes in two stages each."""
    place = tmp_path / "images"
    for scene in (0, 1):
        for stage in (1, 2):
            save(variant(SCENES[scene], stage), place / f"{'ab'[scene]}_stage{stage}.png")
    return place


@pytest.fixture
def library(tmp_path: Path, folder: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as opened:
        add_sources(opened, [folder])
        yield opened


def go(library: Library) -> Synced:
    measured.clear()
    cull(library, Quiet())
    return _last[-1]


_last: list[Synced] = []


@pytest.fixture(autouse=True)
def _listen(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.culling import run

    def heard(library: Library, progress: Any) -> Synced:
        _last.append(sync.sync(library, progress))
        return _last[-1]

    monkeypatch.setattr(run, "sync", heard)


def rows(library: Library, sql: str, *values: object) -> list[Any]:
    with library.db.read() as connection:
        return connection.execute(sql, values).fetchall()


def image(library: Library, path: Path) -> int:
    ((number,),) = rows(library, "SELECT id FROM images WHERE filepath = ?", to_text(path))
    return int(number)


def keep(library: Library, path: Path) -> int:
    """Decide for this image, so that it has a history."""
    number = image(library, path)
    ((key,),) = rows(
        library, "SELECT key FROM groups g JOIN members m ON m.group_id = g.id WHERE m.image_id = ?", number
    )
    decide.pick(library, key, number)
    return number


def verdict(library: Library, path: Path) -> str | None:
    found = rows(library, "SELECT verdict FROM verdicts JOIN images ON id = image_id WHERE filepath = ?", to_text(path))
    return found[0][0] if found else None


def test_everything_is_new_once_and_nothing_the_second_time(library: Library) -> None:
    first = go(library)
    assert (first.images, first.new, first.measured) == (4, 4, 4)
    second = go(library)
    assert (second.images, second.new, second.changed, second.moved, second.missing, second.measured) == (
        4,
        0,
        0,
        0,
        0,
        0,
    )
    assert not measured


def test_a_changed_file_is_measured_again_and_keeps_its_row(library: Library, folder: Path) -> None:
    go(library)
    kept = keep(library, folder / "a_stage1.png")
    save(SCENES[3], folder / "a_stage1.png")
    done = go(library)
    assert (done.changed, done.new, done.measured) == (1, 0, 1)
    assert image(library, folder / "a_stage1.png") == kept


def test_a_touched_file_is_read_and_not_measured(library: Library, folder: Path) -> None:
    go(library)
    os.utime(folder / "a_stage1.png", ns=(1, 1))
    done = go(library)
    assert (done.changed, done.measured, done.images) == (0, 0, 4)
    go(library)
    assert not measured


def test_a_moved_file_keeps_its_history_and_is_not_measured(library: Library, folder: Path) -> None:
    go(library)
    kept = keep(library, folder / "a_stage1.png")
    (folder / "deeper").mkdir()
    target = folder / "deeper" / "renamed.png"
    (folder / "a_stage1.png").rename(target)
    done = go(library)
    assert (done.moved, done.new, done.missing, done.measured, done.images) == (1, 0, 0, 0, 4)
    assert (image(library, target), verdict(library, target)) == (kept, "keep")
    library.rebuild()
    assert verdict(library, target) == "keep"


def test_a_moved_file_whose_companion_changed_is_measured_and_keeps_its_history(library: Library, folder: Path) -> None:
    (folder / "a_stage1.yaml").write_text("prompt: a fox")
    go(library)
    kept = keep(library, folder / "a_stage1.png")
    (folder / "a_stage1.png").rename(folder / "c.png")
    (folder / "a_stage1.yaml").unlink()
    (folder / "c.yaml").write_text("prompt: a hare")
    done = go(library)
    assert (done.moved, done.new, done.measured) == (1, 0, 1)
    assert image(library, folder / "c.png") == kept
    assert rows(library, "SELECT prompt FROM generations WHERE image_id = ?", kept) == [("a hare",)]
    go(library)
    assert not measured


def test_a_companion_that_appears_or_goes_is_read(library: Library, folder: Path) -> None:
    go(library)
    (folder / "a_stage1.yaml").write_text("prompt: a fox")
    assert (go(library).measured, rows(library, "SELECT prompt FROM generations")) == (1, [("a fox",)])
    (folder / "a_stage1.yaml").unlink()
    assert (go(library).measured, rows(library, "SELECT prompt FROM generations")) == (1, [])


def test_a_missing_file_is_kept_marked_and_brought_back(library: Library, folder: Path, tmp_path: Path) -> None:
    go(library)
    kept = keep(library, folder / "a_stage1.png")
    (folder / "a_stage1.png").rename(tmp_path / "away.png")
    done = go(library)
    assert (done.missing, done.images) == (1, 3)
    assert (image(library, folder / "a_stage1.png"), verdict(library, folder / "a_stage1.png")) == (kept, "keep")
    (tmp_path / "away.png").rename(folder / "a_stage1.png")
    done = go(library)
    assert (done.returned, done.missing, done.measured, done.images) == (1, 0, 0, 4)
    assert rows(
        library, "SELECT status FROM groups g JOIN members m ON m.group_id = g.id WHERE image_id = ?", kept
    ) == [("decided",)]


def test_an_unplugged_source_marks_all_and_brings_all_back(library: Library, folder: Path) -> None:
    go(library)
    kept = keep(library, folder / "a_stage1.png")
    folder.rename(folder.with_name("unplugged"))
    done = go(library)
    assert (done.missing, done.images) == (4, 0)
    assert any("cannot be reached" in notice for notice in done.notices)
    folder.with_name("unplugged").rename(folder)
    done = go(library)
    assert (done.returned, done.missing, done.measured, done.images) == (4, 0, 0, 4)
    assert verdict(library, folder / "a_stage1.png") == "keep"
    assert image(library, folder / "a_stage1.png") == kept


def test_a_copy_is_an_image_of_its_own(library: Library, folder: Path) -> None:
    go(library)
    kept = keep(library, folder / "a_stage1.png")
    shutil.copy(folder / "a_stage1.png", folder / "copy.png")
    done = go(library)
    assert (done.new, done.moved, done.images) == (1, 0, 5)
    assert image(library, folder / "copy.png") != kept
    assert verdict(library, folder / "copy.png") is None


def test_of_two_copies_of_a_vanished_image_one_has_its_history(library: Library, folder: Path) -> None:
    go(library)
    kept = keep(library, folder / "a_stage1.png")
    (folder / "x").mkdir()
    shutil.copy2(folder / "a_stage1.png", folder / "x" / "other.png")
    (folder / "a_stage1.png").rename(folder / "x" / "a_stage1.png")
    done = go(library)
    assert (done.moved, done.new, done.images, done.missing) == (1, 1, 5, 0)
    assert {image(library, folder / "x" / n) == kept for n in ("other.png", "a_stage1.png")} == {True, False}
    assert rows(library, "SELECT count(*) FROM features") == [(5,)]
    go(library)
    assert not measured


def test_two_files_that_swap_contents_are_both_measured_again(library: Library, folder: Path) -> None:
    go(library)
    before = dict(rows(library, "SELECT filepath, content_hash FROM images"))
    a, b = folder / "a_stage1.png", folder / "b_stage1.png"
    one, other = a.read_bytes(), b.read_bytes()
    a.write_bytes(other)
    b.write_bytes(one)
    assert go(library).changed == 2
    after = dict(rows(library, "SELECT filepath, content_hash FROM images"))
    assert (after[to_text(a)], after[to_text(b)]) == (before[to_text(b)], before[to_text(a)])


def test_a_file_renamed_and_changed_at_once_is_new(library: Library, folder: Path) -> None:
    go(library)
    (folder / "a_stage1.png").unlink()
    save(SCENES[3], folder / "c.png")
    done = go(library)
    assert (done.new, done.moved, done.missing) == (1, 0, 1)


def test_a_broken_file_is_quarantined_once_and_taken_in_when_repaired(library: Library, folder: Path) -> None:
    whole = (folder / "a_stage1.png").read_bytes()
    (folder / "a_stage1.png").write_bytes(whole[: len(whole) // 2])
    (folder / "note.png").write_text("no picture")
    done = go(library)
    assert (done.quarantined, done.images) == (2, 3)
    assert all(reason for (reason,) in rows(library, "SELECT quarantine FROM images WHERE quarantine IS NOT NULL"))
    go(library)
    assert not measured
    (folder / "a_stage1.png").write_bytes(whole)
    done = go(library)
    assert (done.quarantined, done.images, done.measured) == (1, 4, 1)
    (folder / "note.png").unlink()
    done = go(library)
    assert (done.quarantined, done.missing) == (0, 1)


def test_a_measured_file_that_breaks_leaves_its_group(library: Library, folder: Path) -> None:
    go(library)
    kept = keep(library, folder / "a_stage1.png")
    (folder / "a_stage1.png").write_text("gone wrong")
    assert go(library).quarantined == 1
    assert rows(library, "SELECT 1 FROM members WHERE image_id = ?", kept) == []
    assert verdict(library, folder / "a_stage1.png") == "keep"


def test_what_the_system_refused_is_tried_again(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def refuse(path: Any, *more: Any, **options: Any) -> int:
        if os.fspath(path).endswith("a_stage1.png"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *more, **options)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        assert go(library).quarantined == 1
        assert "Permission denied" in rows(library, "SELECT quarantine FROM images WHERE quarantine IS NOT NULL")[0][0]
        serial = library.fact("intake_serial")
        assert go(library).quarantined == 1
        assert library.fact("intake_serial") == serial
    done = go(library)
    assert (done.quarantined, done.images) == (0, 4)


class Stop(Quiet):
    """Cancels after some steps of the intake."""

    def __init__(self, after: int) -> None:
        self.left, self.counting = after, False

    def phase(self, name: str, total: int = 0) -> None:
        self.counting = name == "intake"

    def step(self, done: int, current: str = "") -> None:
        self.left -= self.counting
        if self.left < 0:
            raise Cancelled


@pytest.mark.parametrize("after", [0, 1, 3])
def test_after_a_cancel_what_was_finished_is_not_measured_again(library: Library, after: int) -> None:
    with pytest.raises(Cancelled):
        cull(library, Stop(after))
    finished = set(measured)
    assert rows(library, "SELECT count(*) FROM features") == [(len(finished),)]
    done = go(library)
    assert set(measured).isdisjoint(finished)
    assert len(measured) + len(finished) == done.images == 4


def test_a_move_interrupted_by_a_cancel_still_keeps_its_history(library: Library, folder: Path) -> None:
    go(library)
    kept = keep(library, folder / "a_stage1.png")
    (folder / "a_stage1.png").rename(folder / "z.png")
    save(SCENES[2], folder / "y.png")
    with pytest.raises(Cancelled):
        cull(library, Stop(0))
    done = go(library)
    assert (done.moved, done.missing, done.images) == (1, 0, 5)
    assert (image(library, folder / "z.png"), verdict(library, folder / "z.png")) == (kept, "keep")


def test_without_a_database_the_journal_finds_its_images_again_even_moved(
    library: Library, folder: Path, tmp_path: Path
) -> None:
    go(library)
    keep(library, folder / "a_stage1.png")
    keep(library, folder / "b_stage1.png")
    root = library.paths.root
    library.close()
    (root / "library.db").unlink()
    (folder / "b_stage1.png").rename(folder / "moved.png")
    with Library(root) as again:
        done = go(again)
        assert (done.images, done.missing, done.moved) == (4, 0, 1)
        assert (verdict(again, folder / "a_stage1.png"), verdict(again, folder / "moved.png")) == ("keep", "keep")
        assert (verdict(again, folder / "a_stage2.png"), verdict(again, folder / "b_stage2.png")) == ("alternate",) * 2


def test_full_jpeg_measures_jpegs_again_and_nothing_else(library: Library, folder: Path) -> None:
    save(SCENES[2], folder / "photo.jpg", quality=90)
    go(library)
    library.change_setting("intake.full_jpeg", True)
    assert go(library).measured == 1
    assert set(measured) == {to_text(folder / "photo.jpg")}
    go(library)
    assert not measured
    library.change_setting("intake.full_jpeg", False)
    go(library)
    assert not measured, "a full decode serves either setting"


def test_finished_images_are_committed_in_batches(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "BATCH", 2)
    seen: list[int] = []
    store = sync.records.store

    def watched(connection: Any, *more: Any, **options: Any) -> None:
        seen.append(rows(library, "SELECT count(*) FROM features")[0][0])
        store(connection, *more, **options)

    monkeypatch.setattr(sync.records, "store", watched)
    go(library)
    assert seen == [0, 0, 2, 2]


def test_names_are_written_in_short_transactions(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "ROWS", 1)
    assert go(library).new == 4
    assert rows(library, "SELECT count(*) FROM images") == [(4,)]


def test_the_sources_are_never_written_to(library: Library, folder: Path) -> None:
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()}
    go(library)
    keep(library, folder / "a_stage1.png")
    go(library)
    assert {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()} == before


def test_workers_do_the_same(library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inline = go(library)
    facts = rows(library, "SELECT image_id, phash, dhash, quality FROM features ORDER BY 1")
    monkeypatch.undo()
    assert sync.pool.run is pool.run
    library.write(lambda c: c.execute("DELETE FROM features"))
    again = sync.sync(library, Quiet())
    assert (again.images, again.measured) == (inline.images, 4)
    assert rows(library, "SELECT image_id, phash, dhash, quality FROM features ORDER BY 1") == facts
