"""The main job: once over a folder, then only what changed; old groups stand until the new are whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rows
from draw import natural, save, variant

from engine.culling import decide, form_write, run
from engine.culling.run import add_sources, cull
from engine.errors import LibraryError, LibraryHeld, NotFound, WrongUse
from engine.library.store import Library
from engine.library.text import to_text
from engine.progress import Cancelled, Quiet


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for scene in (0, 1):
        for stage in (1, 2):
            save(variant(natural(scene, 96, 120), stage), tmp_path / "images" / f"{'ab'[scene]}_stage{stage}.png")
    return tmp_path / "images"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as opened:
        yield opened


def tables(library: Library) -> list[Any]:
    with library.db.read() as connection:
        return [connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in ("groups", "members")]


def test_a_folder_in_and_keepers_out(library: Library, folder: Path) -> None:
    add_sources(library, [folder])
    summary = cull(library, Quiet())
    assert (summary.images, summary.new, summary.groups, summary.missing) == (4, 4, 2, 0)
    assert summary.keepers + summary.review == 2
    assert all(Path(p).is_file() for p in summary.reports.values())


def test_an_unchanged_folder_writes_nothing(library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_sources(library, [folder])
    first = cull(library, Quiet())

    def write(*_: object, **__: object) -> None:
        raise AssertionError("nothing has changed")

    monkeypatch.setattr(library.db, "write", write)
    second = cull(library, Quiet())
    assert (second.images, second.groups, second.keepers) == (first.images, first.groups, first.keepers)
    assert (second.new, second.images_per_second) == (0, 0.0)


def test_a_setting_that_matters_forms_groups_again_and_others_do_not(library: Library, folder: Path) -> None:
    add_sources(library, [folder])
    cull(library, Quiet())
    before = library.fact("formed")
    library.change_setting("window.theme", "light")
    cull(library, Quiet())
    assert library.fact("formed") == before
    library.change_setting("groups.phash_distance", 0)
    cull(library, Quiet())
    assert library.fact("formed") != before


def test_a_hand_edited_settings_file_is_read_before_every_cull(library: Library, folder: Path) -> None:
    library.paths.settings.write_text(f'[scan]\nsources = ["{to_text(folder)}"]\n')
    assert cull(library, Quiet()).images == 4


def test_reports_that_were_deleted_come_back_without_forming_again(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_sources(library, [folder])
    reports = [Path(p) for p in cull(library, Quiet()).reports.values()]
    before = [p.read_bytes() for p in reports]
    reports[0].unlink()
    monkeypatch.setattr(form_write, "write", None)
    cull(library, Quiet())
    assert [p.read_bytes() for p in reports] == before


def test_reports_that_cannot_be_written_are_a_sentence_and_tried_again(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_sources(library, [folder])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(run.reports, "write_reports", full)
        with pytest.raises(LibraryError, match="No space"):
            cull(library, Quiet())
    assert all(Path(p).is_file() for p in cull(library, Quiet()).reports.values())


def test_sources_are_added_once_and_not_inside_one_another(library: Library, folder: Path) -> None:
    (folder / "in").mkdir()
    add_sources(library, [folder, folder / "in", folder])
    assert library.settings.scan.sources == [to_text(folder)]
    with pytest.raises(WrongUse, match="library's own folder"):
        add_sources(library, [library.paths.root])
    assert library.settings.scan.sources == [to_text(folder)]
    with pytest.raises(NotFound, match="nowhere"):
        add_sources(library, [folder / "nowhere"])
    add_sources(library, [folder / "in"], recursive=False)
    assert not library.settings.scan.recursive


def test_a_library_held_elsewhere_is_not_culled(library: Library, folder: Path) -> None:
    add_sources(library, [folder])
    with Library(library.paths.root) as second, pytest.raises(LibraryHeld):
        cull(second, Quiet())


class StopInPicks(Quiet):
    """Cancels where the new tables are being written."""

    def __init__(self) -> None:
        self.picking = 0

    def phase(self, name: str, total: int = 0) -> None:
        self.picking = int(name == "pick")

    def step(self, done: int, current: str = "") -> None:
        self.picking += bool(self.picking)
        if self.picking > 3:
            raise Cancelled


def test_a_cancel_while_groups_are_written_leaves_the_old_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form_write, "MEMBERS_AT_ONCE", 2)
    with rows.filled(tmp_path / "rows", [2] * 6) as library:
        before = tables(library)
        rows.fill(library, [3] * 4, seed=1)
        with pytest.raises(Cancelled):
            rows.group(library, StopInPicks())
        assert tables(library) == before
        rows.group(library)
        assert len(tables(library)[0]) == 10


def test_groups_written_a_few_at_a_time_are_those_written_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rows.filled(tmp_path / "rows", [2, 3, 1, 4]) as library:
        at_once = tables(library)
        monkeypatch.setattr(form_write, "MEMBERS_AT_ONCE", 1)
        rows.group(library)
        assert tables(library) == at_once


def test_a_decision_made_while_groups_are_written_is_in_the_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rows.filled(tmp_path / "rows", [2, 3]) as library:
        with library.db.read() as connection:
            key = connection.execute("SELECT key FROM groups JOIN members ON group_id = id WHERE image_id = 1").get
        added = form_write._add
        done: list[int] = []

        class Person(Quiet):
            def step(self, count: int, current: str = "") -> None:
                if not done and started:
                    done.append(1)
                    decide.pick(library, key, 1)

        started: list[int] = []
        monkeypatch.setattr(form_write, "_add", lambda *a: (started.append(1), added(*a))[1])
        monkeypatch.setattr(form_write, "MEMBERS_AT_ONCE", 1)
        rows.group(library, Person())
        assert done
        with library.db.read() as connection:
            assert connection.execute("SELECT status, keepers FROM groups WHERE key = ?", (key,)).fetchone() == (
                "decided", 1,
            )  # fmt: skip
