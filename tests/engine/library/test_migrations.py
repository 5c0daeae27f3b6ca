"""Opening a database: what is newer, damaged or another program's is refused as it stands."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from engine.errors import LibraryDamaged, LibraryTooNew
from engine.library import db, migrations
from engine.library.store import Library


def files(root: Path) -> dict[str, bytes]:
    """Database and write-ahead log; the shared-memory index beside them is SQLite's scratch paper."""
    return {f.name: f.read_bytes() for f in root.glob("library.db*") if not f.name.endswith("-shm")}


def make_newer(root: Path) -> None:
    connection = apsw.Connection(str(root / "library.db"))
    connection.pragma("user_version", len(migrations.MIGRATIONS) + 1)
    connection.close()


def test_a_newer_library_is_refused_and_left_byte_for_byte(tmp_path: Path) -> None:
    Library(tmp_path).close()
    make_newer(tmp_path)
    before = files(tmp_path)
    for write in (True, False):
        with pytest.raises(LibraryTooNew, match="newer Pickwise"):
            Library(tmp_path, write=write)
    assert files(tmp_path) == before


def test_a_newer_library_with_a_write_ahead_log_is_left_byte_for_byte(tmp_path: Path) -> None:
    Library(tmp_path).close()
    other = apsw.Connection(str(tmp_path / "library.db"))
    other.pragma("user_version", 99)
    before = files(tmp_path)
    assert before["library.db-wal"]
    with pytest.raises(LibraryTooNew):
        Library(tmp_path)
    assert files(tmp_path) == before
    other.close()


def _text(file: Path) -> None:
    file.write_text("this is no database at all, but long enough to look at" * 50)


def _header_only(file: Path) -> None:
    file.write_bytes(b"SQLite format 3\0" + b"\xff" * 2000)


def _folder(file: Path) -> None:
    file.mkdir()


def _of_another_program(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.executescript("CREATE TABLE notes (text); INSERT INTO notes VALUES ('mine')")
    connection.close()


def _cut_in_half(file: Path) -> None:
    Library(file.parent).close()
    raw = file.read_bytes()
    file.write_bytes(raw[:4096] + b"\x13" * (len(raw) - 4096))


@pytest.mark.parametrize("spoil", [_text, _header_only, _folder, _of_another_program, _cut_in_half])
def test_what_is_no_library_is_refused_in_a_sentence_and_left_alone(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    file = tmp_path / "library.db"
    spoil(file)
    before = {} if file.is_dir() else files(tmp_path)
    with pytest.raises(LibraryDamaged) as found:
        Library(tmp_path)
    assert "rebuild" in found.value.hint
    assert {name: raw for name, raw in files(tmp_path).items() if name == "library.db"} == before if before else True


def test_an_empty_file_is_a_new_library(tmp_path: Path) -> None:
    (tmp_path / "library.db").touch()
    with Library(tmp_path) as library:
        library.remember("place", "x")


def test_no_database_to_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LibraryDamaged, match="not there"):
        Library(tmp_path, write=False)
    assert list(tmp_path.iterdir()) == []


def test_an_old_library_is_brought_up_step_by_step(tmp_path: Path) -> None:
    old = apsw.Connection(str(tmp_path / "library.db"))
    old.execute(migrations.MIGRATIONS[0])
    old.pragma("application_id", db.APPLICATION_ID)
    old.pragma("user_version", 1)
    old.execute("INSERT INTO images (filepath, filename) VALUES ('/a.png', 'a.png')")
    old.execute("INSERT INTO verdicts VALUES (1, 'keep', '[]', 's', 't')")
    old.close()
    with Library(tmp_path) as library, library.db.read() as connection:
        assert connection.pragma("user_version") == len(migrations.MIGRATIONS)
        assert connection.execute("SELECT verdict FROM verdicts").get == "keep"


def test_a_step_that_fails_leaves_the_version_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Library(tmp_path).close()
    monkeypatch.setattr(db, "MIGRATIONS", (*migrations.MIGRATIONS, "CREATE TABLE more (x); SELECT * FROM nowhere"))
    with pytest.raises(LibraryDamaged, match="nowhere"):
        Library(tmp_path)
    monkeypatch.undo()
    with Library(tmp_path) as library, library.db.read() as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'more'").get == 0


def test_a_stale_write_ahead_log_does_not_reach_a_new_database(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        library.remember("place", "old")
        stale = (tmp_path / "library.db-wal").read_bytes()
    (tmp_path / "library.db").unlink()
    (tmp_path / "library.db-wal").write_bytes(stale)
    with Library(tmp_path) as library:
        assert library.fact("place") == ""
