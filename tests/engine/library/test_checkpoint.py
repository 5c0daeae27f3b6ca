"""The write-ahead log goes back into the database in pauses, ends somewhere without one, and loses nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from engine.library import checkpoint
from engine.library.store import Library


def copied(library: Library) -> bytes:
    """The bytes of the database alone, without its log."""
    return library.paths.database.read_bytes()


def log(library: Library) -> bytes:
    return library.paths.database.with_name("library.db-wal").read_bytes()


def soon(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def test_a_pause_copies_the_log_and_the_next_write_begins_it_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", 20)
    with Library(tmp_path) as library:
        for number in range(40):
            library.remember(f"fact {number}", f"said {number} " + "x" * 3000)
        assert soon(lambda: b"said 39" in copied(library))
        library.db._checkpointer._copying.result()
        salt = log(library)[16:24]
        library.remember("one", "more")
        assert log(library)[16:24] != salt
        assert library.fact("fact 39").startswith("said 39")


def test_without_a_pause_the_writer_waits_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("EVERY", 10), ("HURRY", 20), ("LONGEST", 60), ("PAUSE", 1000.0)):
        monkeypatch.setattr(checkpoint, name, value)
    with Library(tmp_path) as library:
        for number in range(200):
            library.remember("fact", f"{number} " + "x" * 9000)
        assert len(log(library)) < 200 * 4096


def test_closing_waits_for_no_pause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", 1)
    monkeypatch.setattr(checkpoint, "PAUSE", 1000.0)
    library = Library(tmp_path)
    library.remember("fact", "kept")
    library.close()
    assert not library.paths.database.with_name("library.db-wal").exists()
    with Library(tmp_path, write=False) as again:
        assert again.fact("fact") == "kept"


def test_a_copy_that_fails_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", 1)
    monkeypatch.setattr(checkpoint, "HURRY", 1)
    with Library(tmp_path) as library:
        held = apsw.Connection(str(library.paths.database))
        held.execute("BEGIN")
        assert held.execute("SELECT count(*) FROM facts").get == 0
        for number in range(20):
            library.remember("fact", str(number))
        assert library.fact("fact") == "19"
        held.close()
    with Library(tmp_path) as again:
        assert again.fact("fact") == "19"
