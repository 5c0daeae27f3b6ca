"""Comparisons go out as CSV and come back the same; what cannot be used is said with its line."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rows
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ExportError, LibraryHeld, NotFound, WrongUse
from engine.library.store import Library
from engine.ranking import comparisons_csv, judges, matches

IMAGES = 8
answers = st.tuples(
    st.lists(st.integers(1, IMAGES), min_size=2, max_size=5, unique=True), st.sampled_from(["match", "draw", "skip"])
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with rows.filled(tmp_path / "library", [4, 4]) as opened:
        yield opened


def play(library: Library, story: list[Any], judge: str = "") -> None:
    for images, kind in story:
        matches.record(library, images, images[0] if kind == "match" else None, kind, judge)


def compared(library: Library, judge: str = "") -> list[Any]:
    with library.db.read() as connection:
        return connection.execute(
            "SELECT winner_id, loser_id, was_draw, compared_at FROM comparisons c JOIN matches m ON m.id = match_id"
            " WHERE judge = ? ORDER BY c.id",
            (judge,),
        ).fetchall()


def rated(library: Library, judge: str = "") -> list[Any]:
    with library.db.read() as connection:
        return [column.tolist() for column in judges.board(connection, judge)]


def write(file: Path, text: str) -> Path:
    file.write_bytes(text.encode())
    return file


@settings(max_examples=25, deadline=None)
@given(st.lists(answers, max_size=8))
def test_what_goes_out_comes_back(story: list[Any]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="pickwise-csv-"))
    try:
        with rows.filled(folder / "one", [4, 4]) as one, rows.filled(folder / "two", [4, 4]) as two:
            play(one, story)
            count = comparisons_csv.export(one, folder / "c.csv")
            done = comparisons_csv.load(two, folder / "c.csv")
            assert (done.imported, done.known, done.passed_over) == (count, 0, [])
            assert compared(two) == compared(one)
            if all(len(images) == 2 for images, _ in story):
                assert rated(two) == rated(one)
            comparisons_csv.export(two, folder / "d.csv")
            assert (folder / "d.csv").read_bytes() == (folder / "c.csv").read_bytes()
            again = comparisons_csv.load(one, folder / "c.csv")
            assert (again.imported, again.known, again.label) == (0, count, "")
            before = rated(two)
            two.rebuild()
            assert rated(two) == before
    finally:
        shutil.rmtree(folder)


def test_the_file_is_plain(library: Library, tmp_path: Path) -> None:
    library.write(lambda c: c.execute("UPDATE images SET filepath = '=cmd|a, \"b\".png' WHERE id = 2"))
    play(library, [([1, 2, 3], "match"), ([4, 5], "draw"), ([6, 7], "skip")])
    assert comparisons_csv.export(library, tmp_path / "deep" / "c.csv") == 3
    with library.db.read() as connection:
        first, _, last = (at for (at,) in connection.execute("SELECT at FROM matches ORDER BY id"))
    del last
    with (tmp_path / "deep" / "c.csv").open(newline="", encoding="utf-8") as stream:
        found = list(csv.reader(stream))
    assert found[0] == ["winner", "loser", "draw", "ts"]
    assert found[1] == ["/source/f000000_stage1.png", '\'=cmd|a, "b".png', "false", first]
    assert [row[2] for row in found[1:]] == ["false", "false", "true"]


def test_an_import_is_one_decision(library: Library, tmp_path: Path) -> None:
    play(library, [([1, 2], "match")])
    before = rated(library), compared(library)
    names = [f"/source/f00000{n // 4}_stage{n % 4 + 1}.png" for n in range(8)]
    lines = [f"{names[n % 8]},{names[(n + 1) % 8]},,2020-01-01T00:00:{n % 60:02}Z" for n in range(50)]
    done = comparisons_csv.load(library, write(tmp_path / "c.csv", "winner,loser,draw,ts\n" + "\n".join(lines)))
    assert (done.imported, done.label) == (50, "Import 50 comparisons")
    after = rated(library), compared(library)
    assert len(after[1]) == 51
    assert library.undo()[1] == "Import 50 comparisons"
    assert (rated(library), compared(library)) == before
    library.redo()
    assert (rated(library), compared(library)) == after
    library.rebuild()
    assert (rated(library), compared(library)) == after


def test_an_import_of_old_comparisons_leaves_the_last_time_alone(library: Library, tmp_path: Path) -> None:
    play(library, [([1, 2], "match")])
    with library.db.read() as connection:
        last = connection.execute("SELECT last_compared_at FROM images WHERE id = 1").get
    row = "/source/f000000_stage1.png,/source/f000000_stage3.png,false,2001-02-03"
    comparisons_csv.load(library, write(tmp_path / "c.csv", f"winner,loser,draw,ts\n{row}\n"))
    with library.db.read() as connection:
        found = connection.execute("SELECT last_compared_at FROM images WHERE id IN (1, 3) ORDER BY id").fetchall()
    assert found == [(last,), ("2001-02-03T00:00:00.000000Z",)]


def test_rows_are_rated_in_the_order_of_their_times_and_those_without_last(library: Library, tmp_path: Path) -> None:
    a, b, c = (f"/source/f000000_stage{n}.png" for n in (1, 2, 3))
    text = f"loser,winner,ts,mood\n{a},{b},,x\n{b},{c},2024-01-02T01:00:00+02:00,x\n{c},{a},2024-01-01 22:59:59,x\n"
    comparisons_csv.load(library, write(tmp_path / "c.csv", "\ufeff" + text))
    assert [row[:3] for row in compared(library)] == [(1, 3, 0), (3, 2, 0), (2, 1, 0)]
    assert compared(library)[1][3] == "2024-01-01T23:00:00.000000Z"


def test_an_image_is_found_by_path_then_by_an_earlier_path_then_by_its_name(library: Library, tmp_path: Path) -> None:
    library.write(
        lambda c: c.execute(
            "UPDATE images SET filepath = '/new/x.png', filename = 'x.png' WHERE id = 1;"
            "INSERT INTO aliases VALUES ('/old/y.png', 1);"
            "UPDATE images SET filename = 'same.png' WHERE id IN (5, 6);"
            "UPDATE images SET filename = 'zoe\u0308.png' WHERE id = 7"
        )
    )
    last = "/source/f000001_stage4.png"
    text = ["winner,loser"]
    text += [f"{path},{last}" for path in ("/new/x.png", "/old/y.png", "C:\\pictures\\x.png", "x.png", "/else/zoë.png")]
    text += [f"/else/same.png,{last}", f"{last},/nowhere.png", f"{last},f000001_stage4.png"]
    done = comparisons_csv.load(library, write(tmp_path / "c.csv", "\n".join(text)))
    assert [row[:2] for row in compared(library)] == [(1, 8)] * 4 + [(7, 8)]
    assert [row.line for row in done.passed_over] == [7, 8, 9]
    assert [row.reason.split()[-1] for row in done.passed_over] == ["name.", "library.", "itself."]


def test_an_image_that_cannot_be_read_is_passed_over(library: Library, tmp_path: Path) -> None:
    library.write(lambda c: c.execute("UPDATE images SET quarantine = 'torn' WHERE id = 1"))
    text = 'winner,loser\n"/source/f000000_stage1.png",/source/f000000_stage2.png\n'
    (row,) = comparisons_csv.load(library, write(tmp_path / "c.csv", text)).passed_over
    assert (row.line, "not been read" in row.reason) == (2, True)


def test_the_line_is_the_one_a_row_begins_on(library: Library, tmp_path: Path) -> None:
    text = 'winner,loser\n"a\nb","c\nd"\n\n/nowhere,/nowhere\n'
    done = comparisons_csv.load(library, write(tmp_path / "c.csv", text))
    assert [row.line for row in done.passed_over] == [2, 6]
    assert all("\n" not in row.reason for row in done.passed_over)


def test_a_cell_with_blank_ends_is_said_in_quotes(library: Library, tmp_path: Path) -> None:
    text = "winner,loser\n  ,/source/f000000_stage1.png\n/source/f000000_stage1.png, x.png\nx.png,x.png\n"
    done = comparisons_csv.load(library, write(tmp_path / "c.csv", text))
    said = [row.reason.removesuffix(" is not in the library.") for row in done.passed_over]
    assert said == ["“  ”", "“ x.png”", "x.png"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "header"), ("a,b\n1,2\n", "columns winner and loser"), ("winner,loser\n1,2,3\n", "line 2"),
        ("winner,loser\n1,2\n\n,2\n", "line 4: winner or loser"), ("winner,loser,draw\n1,2,maybe\n", "line 2: draw"),
        ("winner,loser,ts\n1,2,yesterday\n", "line 2: yesterday is no time"), ("winner,winner\n1,2\n", "twice"),
        ("winner,loser,ts\n1,2,0001-01-01T00:00:00+14:00\n", "no time"), ('winner,loser\n"1,2\n', "line 2"),
        ("winner,loser\n1,2\n" + "x" * 300 + ",2,3\n", "line 3"),
        ("winner,loser,draw\n1,2," + "\u202e" * 999, "line 2"),
    ],
)  # fmt: skip
def test_a_malformed_file_says_where_and_changes_nothing(
    library: Library, tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(WrongUse) as found:
        comparisons_csv.load(library, write(tmp_path / "c.csv", text))
    assert said in found.value.message
    assert len(found.value.message) < 400
    assert compared(library) == []


def test_other_files_are_refused(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "c.csv").write_bytes(b"winner,loser\n\xff,2\n")
    with pytest.raises(WrongUse, match="UTF-8"):
        comparisons_csv.load(library, tmp_path / "c.csv")
    with pytest.raises(NotFound):
        comparisons_csv.load(library, tmp_path / "none.csv")
    with pytest.raises(WrongUse, match="cannot be read"):
        comparisons_csv.load(library, tmp_path)
    monkeypatch.setattr(comparisons_csv, "MOST", 1)
    with pytest.raises(WrongUse, match="more than 1 rows"):
        comparisons_csv.load(library, write(tmp_path / "c.csv", "winner,loser\n1,2\n2,3\n"))


def test_an_export_replaces_comparisons_and_nothing_else(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    for _ in range(2):
        comparisons_csv.export(library, file)
    picture = write(tmp_path / "a.png", "\x89PNG")
    with pytest.raises(WrongUse, match="holds no comparisons"):
        comparisons_csv.export(library, picture)
    assert picture.read_bytes() == "\x89PNG".encode()
    with pytest.raises(ExportError):
        comparisons_csv.export(library, tmp_path)
    with pytest.raises(ExportError):
        comparisons_csv.export(library, picture / "inside.csv")
    with pytest.raises(NotFound, match="Nobody"):
        comparisons_csv.export(library, file, "Nobody")


def test_a_reader_exports_and_does_not_import(library: Library, tmp_path: Path) -> None:
    play(library, [([1, 2], "match")])
    with Library(library.paths.root) as second:
        assert comparisons_csv.export(second, tmp_path / "c.csv") == 1
        with pytest.raises(LibraryHeld):
            comparisons_csv.load(second, tmp_path / "c.csv")
