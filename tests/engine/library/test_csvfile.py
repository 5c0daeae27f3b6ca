"""CSV reads back as it was written, and no cell of it runs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import NotFound, WrongUse
from engine.library.csvfile import from_cell, read_csv, to_cell, write_csv

TEXT = st.one_of(st.text(), st.text("'=+-@\t\r\n,\" a", max_size=8))


@given(TEXT)
def test_every_text_survives_a_cell(text: str) -> None:
    assert from_cell(to_cell(text)) == text


@given(TEXT)
def test_no_cell_starts_like_a_formula(text: str) -> None:
    assert to_cell(text)[:1] not in set("=+-@\t\r")


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_a_file_reads_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    write_csv(path, ["=one", "two"], rows)
    assert read_csv(path) == (["=one", "two"], [list(row) for row in rows])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_written_as_numbers(number: float) -> None:
    assert float(to_cell(number)) == number
    assert from_cell(to_cell(number)) == to_cell(number)


def test_other_values_have_a_plain_form() -> None:
    values = (None, True, False, -3, -2.5, float("nan"), float("-inf"), "'tis", "'=1", "=1")
    assert [to_cell(v) for v in values] == ["", "true", "false", "-3", "-2.5", "", "", "'tis", "''=1", "'=1"]


def test_the_file_is_what_rfc_4180_says(tmp_path: Path) -> None:
    write_csv(tmp_path / "new" / "a.csv", ["a", "b"], [['say "x"', "one\r\ntwo"], [1, None]])
    assert (tmp_path / "new" / "a.csv").read_bytes() == b'a,b\r\n"say ""x""","one\r\ntwo"\r\n1,\r\n'


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, ["a"], [["old"]])

    def rows():
        yield ["new"]
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_csv(path, ["a"], rows())
    with pytest.raises(ValueError, match="2 cells"):
        write_csv(path, ["a"], [["x", "y"]])
    with pytest.raises(ValueError, match="one column"):
        write_csv(path, [], [])
    assert read_csv(path) == (["a"], [["old"]])
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_rows_are_streamed(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", ["n"], ((n,) for n in range(10_000)))
    with (tmp_path / "a.csv").open(newline="") as file:
        assert sum(1 for _ in csv.reader(file)) == 10_001


def test_a_lone_surrogate_does_not_stop_an_export(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", ["a"], [["x\udcffy"]])
    assert read_csv(tmp_path / "a.csv")[1] == [["x?y"]]


def test_a_mark_at_the_start_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbfa,b\n\n1,2\n")
    assert read_csv(tmp_path / "a.csv") == (["a", "b"], [["1", "2"]])


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "no header"),
        (b"a,a\n", "twice"),
        (b"a,b\n1,2\n1\n", "line 3: 1 cells where the header has 2"),
        (b"a\n\xff\n", "not UTF-8"),
        (b'a\n"open\n', "line 2"),
    ],
)
def test_a_broken_file_is_refused_in_words(tmp_path: Path, raw: bytes, words: str) -> None:
    (tmp_path / "a.csv").write_bytes(raw)
    with pytest.raises(WrongUse, match=words):
        read_csv(tmp_path / "a.csv")


def test_a_missing_file_and_a_folder_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no file b\.csv"):
        read_csv(tmp_path / "b.csv")
    with pytest.raises(WrongUse, match="cannot be read"):
        read_csv(tmp_path)
