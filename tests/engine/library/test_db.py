"""Connections: readers see one moment, nothing waits for ever, closing is clean whatever is under way."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.errors import LibraryError
from engine.library import db, migrations
from engine.library.db import READERS, Database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "library.db", read_only=False)


def put(database: Database, value: str) -> None:
    database.write(lambda c: c.execute("INSERT OR REPLACE INTO facts VALUES ('x', ?)", (value,)).get)


def seen(database: Database) -> str:
    with database.read() as connection:
        return str(connection.execute("SELECT value FROM facts").get)


def test_a_block_sees_one_moment(database: Database) -> None:
    put(database, "1")
    with database.read() as connection:
        assert connection.execute("SELECT value FROM facts").get == "1"
        put(database, "2")
        assert connection.execute("SELECT value FROM facts").get == "1"
    assert seen(database) == "2"
    database.close()


def test_a_failed_write_leaves_nothing_and_says_so_before_the_next(database: Database) -> None:
    told: list[str] = []

    def work(connection: object) -> None:
        database._writer.execute("INSERT INTO facts VALUES ('x', '1')")  # type: ignore[union-attr]
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        database.write(work, failed=lambda: told.append("failed"))
    assert told == ["failed"]
    assert seen(database) == "None"
    database.close()


def test_a_write_inside_a_write_is_a_fault_and_no_deadlock(database: Database) -> None:
    with pytest.raises(AssertionError, match="inside a write"):
        database.write(lambda c: put(database, "2"))
    put(database, "3")
    assert seen(database) == "3"
    database.close()


def test_a_read_inside_a_write_sees_what_was_before(database: Database) -> None:
    put(database, "1")
    assert database.write(lambda c: (c.execute("UPDATE facts SET value = '2'"), seen(database))[1]) == "1"
    database.close()


def test_more_readers_than_connections_take_turns(database: Database) -> None:
    put(database, "1")

    def slow(_: int) -> str:
        with database.read() as connection:
            time.sleep(0.02)
            return str(connection.execute("SELECT value FROM facts").get)

    with ThreadPoolExecutor(READERS * 3) as crowd:
        assert list(crowd.map(slow, range(READERS * 6))) == ["1"] * READERS * 6
    assert len(database._idle) <= READERS
    database.close()


def test_closing_waits_for_readers_and_ends_those_who_wait(database: Database) -> None:
    put(database, "1")
    inside, outcomes = threading.Barrier(READERS + 1), []

    def reader() -> None:
        with database.read() as connection:
            inside.wait(5)
            time.sleep(0.2)
            outcomes.append(connection.execute("SELECT value FROM facts").get)

    def late() -> None:
        try:
            seen(database)
        except LibraryError:
            outcomes.append("closed")

    threads = [threading.Thread(target=reader) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    inside.wait(5)
    threads += [threading.Thread(target=late) for _ in range(3)]
    for thread in threads[READERS:]:
        thread.start()
    time.sleep(0.05)
    database.close()
    for thread in threads:
        thread.join(5)
    assert sorted(outcomes) == ["1"] * READERS + ["closed"] * 3


def test_after_closing_every_call_is_a_sentence(database: Database) -> None:
    database.close()
    database.close()
    with pytest.raises(LibraryError, match="closed"):
        seen(database)
    with pytest.raises(LibraryError, match="closed"):
        put(database, "1")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files through /proc")
def test_opening_and_closing_leaks_no_files_or_threads(tmp_path: Path) -> None:
    def round_trip() -> None:
        database = Database(tmp_path / "library.db", read_only=False)
        put(database, "1")
        with ThreadPoolExecutor(4) as crowd:
            list(crowd.map(lambda _: seen(database), range(8)))
        database.close()

    round_trip()
    before = len(list(Path("/proc/self/fd").iterdir())), threading.active_count()
    for _ in range(5):
        round_trip()
    assert (len(list(Path("/proc/self/fd").iterdir())), threading.active_count()) == before


def test_what_an_earlier_pickwise_made_is_refused_to_who_may_only_read_and_opens_again_once_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "library.db"
    with monkeypatch.context() as patched:
        patched.setattr(db, "MIGRATIONS", migrations.MIGRATIONS[:6])
        Database(file, read_only=False).close()
    before = file.read_bytes()
    with pytest.raises(LibraryError, match="made by an earlier Pickwise") as refused:
        Database(file, read_only=True)
    assert (type(refused.value), file.read_bytes()) == (LibraryError, before)
    Database(file, read_only=False).close()
    later = Database(file, read_only=True)
    with later.read() as connection:
        assert connection.execute("SELECT count(*) FROM trials").get == 0
    later.close()
