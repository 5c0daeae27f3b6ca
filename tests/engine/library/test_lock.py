"""One writer a library: the second process reads and says who writes; a killed one holds nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.errors import LibraryHeld
from engine.library.store import Library

HOLD = """
import sys
from pathlib import Path
from engine.library.store import Library
library = Library(Path(sys.argv[1]))
print("read-only" if library.read_only else "held", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(root: Path, repository: Path) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, os.fspath(root)],
        cwd=repository, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "held\n"
        yield child
    finally:
        child.kill()
        child.communicate()


def test_the_second_process_reads_and_says_who_holds_it(tmp_path: Path, repository: Path) -> None:
    with another_process(tmp_path, repository) as child:
        with Library(tmp_path) as library:
            assert library.read_only
            assert f"process {child.pid}" in library.holder
            with pytest.raises(LibraryHeld, match=f"process {child.pid}"):
                library.remember("place", "x")
            with pytest.raises(LibraryHeld):
                library.change_setting("groups.phash_distance", 3)
            assert library.fact("place") == ""
        child.kill()
        child.wait()
        with Library(tmp_path) as library:
            assert not library.read_only
            library.remember("place", "x")


def test_the_lock_goes_with_the_library_whatever_thread_closes_it(tmp_path: Path) -> None:
    opened: list[Library] = []
    thread = threading.Thread(target=lambda: opened.append(Library(tmp_path)))
    thread.start()
    thread.join()
    opened[0].close()
    with Library(tmp_path) as again:
        assert not again.read_only


def test_a_library_that_cannot_be_opened_is_not_held(tmp_path: Path) -> None:
    (tmp_path / "library.db").mkdir()
    with pytest.raises(Exception, match="cannot be read"):
        Library(tmp_path)
    (tmp_path / "library.db").rmdir()
    with Library(tmp_path) as again:
        assert not again.read_only


def test_reading_takes_no_lock(tmp_path: Path) -> None:
    Library(tmp_path).close()
    with Library(tmp_path, write=False) as reader, Library(tmp_path) as writer:
        assert (reader.read_only, writer.read_only) == (True, False)
        writer.remember("place", "x")
        assert reader.fact("place") == "x"
