"""reports/dupes.csv as of the last search or acceptance."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
import rows

from engine.errors import LibraryError
from engine.library.store import Library
from engine.progress import Quiet
from engine.thinning import decide, report, run
from engine.thinning.how import how


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Families of four and two images, searched."""
    with rows.filled(tmp_path / "library", [4, 2], blurred=0) as opened:
        run.find(opened, how(opened.settings.thinning), Quiet())
        yield opened


def written(library: Library) -> list[tuple[str, str, str]]:
    """What the report says of each image: its name, whether it stays, the reason."""
    with library.db.read() as connection:
        file = report.write(connection, library.paths.reports)
    with file.open(encoding="utf-8", newline="") as text:
        return [(row["filepath"][-17:], row["keeper"], row["reason"]) for row in csv.DictReader(text)]


def key_of(library: Library, image: int) -> str:
    sql = "SELECT g.key FROM copies c JOIN copy_groups g ON g.id = c.group_id WHERE c.image_id = ?"
    with library.db.read() as connection:
        return str(connection.execute(sql, (image,)).get)


def aside(library: Library, *images: int) -> None:
    """As if the files of these images had been moved."""

    def work(connection: apsw.Connection) -> None:
        connection.executemany("INSERT INTO staged VALUES (?, 'batch', '2026')", [(image,) for image in images])
        connection.executemany("UPDATE images SET missing_since = '2026' WHERE id = ?", [(image,) for image in images])

    library.write(work)


def test_exceptions_and_splits_are_in_it_once_it_is_written_anew(library: Library) -> None:
    assert [keeper for _, keeper, _ in written(library)] == ["true", "false", "false", "false", "true", "false"]
    decide.flip(library, key_of(library, 3), 3)
    decide.split(library, key_of(library, 1), 1)
    said = written(library)
    assert [(name[-10:-4], keeper) for name, keeper, _ in said[:3]] == [
        ("stage4", "true"), ("stage3", "true"), ("stage2", "false"),
    ]  # fmt: skip
    assert said[1][2] == "you let it stay"
    assert len(said) == 5


def test_what_was_set_aside_stays_in_it_and_what_is_missing_does_not(library: Library) -> None:
    aside(library, 1, 2, 3)
    library.write(lambda c: c.execute("UPDATE images SET missing_since = '2020' WHERE id = 5"))
    said = written(library)
    assert [reason.startswith("set aside: stage ") for _, _, reason in said] == [False, True, True, True]
    with library.db.read() as connection:
        (group,) = report.told(connection)
    assert group["keeper"] == "/source/f000000_stage4.png"


def test_a_report_that_cannot_be_written_is_a_sentence(library: Library, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with library.db.read() as connection, pytest.raises(LibraryError, match=r"dupes\.csv could not be written"):
        report.write(connection, tmp_path / "file")
